// Two switches: the matrix of one layer, dense at first; locality cuts connections, sharing ties weights.
import { array, cell, drag, drawing, frame, h, isBoolean, isTable, isWhole, prediction, set, signed, slider, tidy,
  toggle, valuesOf } from "./shared.js";

const [ROWS, COLUMNS, K] = [6, 8, 3]; // of the largest matrix; K inputs lie under a window
const SIGNAL = [1, 3, 2, 0, -1, 2, 1, -2];
const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const SAVED = ["weights and multiply-adds", "only weights", "only multiply-adds", "neither"];

export const accepts = {
  sharing: isBoolean, locality: isBoolean, inputs: isWhole(4, COLUMNS), weights: isTable(ROWS, COLUMNS),
  row: isWhole(0, ROWS - 1), column: isWhole(0, COLUMNS - 1),
};

/** The places of a layer's matrix: {i, j, near, name, home}; places of one name share the weight of `home`. */
function places({ sharing, locality, inputs }) {
  const outputs = inputs - K + 1;
  return Array.from({ length: outputs }, (_, i) => Array.from({ length: inputs }, (_, j) => ({
    i, j,
    near: !locality || (j >= i && j < i + K),
    name: LETTERS[(sharing ? j - i + outputs : inputs * i + j + 1) - 1],
    home: sharing ? [Math.max(i - j, 0), Math.max(j - i, 0)] : [i, j],
  })));
}

/** The matrix, what it makes of the signal, and the counts. */
function layer(state) {
  const all = places(state);
  const matrix = all.map((row) => row.map(({ near, home: [i, j] }) => (near ? state.weights[i][j] : 0)));
  const near = all.flat().filter((place) => place.near);
  return {
    all, matrix, outputs: matrix.map((row) => row.reduce((sum, weight, j) => sum + weight * SIGNAL[j], 0)),
    weights: new Set(near.map(({ name }) => name)).size, connections: near.length,
  };
}

export function compute(state) {
  const { matrix, outputs, weights, connections } = layer(state);
  return [...matrix.flat(), ...outputs, weights, connections, connections];
}

/** The page's colours: neighbours in the alphabet are orange and purple. */
function colour(name) {
  const k = LETTERS.indexOf(name);
  const strength = 0.3 + 0.7 * ((Math.floor(k / 2) * 0.618) % 1);
  return signed(k % 2 ? -strength : strength, 1.7);
}

const kind = ({ sharing, locality }) =>
  (sharing ? (locality ? "convolution" : "sharing only") : locality ? "locality only" : "dense");

