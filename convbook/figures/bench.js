// The architecture bench: what each part of a network holds and does, and what like networks reached.
import { drag, drawing, frame, h, isBoolean, isWhole, prediction, set, slider, tidy, toggle,
  valuesOf } from "./shared.js";

const COLUMNS = { filters: 96, kernel: 7, stride: 2, pool: 2 }; // of a layer, and the most each may be
const most = Object.values(COLUMNS);
const isLayer = (row) => Array.isArray(row) && row.length === 4 && row.every((v, j) => isWhole(1, most[j])(v));

/** Whether at least one place is left after every layer. */
function fits(layers) {
  let side = 28;
  for (const [, kernel, stride, pool] of layers) side = Math.floor((Math.floor((side - kernel) / stride) + 1) / pool);
  return side >= 1;
}

export const accepts = {
  layers: (value) => Array.isArray(value) && value.length <= 3 && value.every(isLayer) && fits(value),
  average: isBoolean, dense: isWhole(0, 128), norm: isBoolean,
};

/** The parts of a network: {name, side, channels, parameters, work, sees}, and what it costs in all. */
function parts({ layers, average, dense, norm }) {
  const rows = [];
  let [side, channels, sees, jump] = [28, 1, 1, 1];
  layers.forEach(([filters, kernel, stride, pool], i) => {
    side = Math.floor((side - kernel) / stride) + 1;
    const weights = kernel ** 2 * channels * filters;
    [sees, jump, channels] = [sees + (kernel - 1) * jump, jump * stride, filters];
    const parameters = weights + filters * (norm ? 4 : 1); // batch normalisation has four numbers a map
    rows.push({ name: `convolution ${i + 1}`, side, channels, parameters, work: weights * side ** 2, sees });
    if (pool === 1) return;
    [side, sees, jump] = [Math.floor(side / 2), sees + jump, 2 * jump];
    rows.push({ name: "max-pool", side, channels, parameters: 0, work: 0, sees });
  });
  sees += (side - 1) * jump;
  let units = channels * (average ? 1 : side ** 2);
  rows.push({ name: average ? "average" : "flatten", side: 1, channels: units, parameters: 0, work: 0, sees });
  for (const [name, count] of [...(dense ? [["dense", dense]] : []), ["output", 10]]) {
    rows.push({ name, side: 1, channels: count, parameters: (units + 1) * count, work: units * count, sees });
    units = count;
  }
  const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
  return { rows, parameters: sum("parameters"), work: sum("work") };
}

/** Index of the recorded network that is nearest in doublings of parameters and of multiply-adds. */
function nearest({ networks, norm }, parameters, work) {
  const far = networks.map((other) => Math.log2(other.parameters / parameters) ** 2
    + Math.log2(other.multiply_adds / work) ** 2 + (other.norm !== norm));
  return far.indexOf(Math.min(...far));
}

/** Of each part its side, channels, parameters, multiply-adds and reach; both totals; the nearest record. */
export function compute(state) {
  const { rows, parameters, work } = parts(state);
  const table = rows.flatMap((row) => [row.side, row.channels, row.parameters, row.work, row.sees]);
  return [...table, parameters, work, nearest(state, parameters, work)];
}

const many = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
const percent = (share) => (share < 0.001 ? "< 0.1 %" : `${tidy(100 * share, share < 0.01 ? 1 : 0)} %`);
const inWords = (name) => (name.startsWith("conv") ? name : `the ${name} layer`);
const reached = ({ epochs, shifts, validation }) => `${(100 * validation).toFixed(2)} % after ${epochs} `
  + `${epochs > 1 ? "epochs" : "epoch"}${shifts ? " with shifts" : ""}`;
const record = ({ name, recipes }) => `${name}, ${[...new Set([recipes[0], recipes.at(-1)].map(reached))].join(", ")}`;

