// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
// What the scripts of all pages share: the data, texts, tables, and diagrams in the colours of the theme.
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const byId = id => document.getElementById(id);
const dark = matchMedia("(prefers-color-scheme: dark)");
const COLOURS = ["#0b76d1", "#e0662b", "#1a9a6c", "#c4478f", "#8c63d6", "#b98a00", "#2aa5b5", "#d1495b", "#6a7f2b", "#7d8597"];
const SYMBOLS = ["circle", "square", "diamond", "triangle-up", "cross", "x", "star", "pentagon", "hexagon", "triangle-down"];
const drawings = [];
let printing = false;

const fixed = (value, digits) => value === null || value === undefined ? "–" : value.toFixed(digits);
const signed = (value, digits) => value === null || value === undefined ? "–"
  : (value > 0 ? "+" : value < 0 ? "−" : "") + Math.abs(value).toFixed(digits);

const counted = (count, what) => `${count} ${what}${count === 1 ? "" : "s"}`;

function element(tag, text, attributes = {}) {
  const made = Object.assign(document.createElement(tag), attributes);
  if (text !== undefined) made.textContent = text;
  return made;
}

function fill(id, entries, chosen) {
  const box = byId(id);
  box.replaceChildren(...entries.map(([value, text]) => element("option", text, { value })));
  if (entries.some(([value]) => value === chosen)) box.value = chosen;
  return box;
}

function row(cells, tag = "td", kind = "") {
  const made = element("tr", undefined, { className: kind });
  made.append(...cells.map(cell => cell instanceof Node ? cell : element(tag, cell)));
  return made;
}

function theme() {
  const style = getComputedStyle(document.documentElement);
  const read = name => printing ? { "--text": "#1d2433", "--line": "#d9dee8", "--back": "#ffffff" }[name]
    : style.getPropertyValue(name).trim();
  return { text: read("--text"), line: read("--line"), back: read("--back") };
}

function draw(id, traces, layout) {
  const { text, line, back } = theme();
  const axis = { gridcolor: line, zerolinecolor: line, linecolor: line, automargin: true };
  const merged = {
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { color: text, size: 13 },
    margin: { l: 60, r: 20, t: 20, b: 50 }, hovermode: "closest", legend: { orientation: "h", y: -0.2 },
    ...(printing ? { width: 680, height: 440 } : { autosize: true }),
    modebar: { bgcolor: "rgba(0,0,0,0)", color: line, activecolor: text }, hoverlabel: { bgcolor: back, bordercolor: line, font: { color: text } }, ...layout,
  };
  for (const name of Object.keys(merged)) {
    if (/^[xy]axis/.test(name)) merged[name] = { ...axis, ...merged[name] };
  }
  if (merged.polar) {
    merged.polar = { bgcolor: "rgba(0,0,0,0)", radialaxis: { ...axis, range: [0, 1.05], showticklabels: false, ticks: "", showline: false },
      angularaxis: { ...axis } };
  }
  Plotly.react(byId(id), traces, merged, { responsive: true, displaylogo: false });
}

/** Draws every diagram in `drawings` again where the theme changes, and in black on white for the printer. */
function followTheme() {
  const redraw = () => drawings.forEach(show => show());
  dark.addEventListener("change", redraw);
  addEventListener("beforeprint", () => { printing = true; redraw(); for (const box of document.querySelectorAll("details")) box.open = true; });
  addEventListener("afterprint", () => { printing = false; redraw(); });
}