export default {
  render({ model, el }) {
    const keys = Object.keys(accepts);
    const now = () => valuesOf(model, keys);
    const dense = (state) => ({ ...state, sharing: false, locality: false });
    const predict = prediction(model, {
      options: SAVED,
      ask() {
        const state = now();
        const { sharing, locality, inputs } = state;
        const [before, after] = [layer(dense(state)), layer(state)];
        const [weights, work] = ["weights", "connections"].map((count) => after[count] < before[count]);
        const on = (value) => (value ? "on" : "off");
        return {
          question: `Sharing ${on(sharing)}, locality ${on(locality)}, ${inputs} inputs: what does this save?`,
          answer: SAVED[weights ? (work ? 0 : 1) : work ? 2 : 3],
        };
      },
    });

    /** What is on the stage: until the prediction is made, the dense layer; and the chosen place in it. */
    const shown = () => (predict.open() ? now() : dense(now()));
    const chosen = (state) =>
      places(state)[Math.min(state.row, state.inputs - K)][Math.min(state.column, state.inputs - 1)];
    const weight = {
      get: () => { const { near, home: [i, j] } = chosen(shown()); return near ? model.get("weights")[i][j] : 0; },
      set: (_, value) => {
        const { near, home: [i, j] } = chosen(shown());
        if (near) model.set("weights", model.get("weights").map((row, a) => (a === i ? row.with(j, value) : row)));
      },
      save_changes: () => model.save_changes(),
    };

    const matrix = drawing(480, 322, "The matrix of the layer: row i holds the weights of output i.");
    const wires = drawing(480, 250, "Above the inputs, below the outputs, a line for each connection.");
    const size = () => Math.min(440 / model.get("inputs"), 72);
    drag(matrix, (x, y) => {
      const row = Math.max(0, Math.min(model.get("inputs") - K, Math.floor((y - 30) / size())));
      const column = Math.max(0, Math.min(model.get("inputs") - 1, Math.floor((x - 36) / size())));
      if (row !== model.get("row") || column !== model.get("column")) set(model, { row, column });
    });
    const fill = (svg, ...children) => svg.replaceChildren(svg.querySelector("title"), ...children.flat(Infinity));
    const heading = h("div");
    const counts = h("div", { class: "cb-scroll" });
    const half = (...children) => h("div", {}, children);
    const stage = h("div", { class: "cb-parts cb-apart" },
      half(heading, matrix), half("Inputs, connections, outputs", wires, counts));

    function draw(open) {
      const state = shown();
      const { all, outputs, weights, connections } = layer(state);
      const here = chosen(state);
      const isCopy = (place) => place.near && here.near && place.name === here.name;
      const value = ({ home: [i, j] }) => tidy(state.weights[i][j]);
      const s = size();

      heading.textContent = open ? `Matrix: ${kind(state)}` : "The dense layer, before the switches";
      matrix.setAttribute("viewBox", `0 0 480 ${34 + s * all.length}`);
      const index = (x, y, text) => h("text", { x, y, class: "cb-number", fill: "var(--quiet)" }, text);
      const box = (place) => {
        const [x, y] = [36 + place.j * s, 30 + place.i * s];
        const { fill: back, ink } = place.near ? colour(place.name) : { fill: "none" };
        const line = isCopy(place) || place === here ? { stroke: "var(--link)", "stroke-width": place === here ? 8 : 4 }
          : { stroke: "var(--line)" };
        const middle = { x: x + s / 2, class: "cb-number", fill: ink };
        const text = (dy, content) => h("text", { ...middle, y: y + s / 2 + dy }, content);
        return h("g", {}, h("rect", { x: x + 3, y: y + 3, width: s - 6, height: s - 6, rx: 3, fill: back, ...line }),
          place.near ? [text(-10, place.name), text(11, value(place))] : null);
      };
      const flat = all.flat();
      const at = flat.find(({ i, j }) => i === here.i && j === here.j);
      fill(matrix, all[0].map(({ j }) => index(36 + (j + 0.5) * s, 14, j)),
        all.map((_, i) => index(16, 30 + (i + 0.5) * s, i)), flat.map((place) => box(place === at ? here : place)));

      const step = 480 / state.inputs;
      const middle = (j) => (j + 0.5) * step;
      const node = (j, y, text) => cell(middle(j) - 24, y, 48, text, { fill: "none", ink: "var(--ink)" },
        { stroke: "var(--quiet)" });
      const wire = (place) => h("line", { x1: middle(place.j), y1: 49, x2: middle(place.i + 1), y2: 201,
        ...(isCopy(place) ? { stroke: "var(--link)", "stroke-width": 6 } : { stroke: "var(--quiet)" }) });
      const near = flat.filter((place) => place.near).toSorted((a, b) => isCopy(a) - isCopy(b));
      fill(wires, near.map(wire), all[0].map(({ j }) => node(j, 0, tidy(SIGNAL[j]))),
        outputs.map((output, i) => node(i + 1, 201, tidy(output))));

      const all3 = layer(dense(state)).connections; // weights, connections and multiply-adds of the dense layer
      const found = open ? [weights, connections, connections] : ["?", "?", "?"];
      const head = (text, scope) => h("th", { scope }, text);
      counts.replaceChildren(h("table", { style: "font-size: 0.85rem" },
        h("thead", {}, h("tr", {}, h("td"), head("dense", "col"), head(kind(now()), "col"))),
        h("tbody", {}, ["weights", "connections", "multiply-adds"].map((text, k) =>
          h("tr", {}, head(text, "row"), [all3, found[k]].map((count) => h("td", {}, `${count}`)))))));

      edit.update({ disabled: !here.near });
      row.update({ max: state.inputs - K });
      column.update({ max: state.inputs - 1 });
      const name = kind(now());
      const place = `Output ${here.i}, input ${here.j}:`;
      const copies = flat.filter(isCopy).length;
      const tied = copies > 1 ? `, the same at ${copies} places` : "";
      return `${name[0].toUpperCase()}${name.slice(1)}: ${found[0]} weights, ${found[2]} multiply-adds. `
        + (here.near ? `${place} weight ${here.name} = ${value(here)}${open ? tied : ""}.` : `${place} no connection.`);
    }

    const numpy = () => {
      const { sharing, locality, inputs, weights } = now();
      const table = weights.slice(0, inputs - K + 1).map((row) => row.slice(0, inputs));
      const lines = ["import numpy as np", "", `x = ${array(SIGNAL.slice(0, inputs))}`, `W = ${array(table)}`,
        "row, column = np.indices(W.shape)"];
      if (sharing)
        lines.push("W = W[np.maximum(row - column, 0), np.maximum(column - row, 0)]", "names = column - row");
      else lines.push("names = column + row * x.size");
      lines.push(locality ? `near = (column >= row) & (column < row + ${K})` : "near = np.ones(W.shape, bool)",
        "W = W * near", "y = W @ x", "weights, connections = np.unique(names[near]).size, near.sum()",
        "result = np.concatenate([W.ravel(), y, [weights, connections, connections]])",
        'print(W, y, weights, connections, sep="\\n")');
      return lines.join("\n");
    };

    const edit = slider(weight, "", "Weight", { min: -9, max: 9, show: tidy });
    const [row, column] = [["row", "Output i"], ["column", "Input j"]].map(([key, text]) =>
      slider(model, key, text, { min: 0, max: COLUMNS }));
    const controls = [toggle(model, "sharing", "Sharing"), toggle(model, "locality", "Locality"),
      slider(model, "inputs", "Inputs", { min: 4, max: COLUMNS }), row, column, edit];
    const hint = "Touch a place to choose its weight.";
    return frame(model, el, { title: "Two switches", hint, keys, stage, draw, numpy, predict, controls });
  },
};