/** Bars of parameters (hollow) and of multiply-adds (full) for each part. */
function bars({ rows, parameters, work }, open) {
  let top = 34;
  const lines = rows.map((row) => {
    const y = top;
    const shape = row.side > 1 ? `${row.side} × ${row.side} × ${row.channels}` : many(row.channels);
    top += row.parameters ? 80 : 30;
    const bar = (at, share, style) =>
      h("rect", { x: 2, y: at, width: Math.max(280 * share, 1.5), height: 15, ...style });
    const label = (at, share, text) => h("text", { x: 282 * share + 10, y: at + 15 }, text);
    const shares = [row.parameters / parameters, row.work / work];
    return [
      h("text", { x: 0, y: y + 18 }, row.name), h("text", { x: 150, y: y + 18 }, shape),
      h("text", { x: 478, y: y + 18, "text-anchor": "end" }, `sees ${row.sees} × ${row.sees}`),
      row.parameters ? [
        bar(y + 28, shares[0], { fill: "none", stroke: "var(--ink)", "stroke-width": 2 }),
        label(y + 28, shares[0], `${many(row.parameters)} (${percent(shares[0])})`),
        open ? bar(y + 49, shares[1], { fill: "var(--link)", stroke: "var(--link)" }) : null,
        label(y + 49, open ? shares[1] : 0, open ? `${many(row.work)} (${percent(shares[1])})` : "?")] : null,
    ];
  });
  return drawing(480, top, "The parts of the network, each with its shape, its parameters and its multiply-adds.",
    h("rect", { x: 2, y: 6, width: 22, height: 15, fill: "none", stroke: "var(--ink)", "stroke-width": 2 }),
    h("text", { x: 32, y: 21 }, "parameters"),
    h("rect", { x: 180, y: 6, width: 22, height: 15, fill: "var(--link)" }),
    h("text", { x: 210, y: 21 }, "multiply-adds an image"), lines);
}

/** Validation accuracy of the records over their multiply-adds; `chosen` and its nearest are marked. */
const [LEFT, RIGHT, TOP, FLOOR] = [60, 470, 44, 270];
const across = (work) => LEFT + ((RIGHT - LEFT) * (Math.log10(work) - 4.3)) / 2.3;
const up = (accuracy) => FLOOR - ((FLOOR - TOP) * (accuracy - 0.965)) / 0.031;
function frontier(networks, near, work, open) {
  let best = 0;
  const stairs = networks.flatMap((network) => { // they come in the order of their work
    const top = Math.max(...network.recipes.map((recipe) => recipe.validation));
    const [before, x] = [best, across(network.multiply_adds)];
    best = Math.max(best, top);
    return top > before ? [before ? `${x},${up(before)}` : "", `${x},${up(best)}`] : [];
  });
  const dot = (network, { epochs, shifts, validation }) => {
    const [cx, cy] = [across(network.multiply_adds), up(validation)];
    const look = { fill: epochs === 5 ? "var(--ink)" : "var(--back)", stroke: "var(--ink)", "stroke-width": 2 };
    return shifts ? h("path", { d: `M${cx},${cy - 9}l8,14h-16z`, ...look }) : h("circle", { cx, cy, r: 5.5, ...look });
  };
  const mine = Math.max(LEFT, Math.min(RIGHT, across(work)));
  const [words, dx, end] = mine < across(work) ? [`${many(work)} →`, -8, "end"] : [`← ${many(work)}`, 8, "start"];
  return drawing(480, FLOOR + 56, "Validation accuracy of recorded networks over their multiply-adds.",
    h("text", { x: 0, y: 20 }, "accuracy (%)   ○ 1–3 epochs  ● 5  ▲ 5, shifts"),
    [0.97, 0.98, 0.99].map((value) => [
      h("line", { x1: LEFT, x2: RIGHT, y1: up(value), y2: up(value), stroke: "var(--line)" }),
      h("text", { x: LEFT - 8, y: up(value) + 7, "text-anchor": "end" }, 100 * value)]),
    ["30,000", "300,000", "3,000,000"].map((text, i) =>
      h("text", { x: across(3 * 10 ** (i + 4)), y: FLOOR + 24, "text-anchor": i === 2 ? "end" : "middle",
        dx: i === 2 ? 22 : 0 }, text)),
    h("text", { x: (LEFT + RIGHT) / 2, y: FLOOR + 50, "text-anchor": "middle" }, "multiply-adds an image"),
    h("polyline", { points: `${stairs.join(" ")} ${RIGHT},${up(best)}`, fill: "none", stroke: "var(--quiet)",
      "stroke-width": 2, "stroke-dasharray": "6 4" }),
    open ? h("line", { x1: mine, x2: mine, y1: TOP - 8, y2: FLOOR, stroke: "var(--link)", "stroke-width": 3 }) : null,
    open && mine !== across(work) ? h("text", { x: mine, y: up(0.98) - 5, dx, "text-anchor": end }, words) : null,
    networks.map((network) => network.recipes.map((recipe) => dot(network, recipe))),
    open ? networks[near].recipes.map(({ validation }) => h("circle", { cx: across(networks[near].multiply_adds),
      cy: up(validation), r: 12, fill: "none", stroke: "var(--link)", "stroke-width": 3 })) : null);
}

