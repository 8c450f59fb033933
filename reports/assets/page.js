"use strict";
// Draws the figures when they come into view, in the colours of the reader's paper.
(() => {
  let held;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const drawn = new Set();
  const colour = (name) =>
    getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();

  const painted = (value) => {
    if (typeof value === "string") return value[0] === "@" ? colour(value.slice(1)) : value;
    if (Array.isArray(value)) {
      const plain = typeof value[0] === "number" && typeof value[value.length - 1] === "number";
      return plain ? value : value.map(painted);
    }
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, painted(v)]));
    }
    return value;
  };

  const joined = (base, own) => {
    const out = { ...base };
    for (const [key, value] of Object.entries(own || {})) {
      const both = value && typeof value === "object" && !Array.isArray(value) && out[key];
      out[key] = both ? joined(out[key], value) : value;
    }
    return out;
  };

  const paper = () => {
    const axis = {
      gridcolor: colour("rule"), zerolinecolor: colour("quiet"), linecolor: colour("rule"),
      automargin: true, title: { font: { size: 12 } },
    };
    return {
      xaxis: axis, yaxis: axis,
      modebar: { bgcolor: "rgba(0,0,0,0)", color: colour("quiet"), activecolor: colour("ink") },
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", hovermode: "closest",
      font: { color: colour("ink"), family: "system-ui, sans-serif", size: 12 },
      margin: { l: 56, r: 16, t: 28, b: 40 }, height: 340,
      legend: { orientation: "h", yref: "container", y: 0, yanchor: "bottom", x: 0 },
      hoverlabel: { bgcolor: colour("card"), font: { color: colour("ink") } },
    };
  };

  // The library would offer to send a chart to its maker: what a page shows stays on the machine.
  const config = {
    displaylogo: false, responsive: true, showSendToCloud: false, plotlyServerURL: "",
    modeBarButtonsToRemove: ["lasso2d", "select2d", "autoScale2d"],
  };

  const show = (place, traces, layout) => {
    const whole = { ...joined(paper(), painted(fitted(layout))), autosize: true };
    const across = traces.some((trace) => trace.type === "parcoords"); // its names need the room
    const own = { ...config, displayModeBar: across ? false : "hover" };
    return Plotly.react(place, painted(traces), whole, own);
  };

  const market = async (place) => {
    const { layout: { held: tiled, ...layout } } = held.figures[place.dataset.figure];
    const days = tiled.tiles.day[0];
    const ends = () => {
      const range = place.layout?.xaxis?.range;
      return range ? range.map(minuteOf) : [days[0] - 1440, days[days.length - 1] + 1440];
    };
    const fill = () => {
      const [from, to] = ends();
      const xaxis = { ...layout.xaxis, range: [clockOf(from), clockOf(to)] };
      return show(place, marketTraces(tiled, from, to), { ...layout, xaxis });
    };
    await fill();
    if (place.dataset.tiled) return;
    place.dataset.tiled = "yes";
    let waiting = 0;
    place.on("plotly_relayout", (changes) => {
      if (changes["xaxis.autorange"]) delete place.layout.xaxis.range;
      else if (!Object.keys(changes).some((key) => key.startsWith("xaxis.range"))) return;
      clearTimeout(waiting);
      waiting = setTimeout(fill, 60);
    });
  };

  const draw = (place) => {
    drawn.add(place);
    const { traces, layout } = held.figures[place.dataset.figure];
    return layout.held ? market(place) : show(place, traces, layout);
  };

  const browser = (box) => {
    const select = box.querySelector("select");
    const [back, on] = box.querySelectorAll("button");
    const places = [...box.querySelectorAll(".plot")];
    const said = [...box.querySelectorAll("[data-says]")];
    const turn = (by) => {
      select.selectedIndex += by;
      const key = select.value;
      places.forEach((place, k) => {
        place.dataset.figure = `${["session", "marks"][k]}-${key}`;
        said[k].textContent = held.says[place.dataset.figure];
        if (drawn.has(place)) draw(place);
      });
      back.disabled = select.selectedIndex === 0;
      on.disabled = select.selectedIndex === select.options.length - 1;
    };
    back.onclick = () => turn(-1);
    on.onclick = () => turn(1);
    select.onchange = () => turn(0);
    turn(0);
  };

  const table = (box) => {
    const { columns, rows } = held.tables[box.dataset.table];
    const size = 25;
    const broken = columns.map((_, k) =>
      rows.some((row) => typeof row[k] === "number" && !Number.isInteger(row[k])));
    const state = { rows, page: 0, by: -1, up: false };
    const body = box.querySelector("tbody");
    const said = box.querySelector("[data-said]");
    const [back, on] = box.querySelectorAll(".leaf button");
    const show = () => {
      const first = state.page * size;
      body.replaceChildren(...state.rows.slice(first, first + size).map((row) => {
        const line = document.createElement("tr");
        row.forEach((value, k) => {
          const cell = document.createElement("td");
          const text = typeof value === "number" && broken[k] ? value.toFixed(2) : String(value ?? "");
          cell.textContent = text.replace("T", " ");
          line.append(cell);
        });
        return line;
      }));
      const last = Math.min(first + size, state.rows.length);
      said.textContent = state.rows.length ? `${first + 1} to ${last} of ${state.rows.length}` : "nothing fits";
      back.disabled = state.page === 0;
      on.disabled = last >= state.rows.length;
    };
    back.onclick = () => { state.page -= 1; show(); };
    on.onclick = () => { state.page += 1; show(); };
    box.querySelector("input").oninput = (event) => {
      const asked = event.target.value.toLowerCase();
      state.rows = rows.filter((row) => row.join(" ").toLowerCase().includes(asked));
      state.page = 0;
      if (state.by >= 0) sort();
      show();
    };
    const heads = [...box.querySelectorAll("th")];
    const sort = () => {
      const sign = state.up ? 1 : -1;
      state.rows = [...state.rows].sort((a, b) => {
        const [x, y] = [a[state.by], b[state.by]];
        if (x === null || y === null) return (x === null) - (y === null);
        return sign * (x < y ? -1 : x > y ? 1 : 0);
      });
    };
    heads.forEach((head, k) => {
      head.querySelector("button").onclick = () => {
        state.up = state.by === k ? !state.up : false;
        state.by = k;
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", state.up ? "ascending" : "descending");
        sort();
        state.page = 0;
        show();
      };
    });
    show();
  };

  const unpack = async (text) => {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).text();
  };

  const begin = async () => {
    held = JSON.parse(await unpack(document.getElementById("held").textContent));
    document.querySelectorAll("[data-table]").forEach(table);
    document.querySelectorAll("[data-browser]").forEach(browser);
    const places = [...document.querySelectorAll(".plot")];
    if (!places.length) return;
    const script = document.createElement("script");
    script.textContent = await unpack(document.getElementById("plotly").textContent);
    document.head.append(script);
    const wanted = document.querySelector("[data-kind]");
    if (wanted) {
      await draw(wanted);
      const size = { format: wanted.dataset.kind, width: 1200, height: wanted.clientHeight, scale: 2 };
      document.body.dataset.picture = await Plotly.toImage(wanted, size);
      return;
    }
    // One figure at a time, the nearest first: scrolling past many never freezes the page.
    const waiting = [];
    let busy = false;
    const nearest = () => {
      const away = waiting.map((place) => Math.abs(place.getBoundingClientRect().top));
      return waiting.splice(away.indexOf(Math.min(...away)), 1)[0];
    };
    const drain = async () => {
      if (busy) return;
      for (busy = true; waiting.length; await new Promise((next) => setTimeout(next))) {
        const place = nearest();
        if (!drawn.has(place)) await draw(place);
      }
      busy = false;
    };
    const seen = new IntersectionObserver((entries) => {
      entries.filter((entry) => entry.isIntersecting).forEach((entry) => {
        seen.unobserve(entry.target);
        waiting.push(entry.target);
      });
      drain();
    }, { rootMargin: "400px" });
    places.forEach((place) => seen.observe(place));
    dark.addEventListener("change", () => drawn.forEach(draw));
    addEventListener("beforeprint", () => {
      document.querySelectorAll("details").forEach((one) => { one.open = true; });
      places.filter((p) => !drawn.has(p)).forEach(draw);
    });
    document.documentElement.dataset.ready = "yes";
  };
  begin();
})();
