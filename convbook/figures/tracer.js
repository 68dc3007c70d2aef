// How far a unit sees: a stack of layers on a row of pixels, and the cone of any place in it.
import { button, cell, drag, drawing, frame, h, isWhole, prediction, set, signed, slider, tidy,
  valuesOf } from "./shared.js";

const LENGTH = 18; // pixels of the input
const RANGES = [[1, 5], [1, 3], [0, 2]]; // of kernel, stride and padding
const isLayer = (layer) => Array.isArray(layer) && layer.length === 3
  && layer.every((value, i) => isWhole(...RANGES[i])(value)) && layer[2] <= layer[0] / 2;

export const accepts = {
  layers: (value) => Array.isArray(value) && value.length >= 1 && value.length <= 5 && value.every(isLayer),
  level: isWhole(0, 5), unit: isWhole(0, 22),
};
const SIZE = 20; // of a cell
const ROW = 50;

/** The input and each layer that fits on it: units, kernel, stride, padding, size r, jump j, start. */
function levels(layers) {
  const all = [{ n: LENGTH, r: 1, j: 1, start: 0 }];
  for (const [k, s, p] of layers) {
    const { n, r, j, start } = all.at(-1);
    if (n + 2 * p < k) break;
    all.push({ n: Math.floor((n + 2 * p - k) / s) + 1, k, s, p, r: r + (k - 1) * j, j: j * s, start: start - p * j });
  }
  return all;
}

/** What a unit sees one level below, padding included: indices from -p to n + p - 1. */
const inputs = ({ k, s, p }, unit) => Array.from({ length: k }, (_, i) => unit * s - p + i);

/** The place that is picked, and the sets of indices that it sees and that it reaches, level by level. */
function trace({ layers, level, unit }) {
  const all = levels(layers);
  const at = Math.min(level, all.length - 1);
  const u = Math.min(unit, all[at].n - 1);
  const marked = all.map(() => new Set());
  marked[at].add(u);
  for (let l = at; l > 0; l--)
    for (const v of marked[l]) if (v >= 0 && v < all[l].n) inputs(all[l], v).forEach((i) => marked[l - 1].add(i));
  for (let l = at + 1; l < all.length; l++)
    for (let v = 0; v < all[l].n; v++) if (inputs(all[l], v).some((i) => marked[l - 1].has(i))) marked[l].add(v);
  const real = (l) => [...marked[l]].filter((i) => i >= 0 && i < all[l].n).sort((a, b) => a - b);
  return { all, at, u, marked, real };
}

export function compute(state) {
  const { all, marked } = trace(state);
  const table = all.slice(1).map(({ r, j, start }) => [r, j, start]);
  return [table, all.map(({ n }, l) => Array.from({ length: n }, (_, i) => Number(marked[l].has(i))))].flat(2);
}

/** "the 3 units 0 to 2", and "no unit" where there is none. */
function list(indices, what) {
  if (indices.length < 2) return indices.length ? `${what} ${indices[0]}` : `no ${what}`;
  const gaps = indices.at(-1) - indices[0] >= indices.length ? ", with gaps" : "";
  return `the ${indices.length} ${what}s ${indices[0]} to ${indices.at(-1)}${gaps}`;
}