export default {
  render({ model, el }) {
    const keys = Object.keys(accepts);
    const now = () => valuesOf(model, [...keys, "networks"]);
    const networks = model.get("networks");
    const load = (network) => set(model, Object.fromEntries(keys.map((key) => [key, network[key]])));
    const same = (state) => networks.findIndex((network) =>
      keys.every((key) => JSON.stringify(network[key]) === JSON.stringify(state[key])));
    const busiest = (rows, key) => rows.reduce((a, b) => (b[key] > a[key] ? b : a));
    const predict = prediction(model, {
      options: ["convolution 1", "convolution 2", "convolution 3", "dense", "output"],
      ask() {
        const { layers, average, dense } = now();
        const convolutions = layers.map(([filters, kernel, stride, pool]) => `${filters} of ${kernel} × ${kernel}`
          + `${stride > 1 ? " at stride 2" : ""}${pool > 1 ? ", pool" : ""}`);
        const chain = [...convolutions, average ? "average" : "flatten", dense ? `dense ${dense}` : "", "output 10"];
        return { question: `Which part does most of the multiply-adds? (${chain.filter(Boolean).join(" → ")})`,
          answer: busiest(parts(now()).rows, "work").name };
      },
    });

    const pick = h("select", { onchange: () => (pick.value < 0 ? records.update() : load(networks[pick.value])) },
      h("option", { value: -1 }, "your own"),
      networks.map(({ name }, i) => h("option", { value: i }, name)).toReversed());
    const records = h("label", { class: "cb-control" }, "Network", pick);
    records.update = () => { pick.value = same(now()); };

    let refusal = "";
    const change = (layers) => {
      if (accepts.layers(layers)) return set(model, { layers });
      refusal = " That was refused: a number out of its range, or no place would be left.";
      predict.redraw();
      refusal = "";
    };
    const body = h("tbody");
    const grid = h("div", { class: "cb-scroll" }, h("table", {}, h("caption", {}, "Convolutions; pool 1 is none"),
      h("thead", {}, h("tr", {}, h("td"), Object.keys(COLUMNS).map((name) => h("th", { scope: "col" }, name)))), body));
    grid.update = () => {
      const layers = model.get("layers");
      if (body.childElementCount !== layers.length) {
        body.replaceChildren(...layers.map((row, i) => h("tr", {}, h("th", { scope: "row" }, i + 1), row.map((_, j) => {
          const input = h("input", { type: "number", min: 1, max: most[j],
            style: "width: 3rem; padding: 0; text-align: center",
            ariaLabel: `${Object.keys(COLUMNS)[j]} of convolution ${i + 1}`,
            onchange: () => change(model.get("layers").map((old, k) =>
              old.map((value, l) => (k === i && l === j ? Number(input.value) : value)))) });
          return h("td", { style: "padding: 0.1rem 0.25rem" }, input);
        }))));
      }
      body.querySelectorAll("input").forEach((input, i) => { input.value = layers.flat()[i]; });
    };
    const depthOut = h("output");
    const depth = h("input", { type: "range", min: 0, max: 3, onchange: () => {
      const layers = model.get("layers");
      const count = Number(depth.value);
      const more = [...layers, [layers.at(-1)?.[0] ?? 16, 3, 1, 1]];
      change(count < layers.length ? layers.slice(0, count) : more);
    } });
    const depths = h("label", { class: "cb-control" }, "Convolutions", depth, depthOut);
    depths.update = () => { depth.value = depthOut.textContent = model.get("layers").length; };
    const stage = h("div", { class: "cb-parts" });

    function draw(open) {
      const state = now();
      const { rows, parameters, work } = parts(state);
      const near = nearest(state, parameters, work);
      const chart = frontier(networks, near, work, open);
      drag(chart, (x, y) => {
        const gaps = networks.map((network) => Math.min(...network.recipes.map(({ validation }) =>
          Math.hypot(x - across(network.multiply_adds), y - up(validation)))));
        const closest = gaps.indexOf(Math.min(...gaps));
        if (closest !== same(now())) load(networks[closest]);
      });
      stage.replaceChildren(bars({ rows, parameters, work }, open), chart);

      const [heavy, busy] = ["parameters", "work"].map((key) => busiest(rows, key));
      const of = (key, part, total) => `${percent(part[key] / total)} of them in ${inWords(part.name)}`;
      return `${many(parameters)} parameters, ${of("parameters", heavy, parameters)}; `
        + `${open ? `${many(work)} multiply-adds, ${of("work", busy, work)}` : "? multiply-adds, most of them in ?"}. `
        + `${same(state) < 0 ? "Nearest record" : "Recorded"}: ${open ? record(networks[near]) : "?"}.${refusal}`;
    }

    const numpy = () => {
      const { layers, average, dense, norm } = now();
      const known = networks.map((other) => [other.parameters, other.multiply_adds, Number(other.norm)]);
      const python = (value) => (value ? "True" : "False");
      return `import numpy as np

layers = ${JSON.stringify(layers)}  # filters, kernel, stride, pool
average, dense, norm = ${python(average)}, ${dense}, ${python(norm)}
known = np.array(${JSON.stringify(known)})
records = ${JSON.stringify(networks.map(record))}
side, channels, sees, jump, rows = 28, 1, 1, 1, []
for filters, kernel, stride, pool in layers:
    side, weights = (side - kernel) // stride + 1, kernel**2 * channels * filters
    sees, jump, channels = sees + (kernel - 1) * jump, jump * stride, filters
    rows.append([side, channels, weights + channels * (4 if norm else 1), weights * side**2, sees])
    if pool == 2:
        side, sees, jump = side // 2, sees + jump, 2 * jump
        rows.append([side, channels, 0, 0, sees])
sees, units = sees + (side - 1) * jump, channels * (1 if average else side**2)
rows.append([1, units, 0, 0, sees])
for n in [dense, 10] if dense else [10]:
    rows.append([1, n, (units + 1) * n, units * n, sees])
    units = n
total = np.sum(rows, axis=0)[2:4]
far = np.sum(np.log2(known[:, :2] / total) ** 2, axis=1) + (known[:, 2] != norm)
result = np.concatenate([np.ravel(rows), total, [far.argmin()]])
print(np.array(rows), total, (100 * np.array(rows)[:, 2:4] / total).round(1), records[far.argmin()])`;
    };

    return frame(model, el, {
      title: "The architecture bench", hint: "Touch a mark in the chart to load it.", keys, stage, draw, numpy, predict,
      controls: [records, depths, grid, toggle(model, "average", "Average each map (no flatten)"),
        slider(model, "dense", "Dense units", { min: 0, max: 128 }), toggle(model, "norm", "Batch normalisation")],
    });
  },
};
