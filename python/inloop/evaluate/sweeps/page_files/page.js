// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
(() => {
const measures = Object.fromEntries(data.measures.map(measure => [measure.name, measure]));
const totals = Object.fromEntries(data.totals.map(total => [total.encoder, total]));
const colour = name => COLOURS[data.encoders.indexOf(name) % COLOURS.length];
// Encoders that share a colour have other symbols and other lines.
const round = name => Math.floor(data.encoders.indexOf(name) / COLOURS.length);
const symbol = name => SYMBOLS[(data.encoders.indexOf(name) + 3 * round(name)) % SYMBOLS.length];
const dash = name => name === data.anchor ? "dash" : ["solid", "dot", "dashdot"][round(name) % 3];
const label = name => measures[name].label + (measures[name].unit ? ` [${measures[name].unit}]` : "");
const pointsOf = (encoder, clip) => data.points.filter(p => p.encoder === encoder && p.clip === clip)
  .sort((a, b) => a.kbps - b.kbps);
const compared = data.measures.filter(m => data.rates.some(row => m.name in row.rates));
const summed = compared.filter(m => data.summed.includes(m.name));

function rateCell(value, text) {
  const cell = element("td", text);
  if (value !== null && value !== undefined && Math.abs(value) >= 0.005) {
    const strength = Math.min(0.42, 0.06 + Math.abs(value) / 70);
    cell.style.backgroundColor = `rgba(var(${value < 0 ? "--good" : "--bad"}), ${strength})`;
  }
  return cell;
}

function logAxis(values) {
  const [low, high] = [Math.min(...values), Math.max(...values)], ticks = [];
  for (let power = Math.floor(Math.log10(low)) - 1; power <= Math.log10(high) + 1; power++) {
    ticks.push(...[1, 2, 5].map(digit => Number((digit * 10 ** power).toPrecision(1))));
  }
  const room = 0.04 + 0.06 * Math.log10(high / low);
  return { type: "log", tickvals: ticks, ticktext: ticks.map(String), range: [Math.log10(low) - room, Math.log10(high) + room] };
}

// Summary

function showMeans() {
  const table = byId("means");
  table.append(row(["Encoder", ...summed.map(m => m.label)], "th"));
  for (const name of data.encoders) {
    table.append(row([name, ...summed.map(m => {
      if (name === data.anchor) return element("td", "anchor");
      const rate = totals[name].rates[m.name] ?? { mean: null, clips: 0 };
      const partly = rate.mean !== null && rate.clips < data.clips.length ? ` (${rate.clips})` : "";
      return rateCell(rate.mean, signed(rate.mean, 2) + partly);
    })]));
  }
}

function showDemands() {
  const neural = data.totals.some(total => total.kmac > 0);
  const remembered = data.totals.some(total => total.encode_mib || total.decode_mib);
  const table = byId("demands");
  table.append(row(["Encoder", "encode fps", "× anchor", "decode fps", ...(remembered ? ["encode MiB", "decode MiB"] : []),
    ...(neural ? ["parameters", "kMAC/px", "with skipping"] : [])], "th"));
  for (const total of data.totals) {
    const memory = remembered ? [fixed(total.encode_mib, 0), fixed(total.decode_mib, 0)] : [];
    const size = neural ? [total.parameters ? total.parameters.toLocaleString("en") : "–",
      fixed(total.kmac || null, 1), fixed(total.kmac ? total.kmac_run : null, 1)] : [];
    table.append(row([total.encoder, fixed(total.encode_fps, 1), fixed(total.ratio, 2), fixed(total.decode_fps, 1), ...memory, ...size]));
  }
  byId("speed").textContent = data.speed;
}

function showClips() {
  const measure = byId("rate-measure").value;
  const others = data.encoders.filter(name => name !== data.anchor);
  const table = byId("clips");
  table.replaceChildren(row(["Clip", "size", ...others], "th"));
  const rateOf = (encoder, clip) => data.rates.find(r => r.encoder === encoder && r.clip === clip)?.rates[measure];
  const mean = (encoder, clips) => {
    const found = clips.map(clip => rateOf(encoder, clip.name)?.pchip).filter(v => v !== null && v !== undefined);
    return found.length ? found.reduce((a, b) => a + b) / found.length : null;
  };
  const meanRow = (text, size, clips) => row([text, size, ...others.map(encoder => {
    const value = mean(encoder, clips);
    return rateCell(value, signed(value, 2));
  })], "td", "mean");
  const sizes = [...new Set(data.clips.map(clip => clip.size))];
  for (const size of sizes) {
    const clips = data.clips.filter(clip => clip.size === size);
    for (const clip of clips) {
      table.append(row([clip.name, clip.size, ...others.map(encoder => {
        const rate = rateOf(encoder, clip.name);
        const cell = rateCell(rate?.pchip, signed(rate?.pchip, 2));
        if (rate) cell.title = rate.why || `Akima ${signed(rate.akima, 2)} %, the curves share ${fixed(100 * rate.overlap, 0)} % of their range`;
        return cell;
      })]));
    }
    if (sizes.length > 1) table.append(meanRow("mean of " + size, "", clips));
  }
  table.append(meanRow("mean", "", data.clips));
}

function showEachOther() {
  if (data.encoders.length < 3) { byId("each-other").remove(); return; }
  const table = byId("each-other-table");
  table.append(row(["", ...data.encoders], "th"));
  for (const name of data.encoders) {
    table.append(row([name, ...data.encoders.map(anchor => {
      const rate = data.each_other[name]?.[anchor];
      return rateCell(rate, name === anchor ? "" : signed(rate, 1));
    })]));
  }
}

/** Says of each of our encoders which other programs need fewer bits. */
function showBehind() {
  const isOurs = name => data.points.some(p => p.encoder === name && p.command.startsWith("inloop "));
  const others = data.encoders.filter(name => !isOurs(name));
  if (!others.length) return;
  for (const name of data.encoders.filter(isOurs)) {
    const more = others.map(other => [other, data.each_other[name][other]]).filter(([, rate]) => rate !== null && rate >= 0.05)
      .sort((a, b) => b[1] - a[1]).map(([other, rate]) => `${other} (${signed(rate, 1)} %)`);
    byId("behind").append(element("li", more.length ? `${name} needs more bits than ${more.join(", ")}`
      : `${name} needs more bits than none of the other programs`));
  }
}

function showPublished() {
  if (!data.published.length) {
    for (const part of [byId("published"), document.querySelector("nav a[href='#published']")]) part.remove();
    return;
  }
  const table = byId("published-table");
  const plain = value => signed(value, 2).replace("+", ""), words = (tag, text) => element(tag, text, { className: "words" });
  const head = ["ours is", "figure", "source"].map(text => words("th", text));
  table.append(row(["What", head[0], head[1], "published", "ours", "clips", head[2]], "th"));
  for (const of of data.published) {
    table.append(row([of.text, words("td", of.pair), words("td", of.figure), plain(of.published), plain(of.ours),
      String(of.clips), element("td", of.source, { className: "words source" })]));
  }
}

function showNotes() {
  if (!data.notes.length) return;
  const list = element("ul");
  list.append(...data.notes.map(note => element("li", note)));
  byId("notes").append(element("strong", "Notes"), list);
}

// Curves

function showCurves() {
  const clip = byId("curve-clip").value, measure = byId("curve-measure").value;
  const traces = data.encoders.map(name => {
    const points = pointsOf(name, clip).filter(p => p.quality[measure] !== undefined);
    return {
      name, x: points.map(p => p.kbps), y: points.map(p => p.quality[measure]), mode: "lines+markers",
      line: { color: colour(name), width: 2, dash: dash(name) },
      marker: { symbol: symbol(name), size: 8 }, text: points.map(p => `${p.target} ${p.value}`),
      hovertemplate: `%{x:.1f} kbit/s<br>%{y:.${measures[measure].digits}f}<br>%{text}<extra>${name}</extra>`,
    };
  });
  draw("curve-plot", traces, {
    xaxis: { title: { text: "kbit/s" }, ...(byId("curve-log").checked ? logAxis(traces.flatMap(trace => trace.x)) : { type: "linear" }) },
    yaxis: { title: { text: label(measure) } },
  });
}

// Quality against complexity

function radarAxes() {
  const gain = name => [measures[name].label + " saved", e => e === data.anchor ? 0 : negated(totals[e].rates[name]?.mean),
    v => signed(v, 2) + " %", false];
  const negated = value => value === null || value === undefined ? null : -value;
  const log = (text, value, unit, less) => [text, e => {
    const found = value(totals[e]);
    return found === null ? null : (less ? -1 : 1) * Math.log(less ? 1 + found : found);
  }, v => fixed(less ? Math.exp(-v) - 1 : Math.exp(v), 1) + " " + unit, true];
  const axes = compared.filter(m => ["psnr_y", "ms_ssim", "vmaf", "xpsnr_y"].includes(m.name)).map(m => gain(m.name));
  axes.push(log("encode speed", t => t.encode_fps, "fps", false), log("decode speed", t => t.decode_fps, "fps", false));
  if (data.totals.some(t => t.kmac > 0)) {
    axes.push(log("few kMAC/px", t => t.kmac_run ?? 0, "kMAC/px with skipping", true), log("small network", t => t.parameters, "parameters", true));
  }
  if (data.totals.every(t => t.decode_mib)) axes.push(log("little memory", t => t.decode_mib, "MiB to decode", true));
  return axes;
}

function showRadar() {
  const axes = radarAxes();
  const spans = axes.map(([, value]) => {
    const found = data.encoders.map(value).filter(v => v !== null);
    return [Math.min(...found), Math.max(...found)];
  });
  const traces = data.encoders.map(name => {
    const values = axes.map(([, value]) => value(name));
    const share = values.map((v, i) => v === null ? 0 : spans[i][1] > spans[i][0] ? 0.12 + 0.88 * (v - spans[i][0]) / (spans[i][1] - spans[i][0]) : 1);
    const texts = axes.map(([text, , show], i) => `${text}: ${values[i] === null ? "–" : show(values[i])}`);
    return {
      type: "scatterpolar", name, r: [...share, share[0]], theta: [...axes.map(a => a[0]), axes[0][0]],
      text: [...texts, texts[0]], hovertemplate: `%{text}<extra>${name}</extra>`, fill: data.encoders.length > 4 ? "none" : "toself",
      fillcolor: colour(name) + "1c", line: { color: colour(name), width: 2, dash: dash(name) }, marker: { symbol: symbol(name), size: 7 },
    };
  });
  draw("radar-plot", traces, { polar: {}, margin: { l: 70, r: 70, t: 40, b: 30 } });
}

function showPareto() {
  const work = byId("pareto-work").value, measure = byId("pareto-measure").value;
  const found = data.encoders.map(name => ({
    name, speed: totals[name][work + "_fps"],
    rate: name === data.anchor ? 0 : totals[name].rates[measure]?.mean ?? null,
  })).filter(e => e.speed !== null && e.rate !== null);
  const front = found.filter(e => !found.some(o => o !== e && o.speed >= e.speed && o.rate <= e.rate && (o.speed > e.speed || o.rate < e.rate)))
    .sort((a, b) => a.speed - b.speed);
  const traces = [{
    x: front.map(e => e.speed), y: front.map(e => e.rate), mode: "lines", name: "Pareto front", hoverinfo: "skip",
    line: { color: theme().text, width: 1, dash: "dot" },
  }, ...[...found].sort((a, b) => a.speed - b.speed).map((e, i, all) => ({
    x: [e.speed], y: [e.rate], mode: "markers+text", name: e.name, text: [`  ${e.name}  `],
    // The names of the slowest and the fastest point inwards, where there is room.
    textposition: i === 0 ? "middle right" : i === all.length - 1 ? "middle left"
      : ["top center", "bottom center", "top right", "bottom left"][i % 4],
    marker: { color: colour(e.name), symbol: symbol(e.name), size: 12 }, showlegend: false, cliponaxis: false,
    hovertemplate: `%{x:.2f} fps<br>%{y:.2f} %<extra>${e.name}</extra>`,
  }))];
  draw("pareto-plot", traces, {
    xaxis: { title: { text: work + "d pictures a CPU second" }, ...logAxis(found.map(e => e.speed)) },
    yaxis: { title: { text: `mean BD-rate, ${measures[measure].label} [%]` } }, showlegend: false,
  });
}

// Picture by picture

function showEach() {
  const clip = byId("each-clip").value, measure = byId("each-measure").value, rank = Number(byId("each-point").value);
  const traces = [];
  for (const name of data.encoders) {
    const point = pointsOf(name, clip)[rank];
    if (!point) continue;
    const about = `${name}, ${point.target} ${point.value}`;
    const values = point.pictures[measure] ?? [];
    const kinds = values.map((_, i) => point.types[i] ? `${point.types[i]} picture` : "");
    traces.push({ name: about, legendgroup: name, x: values.map((_, i) => i), y: values, mode: "lines+markers",
      text: kinds, line: { color: colour(name), width: 1.5 }, marker: { symbol: symbol(name), size: 5 },
      hovertemplate: `picture %{x}: %{y:.${measures[measure].digits}f}<br>%{text}<extra>${about}</extra>` });
    if (point.bits.length) {
      traces.push({ name: about, legendgroup: name, showlegend: false, type: "bar", x: point.bits.map((_, i) => i), y: point.bits,
        marker: { color: colour(name) }, yaxis: "y2", hovertemplate: `picture %{x}: %{y} bits<extra>${about}</extra>` });
    }
  }
  draw("each-plot", traces, {
    xaxis: { title: { text: "picture" }, anchor: "y2" }, yaxis: { title: { text: label(measure) }, domain: [0.45, 1] },
    yaxis2: { title: { text: "bits" }, type: "log", domain: [0, 0.36] }, barmode: "group",
  });
}

// Pictures side by side

const images = new Map();
function image(uri) {
  if (!images.has(uri)) {
    const made = new Image();
    made.src = uri;
    images.set(uri, made.decode().then(() => made));
  }
  return images.get(uri);
}

const SOURCE = "source";
function lookUri(name, clip) {
  if (name === SOURCE) return data.sources[clip];
  const shown = data.shown.find(entry => entry.encoder === name && entry.clip === clip);
  return shown && data.pictures[shown.key];
}

function lookName(name, clip) {
  if (name === SOURCE) return SOURCE;
  const key = data.shown.find(entry => entry.encoder === name && entry.clip === clip)?.key;
  const point = data.points.find(p => p.key === key && p.encoder === name);
  return point ? `${name}, ${point.kbps.toFixed(1)} kbit/s, ${fixed(point.quality.psnr_y, 2)} dB` : name;
}

async function showLook() {
  const clip = byId("look-clip").value, names = [byId("look-left").value, byId("look-right").value];
  const uris = names.map(name => lookUri(name, clip));
  if (!uris.every(Boolean)) return;
  const [left, right] = await Promise.all(uris.map(image));
  const canvas = byId("look-canvas"), pen = canvas.getContext("2d", { willReadFrequently: true });
  canvas.width = left.width;
  canvas.height = left.height;
  pen.drawImage(right, 0, 0);
  if (byId("look-difference").checked) {
    const second = pen.getImageData(0, 0, canvas.width, canvas.height);
    pen.drawImage(left, 0, 0);
    const first = pen.getImageData(0, 0, canvas.width, canvas.height);
    for (let i = 0; i < first.data.length; i++) {
      if (i % 4 !== 3) first.data[i] = 128 + 8 * (second.data[i] - first.data[i]);
    }
    pen.putImageData(first, 0, 0);
  } else {
    const border = Math.round(canvas.width * byId("look-slider").value / 100);
    if (border) pen.drawImage(left, 0, 0, border, left.height, 0, 0, border, left.height);
    pen.fillStyle = "#ffffff";
    pen.fillRect(border - 1, 0, 1, canvas.height);
  }
  byId("look-name-left").textContent = lookName(names[0], clip);
  byId("look-name-right").textContent = lookName(names[1], clip);
}

function setUpLook() {
  const clips = data.clips.map(c => c.name).filter(name => data.sources[name]);
  if (!clips.length) {
    byId("look-body").replaceChildren(element("p", "No pictures were kept with these points."));
    return;
  }
  const names = [SOURCE, ...data.encoders].map(name => [name, name]);
  fill("look-clip", clips.map(name => [name, name]));
  fill("look-left", names, data.anchor);
  fill("look-right", names, data.encoders[1] ?? SOURCE);
  for (const id of ["look-clip", "look-left", "look-right", "look-difference"]) byId(id).addEventListener("change", showLook);
  byId("look-slider").addEventListener("input", showLook);
  byId("look-canvas").addEventListener("pointermove", event => {
    const box = event.currentTarget.getBoundingClientRect();
    byId("look-slider").value = 100 * (event.clientX - box.left) / box.width;
    showLook();
  });
  showLook();
}

// Conditions

function showConditions() {
  byId("lead").textContent = [[data.encoders.length, "encoder"], [data.clips.length, "clip"], [data.points.length, "point"]]
    .map(([count, what]) => counted(count, what)).join(", ") + `; anchor ${data.anchor}. ${data.time}`;
  const table = byId("clip-table");
  table.append(row(["Clip", "size", "pictures a second", "pictures", "bit"], "th"));
  for (const clip of data.clips) table.append(row([clip.name, clip.size, String(clip.fps), String(clip.frames), String(clip.bit_depth)]));
  for (const name of data.encoders) {
    const box = element("details");
    box.append(element("summary", name));
    for (const point of data.points.filter(p => p.encoder === name && p.clip === data.clips[0].name)) box.append(element("code", point.command));
    box.append(element("p", `These are of ${data.clips[0].name}; other clips are coded alike.`, { className: "small" }));
    byId("commands").append(box);
  }
  byId("tools").append(...[...data.machines, ...data.tools].map(text => element("li", text)));
}

// All together

function start() {
  const clips = data.clips.map(clip => [clip.name, `${clip.name} (${clip.size})`]);
  const names = list => list.map(m => [m.name, m.label]);
  const each = data.measures.filter(m => data.points.some(p => m.name in p.pictures));
  fill("rate-measure", names(compared), "psnr_y");
  fill("curve-clip", clips);
  fill("curve-measure", names(data.measures), "psnr_y");
  fill("pareto-measure", names(compared), "psnr_y");
  fill("each-clip", clips);
  fill("each-measure", names(each), "psnr_y");
  const ranks = Math.max(...data.encoders.map(name => Math.max(...data.clips.map(clip => pointsOf(name, clip.name).length))));
  fill("each-point", [...Array(ranks).keys()].map(i => [String(i), i === 0 ? "lowest rate" : i === ranks - 1 ? "highest rate" : `number ${i + 1}`]));
  showMeans();
  showDemands();
  showBehind();
  showEachOther();
  showPublished();
  showNotes();
  showConditions();
  for (const [show, ...ids] of [[showClips, "rate-measure"], [showCurves, "curve-clip", "curve-measure", "curve-log"], [showRadar],
    [showPareto, "pareto-work", "pareto-measure"], [showEach, "each-clip", "each-measure", "each-point"]]) {
    for (const id of ids) byId(id).addEventListener("change", show);
    if (show !== showClips) drawings.push(show);
    show();
  }
  setUpLook();
  followTheme();
  document.documentElement.dataset.ready = "yes";
}
start();
})();