export default {
  render({ model, el }) {
    const keys = Object.keys(accepts);
    const now = () => valuesOf(model, keys);
    function askOf(at) {
      const { layers } = now();
      const all = levels(layers);
      const top = all.length - 1;
      const [k, s, p] = [0, 1, 2].map((part) => layers.slice(0, at || top).map((layer) => layer[part]));
      const padding = p.some(Boolean) ? `, padding ${p.join(", ")}` : "";
      const plural = k.length > 1 ? "s" : "";
      const stack = `Kernel${plural} ${k.join(", ")}, stride${plural} ${s.join(", ")}${padding}`;
      const counted = padding && ", padding counted";
      const question = `${stack}: how many pixels wide is the field of a unit of layer ${at}${counted}?`;
      if (at) return { question, answer: all[at].r };
      const reach = Array.from({ length: LENGTH }, (_, unit) => trace({ layers, level: 0, unit }).real(top).length);
      return { question: `${stack}: how many units of layer ${top} can a pixel reach?`, answer: Math.max(...reach) };
    }
    const predict = prediction(model, { ask: () => askOf(trace(now()).at) });

    const level = slider(model, "level", "Layer", { min: 0, max: 1, show: (at) => String(at || "input") });
    const unit = slider(model, "unit", "Place", { min: 0, max: 1 });
    const picture = drawing(LENGTH * SIZE, ROW, "");
    picture.style.maxWidth = `${1.25 * LENGTH * SIZE}px`;
    let places = () => {}; // where on the drawing which unit is
    drag(picture, (x, y) => {
      const found = places(x, y);
      if (found.some((value, i) => value !== [model.get("level"), model.get("unit")][i]))
        set(model, { level: found[0], unit: found[1] });
    });

    function draw(open) {
      const { all, at, u, marked, real } = trace(now());
      const middle = (l, i) => {
        const { n, r, j, start } = all[l];
        const inside = Math.min(Math.max(i, 0), n - 1); // padding stands close to the last unit
        return SIZE * (start + inside * j + (r - 1) / 2 + (i - inside) + 0.5);
      };
      const top = (l) => (all.length - 1 - l) * ROW + 18;
      const colours = (l) => (l === at ? { fill: "var(--ink)", ink: "var(--back)" } : signed(l < at ? 0.45 : -0.45, 1));
      const cells = [], cones = [];
      let [left, right] = [0, LENGTH * SIZE];
      all.forEach(({ n }, l) => {
        const p = all[l + 1]?.p ?? 0;
        for (let i = -p; i < n + p; i++) {
          const padding = i < 0 || i >= n;
          const lit = marked[l].has(i) && (open || l === at);
          const look = lit ? colours(l) : { fill: "none", ink: "var(--quiet)" };
          const line = { stroke: lit ? "var(--ink)" : "var(--line)", "stroke-width": lit ? 2 : 1 };
          if (padding) Object.assign(line, { "stroke-dasharray": "3 3", rx: 10 });
          const box = cell(middle(l, i) - SIZE / 2, top(l), SIZE, padding ? "0" : String(i), look, line);
          box.lastChild.style.fontSize = "1em";
          cells.push(box);
          [left, right] = [Math.min(left, middle(l, i) - SIZE / 2), Math.max(right, middle(l, i) + SIZE / 2)];
        }
        const name = l ? `layer ${l}` : "input";
        cells.push(h("text", { x: 2, y: top(l) - 4, style: "font-size: 1em; fill: var(--quiet)" }, name));
        if (!l || !open || !real(l).length || !real(l - 1).length) return;
        const ends = [real(l), [...marked[l - 1]]].map((side) => [Math.min(...side), Math.max(...side)]);
        const corners = [[l, ends[0][0], -1], [l, ends[0][1], 1], [l - 1, ends[1][1], 1], [l - 1, ends[1][0], -1]]
          .map(([k, i, side]) => `${middle(k, i) + (side * SIZE) / 2},${k === l ? top(k) + SIZE : top(k)}`);
        cones.push(h("path", { d: `M${corners.join("L")}Z`, fill: "var(--back)", stroke: "var(--line)" }));
      });
      places = (x, y) => {
        const l = Math.max(0, Math.min(all.length - 1, all.length - 1 - Math.floor((y - 6) / ROW)));
        const i = Math.round((x - middle(l, 0)) / (SIZE * all[l].j));
        return [l, Math.max(0, Math.min(all[l].n - 1, i))];
      };
      const height = all.length * ROW - 8;
      picture.setAttribute("viewBox", `${left - 2} 0 ${right - left + 4} ${height}`);
      picture.style.fontSize = `${Math.min(0.039 * (right - left), 16)}px`; // larger where all is drawn smaller
      const said = "Rows of units, one a layer, above a row of pixels; marked is what the picked one sees or reaches.";
      picture.replaceChildren(h("title", {}, said), ...cones, ...cells);
      level.update({ max: all.length - 1 });
      unit.update({ max: all[at].n - 1 });
      table.show(all, (l) => predict.open(askOf(l).question));

      const last = all.length - 1;
      const sees = open ? list(real(0), "pixel") : "? pixels";
      const reaches = `reaches ${open ? list(real(last), "unit") : "? units"} of layer ${last}`;
      if (!at) return `Pixel ${u} ${reaches}.`;
      const padded = open && Array.from({ length: at }, (_, l) => marked[l].size - real(l).length).some(Boolean);
      const next = open ? `${all[at].j} pixel${all[at].j === 1 ? "" : "s"}` : "? pixels";
      const both = `${sees}${padded ? " and padding" : ""}${at < last ? `, and ${reaches}` : ""}`;
      const beside = all[at].n > 1 ? ` Its neighbour's field lies ${next} further on.` : "";
      return `Unit ${u} of layer ${at} sees ${both}.${beside}`;
    }

    const table = layerTable(model);
    const numpy = () => {
      const { at, u } = trace(now());
      const fitting = model.get("layers").slice(0, levels(model.get("layers")).length - 1);
      const layers = JSON.stringify(fitting).replaceAll(",", ", ");
      return `import numpy as np\n\nlayers = ${layers}  # kernel, stride, padding\nlevel, unit = ${at}, ${u}\n`
        + `n, (r, j, start) = ${LENGTH}, (1, 1, 0)\nsizes, table, links = [n], [], []\nfor k, s, p in layers:\n`
        + "    r, j, start = r + (k - 1) * j, j * s, start - p * j\n"
        + "    table.append((r, j, start))\n    units = (n + 2 * p - k) // s + 1\n"
        + "    offset = np.arange(n) + p - s * np.arange(units)[:, None]\n"
        + "    links.append((offset >= 0) & (offset < k))  # who sees whom\n    sizes.append(n := units)\n"
        + "marks = {level: np.arange(sizes[level]) == unit}\nfor l in range(level, 0, -1):  # down: seen\n"
        + "    marks[l - 1] = marks[l] @ links[l - 1]\nfor l in range(level, len(layers)):  # up: reached\n"
        + "    marks[l + 1] = links[l] @ marks[l]\n"
        + "result = np.hstack([*table, *(marks[l] for l in range(len(sizes)))])\n"
        + "print(np.array(table), np.flatnonzero(marks[0]), np.flatnonzero(marks[len(layers)]))";
    };

    return frame(model, el, {
      title: "How far a unit sees", hint: "Touch a unit, or drag along a row.", keys, stage: picture, draw,
      numpy, predict, controls: [level, unit, table],
    });
  },
};

