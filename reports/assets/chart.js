"use strict";
// Charts that hold more than is drawn at once: the market in tiles, and one session at a time.
const MOST = 1500; // candles drawn at once, whatever the reader zooms to

const clockOf = (minutes) => new Date(minutes * 60000).toISOString().slice(0, 16);
const minuteOf = (text) => Date.parse(String(text).replace(" ", "T").slice(0, 16) + "Z") / 60000;

const firstAtLeast = (sorted, wanted) => {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
};

// The finest grain that covers the window with few enough candles; whole days when none does.
const grainOf = (tiles, from, to) => {
  for (const grain of ["minute", "hour"]) {
    const time = tiles[grain][0];
    const [first, last] = [firstAtLeast(time, from), firstAtLeast(time, to)];
    const hours = firstAtLeast(tiles.hour[0], to) - firstAtLeast(tiles.hour[0], from);
    const covered = grain === "hour" || last - first > 30 * hours;
    if (last > first && last - first <= MOST && covered) return [grain, first, last];
  }
  const time = tiles.day[0];
  return ["day", firstAtLeast(time, from - 1440), firstAtLeast(time, to + 1440)];
};

const marketTraces = (held, from, to) => {
  const { tick, tiles, marks } = held;
  const [grain, first, last] = grainOf(tiles, from, to);
  const step = Math.max(1, Math.ceil((last - first) / (2 * MOST)));
  const pick = (column) => column.slice(first, last).filter((_, k) => k % step === 0);
  const [time, ...prices] = tiles[grain].map(pick);
  const [open, high, low, close] = prices.map((column) => column.map((v) => v * tick));
  const line = (color) => ({ line: { color, width: 1 } });
  const candles = {
    type: "candlestick", name: `bars, ${grain}`, x: time.map(clockOf), open, high, low, close,
    increasing: line("@gain"), decreasing: line("@loss"), showlegend: false,
  };
  const inside = marks.time.map(minuteOf)
    .map((at, k) => [at, k]).filter(([at]) => at >= from && at <= to).map(([, k]) => k);
  const every = Math.max(1, Math.ceil(inside.length / MOST));
  const kept = inside.filter((_, k) => k % every === 0);
  const side = (way, symbol, name) => {
    const own = kept.filter((k) => marks.side[k] === way);
    return {
      type: "scatter", mode: "markers", name, x: own.map((k) => marks.time[k]),
      y: own.map((k) => marks.price[k] * tick),
      marker: { symbol, size: 9, color: "@accent", line: { color: "@ink", width: 1 } },
    };
  };
  return [candles, side(1, "triangle-up", "long entries"), side(-1, "triangle-down", "short entries")];
};

// Narrow papers give the picture beside the candles a little less room, and the clock fewer words.
const fitted = (layout) => {
  if (innerWidth > 600 || !layout.xaxis2) return layout;
  const [, end] = layout.xaxis.domain;
  const clock = { ...layout.xaxis, nticks: 4, tickangle: 0 };
  return end < 0.7 ? { ...layout, xaxis: clock } : {
    ...layout, xaxis: { ...clock, domain: [0, 0.74] },
    xaxis2: { ...layout.xaxis2, domain: [0.76, 1] },
  };
};
