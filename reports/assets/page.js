"use strict";
// Draws the figures when they come into view, in the colours of the reader's paper.
(() => {
  const held = JSON.parse(document.getElementById("held").textContent);
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
      legend: { orientation: "h", y: -0.18 },
      hoverlabel: { bgcolor: colour("card"), font: { color: colour("ink") } },
    };
  };

  const draw = (place) => {
    const { traces, layout } = held.figures[place.dataset.figure];
    const whole = { ...joined(paper(), painted(layout)), autosize: true };
    drawn.add(place);
    return Plotly.react(place, painted(traces), whole, {
      displaylogo: false, responsive: true, modeBarButtonsToRemove: ["lasso2d", "select2d"],
    });
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
    document.querySelectorAll("[data-table]").forEach(table);
    const places = [...document.querySelectorAll(".plot")];
    if (!places.length) return;
    const script = document.createElement("script");
    script.textContent = await unpack(document.getElementById("plotly").textContent);
    document.head.append(script);
    const seen = new IntersectionObserver((entries) => {
      entries.filter((entry) => entry.isIntersecting).forEach((entry) => {
        seen.unobserve(entry.target);
        draw(entry.target);
      });
    }, { rootMargin: "400px" });
    places.forEach((place) => seen.observe(place));
    dark.addEventListener("change", () => drawn.forEach(draw));
    addEventListener("beforeprint", () => places.filter((p) => !drawn.has(p)).forEach(draw));
    document.documentElement.dataset.ready = "yes";
  };
  begin();
})();
