// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
(() => {
const title = series => `${series.group}, ${series.name}`;
const ratio = point => `${fixed(point.median, 2)} (${fixed(point.low, 2)} – ${fixed(point.high, 2)})`;

/** The change from one point to another in percent, or in hundredths of losses; coloured by whether it is good. */
function changeCell(series, before, now) {
  if (!before) return "–";
  const change = 100 * (series.at_most ? now.median - before.median : now.median / before.median - 1);
  const cell = element("td", signed(change, 1) + (series.at_most ? "" : " %"));
  if (Math.abs(change) >= 0.05) {
    const good = series.at_most ? change < 0 : change > 0;
    cell.style.backgroundColor = `rgba(var(${good ? "--good" : "--bad"}), ${Math.min(0.42, 0.06 + Math.abs(change) / 70)})`;
  }
  return cell;
}

function showFallen() {
  const many = data.fallen.length;
  byId("fallen-text").textContent = many
    ? `${many} times a ratio was worse than in the record before it by more than ${100 * data.tolerance} %, with its whole range.`
    : `No ratio was ever worse than in the record before it by more than ${100 * data.tolerance} %, with its whole range.`;
  if (!many) return;
  const table = byId("fallen-table");
  table.append(row(["Ratio", "from", "to", "was", "is", "change", "CPU"], "th"));
  for (const mark of data.fallen) {
    const series = data.series[mark.series], [before, now] = [series.points[mark.point - 1], series.points[mark.point]];
    table.append(row([title(series), before.commit, now.commit, ratio(before), ratio(now), changeCell(series, before, now), series.cpu]));
  }
}

function showCurves() {
  const group = byId("curve-group").value, cpu = byId("curve-cpu").value;
  const chosen = data.series.filter(series => series.group === group && series.cpu === cpu);
  const traces = chosen.map((series, i) => ({
    name: series.name, x: series.points.map(p => p.commit), y: series.points.map(p => p.median), mode: "lines+markers",
    error_y: { type: "data", symmetric: false, array: series.points.map(p => p.high - p.median),
      arrayminus: series.points.map(p => p.median - p.low), thickness: 1, width: 3 },
    line: { color: COLOURS[i % COLOURS.length], width: 2, dash: i < COLOURS.length ? "solid" : "dot" },
    marker: { symbol: SYMBOLS[i % SYMBOLS.length], size: 8 }, text: series.points.map(ratio),
    hovertemplate: `%{x}<br>%{text}<extra>${series.name}</extra>`,
  }));
  const marks = chosen.flatMap(series => series.points.filter(p => p.fell));
  if (marks.length) {
    traces.push({ name: "fell", x: marks.map(p => p.commit), y: marks.map(p => p.median), mode: "markers", hoverinfo: "skip",
      marker: { symbol: "circle-open", size: 20, color: "#d1333f", line: { width: 3 } } });
  }
  const shown = data.commits.filter(commit => chosen.some(series => series.points.some(p => p.commit === commit)));
  draw("curve-plot", traces, {
    xaxis: { type: "category", categoryorder: "array", categoryarray: shown, automargin: true },
    yaxis: { title: { text: "ratio" }, rangemode: "tozero" },
  });
}

function showAll() {
  const table = byId("all-table");
  table.append(row(["Ratio", "last record", "ratio", "to the one before", "to the first", "CPU"], "th"));
  for (const series of data.series) {
    const now = series.points.at(-1), several = series.points.length > 1;
    table.append(row([title(series), now.commit, ratio(now), changeCell(series, series.points.at(-2), now),
      changeCell(series, several ? series.points[0] : undefined, now), series.cpu], "td", now.fell ? "mean" : ""));
  }
}

byId("lead").textContent = [[data.series.length, "ratio"], [data.commits.length, "commit"], [data.cpus.length, "CPU"]]
  .map(([count, what]) => counted(count, what)).join(", ") + ".";
const worst = data.fallen.length ? data.series[data.fallen.at(-1).series] : undefined;
fill("curve-cpu", data.cpus.map(cpu => [cpu, cpu]), worst?.cpu);
fill("curve-group", data.groups.map(group => [group, group]), worst?.group);
for (const id of ["curve-group", "curve-cpu"]) byId(id).addEventListener("change", showCurves);
drawings.push(showCurves);
showFallen();
showCurves();
showAll();
followTheme();
document.documentElement.dataset.ready = "yes";
})();