/** The layers as a table, with what follows from them: size r, jump j, start. */
function layerTable(model) {
  const body = h("tbody");
  const change = (i, part, value) => {
    const layers = model.get("layers").map((layer) => [...layer]);
    layers[i][part] = value;
    layers[i][2] = Math.min(layers[i][2], Math.floor(layers[i][0] / 2));
    set(model, { layers });
  };
  const put = (layers) => accepts.layers(layers) && set(model, { layers });
  const add = button("Add a layer", () => put([...model.get("layers"), [3, 1, 0]]));
  const remove = button("Remove one", () => put(model.get("layers").slice(0, -1)));
  const heads = ["layer", "kernel", "stride", "pad", "r", "j", "start"];
  const caption = h("caption", {}, "What you build, and what follows: size r, jump j, start");
  const head = h("thead", {}, h("tr", {}, heads.map((text) => h("th", { scope: "col" }, text))));
  const table = h("table", { class: "cb-tight" }, caption, head, body);
  const node = h("div", { style: "max-width: 100%" }, h("div", { class: "cb-scroll" }, table),
    h("div", { class: "cb-controls" }, add, remove));
  const names = ["Kernel", "Stride", "Padding"];
  const row = (i) => h("tr", {}, h("td", {}, String(i + 1)), names.map((name, part) => {
    const [least, most] = RANGES[part];
    const options = Array.from({ length: most - least + 1 }, (_, n) => h("option", {}, String(least + n)));
    const select = h("select", { ariaLabel: `${name} of layer ${i + 1}`,
      onchange: () => change(i, part, Number(select.value)) }, options);
    return h("td", {}, select);
  }), ["r", "j", "start"].map(() => h("td")));
  node.update = () => {};
  node.show = (all, open) => {
    const layers = model.get("layers");
    if (body.childElementCount !== layers.length) body.replaceChildren(...layers.map((_, i) => row(i)));
    layers.forEach((layer, i) => {
      const selects = body.children[i].querySelectorAll("select");
      layer.forEach((value, part) => (selects[part].value = value));
      [...selects[2].options].forEach((option) => (option.disabled = Number(option.value) > layer[0] / 2));
      const found = all[i + 1];
      const texts = found ? [found.r, found.j, found.start].map((x) => tidy(x)) : ["no", "room", ""];
      const shown = !found || open(i + 1);
      texts.forEach((text, part) => (body.children[i].children[4 + part].textContent = shown ? text : "?"));
    });
    add.ariaDisabled = layers.length === 5; // a button that is disabled loses the focus
    remove.ariaDisabled = layers.length === 1;
  };
  return node;
}
