// Find the pattern: a plus, a bright block, and three ways to score how well a patch fits.
import { array, bright, cell, correlate2d, drag, drawing, frame, h, isOneOf, isWhole, menu, prediction, set, signed,
  slider, tidy, valuesOf } from "./shared.js";

const SCORES = ["dot product", "zero-mean", "normalised"];
const PLACES = ["on the plus", "inside the block", "at the block's edge", "elsewhere", "at several kinds of places"];
const HOW = {
  "dot product": "The framed patch times the pattern, added up",
  "zero-mean": "The framed patch times the pattern minus its mean, added up",
  normalised: "Patch and pattern, each minus its mean and divided by its length; multiplied, added up",
};
const light = isWhole(0, 9);

export const accepts = {
  score: isOneOf(...SCORES), plus: light, block: light, ground: light, row: isWhole(0, 4), column: isWhole(0, 9),
};
const PLUS = [[0, 1, 0], [1, 1, 1], [0, 1, 0]];
const [HEIGHT, WIDTH] = [7, 12];

function scene({ plus, block, ground }) {
  const image = Array.from({ length: HEIGHT }, () => Array(WIDTH).fill(ground));
  for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) if (PLUS[i][j]) image[2 + i][1 + j] = plus;
  for (let i = 1; i < 6; i++) image[i].fill(block, 6, 11);
  return image;
}

/** Subtract the mean, and divide by the length if asked; a flat table becomes all 0. */
function centred(table, unit = false) {
  const values = table.flat();
  const mean = values.reduce((sum, value) => sum + value) / values.length;
  const flat = Math.max(...values) === Math.min(...values);
  const length = unit && !flat ? Math.hypot(...values.map((value) => value - mean)) : 1;
  return table.map((row) => row.map((value) => (flat ? 0 : (value - mean) / length)));
}

/** The two tables of which a score is the dot product. */
function factors(score, patch) {
  if (score === "normalised") return [centred(patch, true), centred(PLUS, true)];
  return [patch, score === "zero-mean" ? centred(PLUS) : PLUS];
}

const patchAt = (image, i, j) => image.slice(i, i + 3).map((row) => row.slice(j, j + 3));

export function compute(state) {
  const image = scene(state);
  return Array.from({ length: HEIGHT - 2 }, (_, i) =>
    Array.from({ length: WIDTH - 2 }, (_, j) => correlate2d(...factors(state.score, patchAt(image, i, j)))[0][0]));
}

/** Say in which part of the image a patch lies. */
function part(i, j) {
  if (i === 2 && j === 1) return PLACES[0];
  if (i >= 1 && i <= 3 && j >= 6 && j <= 8) return PLACES[1];
  return j >= 4 ? PLACES[2] : PLACES[3]; // from column 4 on, each patch meets the block
}

/** The largest score: its value, its places, and the part of the image they are in. */
function best(scores) {
  const value = Math.max(...scores.flat());
  const places = scores.flatMap((row, i) => row.map((score, j) => [score, i, j]))
    .filter(([score]) => score > value - 1e-9).map(([, i, j]) => [i, j]);
  const parts = new Set(places.map(([i, j]) => part(i, j)));
  return { value, places, where: parts.size > 1 ? PLACES[4] : [...parts][0] };
}

export default {
  render({ model, el }) {
    const keys = Object.keys(accepts);
    const now = () => valuesOf(model, keys);
    const predict = prediction(model, {
      options: PLACES,
      ask() {
        const state = now();
        const { score, plus, block, ground } = state;
        return {
          question: `Where is the largest score? (${score}; plus ${plus}, block ${block}, ground ${ground})`,
          answer: best(compute(state)).where,
        };
      },
    });
    const stage = h("div", { class: "cb-parts cb-apart" });
    const block = (text, picture) => h("div", {}, text, picture);
    const move = (i, j) => {
      const [row, column] = [Math.max(0, Math.min(4, i)), Math.max(0, Math.min(9, j))];
      if (row !== model.get("row") || column !== model.get("column")) set(model, { row, column });
    };
    // Drawn once and filled anew, so that a drag goes on while they change.
    const [picture, map, sum] = [["The image", 40 * HEIGHT], ["The score of each patch, in the patch's middle", 240],
      ["The patch in the frame, and what it is multiplied with", 180]]
      .map(([title, height]) => drawing(480, height, title));
    const titles = [h("div"), h("div"), h("div")];
    [picture, map, sum].forEach((svg, k) => stage.append(block(titles[k], svg)));
    drag(picture, (x, y) => move(Math.round(y / 40 - 1.5), Math.round(x / 40 - 1.5)));
    drag(map, (x, y) => move(Math.floor(y / 48), Math.floor(x / 48)));
    const fill = (svg, ...children) => svg.replaceChildren(svg.querySelector("title"), ...children.flat(Infinity));
    const line = { stroke: "var(--line)" };
    const grid = (x0, size, table, colours, attributes = () => line, text = tidy) => table.map((row, i) =>
      row.map((value, j) => cell(x0 + j * size, i * size, size, text(value), colours(value), attributes(i, j))));

    function draw(open) {
      const state = now();
      const { score, row, column } = state;
      const image = scene(state);
      const scores = compute(state);
      const most = best(scores);
      const limit = Math.max(...scores.flat().map(Math.abs));
      const chosen = { stroke: "var(--link)", "stroke-width": 5 };
      const outline = (i, j) => (i === row && j === column ? chosen : line);
      const box = { x: column * 40, y: row * 40, width: 120, height: 120, rx: 4, fill: "none" };

      titles[0].textContent = "Image, and the frame";
      fill(picture, grid(0, 40, image, (value) => bright(value, 9)),
        h("rect", { ...box, stroke: "var(--back)", "stroke-width": 9 }), h("rect", { ...box, ...chosen }));

      titles[1].textContent = open ? "Score of each patch; ring: the largest" : "Score of each patch";
      const colours = (value) => (open ? signed(value, limit) : { fill: "none", ink: "var(--ink)" });
      fill(map, grid(0, 48, scores, colours, outline, (value) => (open ? tidy(value, 1) : "")),
        open ? most.places.map(([i, j]) => h("circle", { cx: 48 * j + 24, cy: 48 * i + 24, r: 20, fill: "none",
          stroke: signed(most.value, limit).ink, "stroke-width": 2 })) : [],
        open ? [] : h("text", { x: 48 * column + 24, y: 48 * row + 24, class: "cb-number", fill: "var(--ink)" }, "?"));

      titles[2].textContent = HOW[score];
      const [patch, weights] = factors(score, patchAt(image, row, column));
      const sign = (value) => signed(value, 1);
      const here = open ? tidy(scores[row][column]) : "?";
      fill(sum, grid(0, 60, patch, score === "normalised" ? sign : (value) => bright(value, 9)),
        h("text", { x: 192, y: 98 }, "×"), grid(214, 60, weights, sign), h("text", { x: 402, y: 98 }, `= ${here}`));

      const at = `The frame at row ${row}, column ${column} scores ${here}.`;
      const name = score[0].toUpperCase() + score.slice(1);
      const largest = open ? `${tidy(most.value)}, ${most.where}; the plus gets ${tidy(scores[2][1])}` : "?";
      return `${name}: the largest score is ${largest}. ${at}`;
    }

    const numpy = () => {
      const { score, plus, block, ground, row, column } = now();
      const lines = ["import numpy as np", "from numpy.lib.stride_tricks import sliding_window_view", "",
        `pattern = ${array(PLUS)}`, `image = np.full((${HEIGHT}, ${WIDTH}), ${ground})`,
        `image[2:5, 1:4][pattern == 1] = ${plus}`, `image[1:6, 6:11] = ${block}`,
        "patches = sliding_window_view(image, (3, 3))  # (5, 10, 3, 3)", "weights = pattern"];
      if (score !== "dot product") lines.push("weights = pattern - pattern.mean()");
      if (score === "normalised")
        lines.push("patches = patches - patches.mean(axis=(2, 3), keepdims=True)");
      lines.push("result = (patches * weights).sum(axis=(2, 3))");
      const place = `[${row}, ${column}]`;
      lines.push(`patch = patches${place}`);
      if (score === "normalised")
        lines.push("lengths = np.sqrt((patches**2).sum(axis=(2, 3)))", "length = np.sqrt((weights**2).sum())",
          "lengths[lengths < 1e-9] = np.inf  # flat patches score 0", "result = result / lengths / length",
          `patch, weights = patch / lengths${place}, weights / length`);
      return [...lines, "print(result.round(2), result.max())",
        `print("at", ${place}, patch.round(2), weights.round(2))`].join("\n");
    };

    const range = { min: 0, max: 9 };
    const controls = [
      menu(model, "score", "Score", Object.fromEntries(SCORES.map((name) => [name, name]))),
      slider(model, "plus", "Plus", range), slider(model, "block", "Block", range),
      slider(model, "ground", "Ground", range),
      slider(model, "row", "Row", { min: 0, max: 4 }), slider(model, "column", "Column", range),
    ];
    return frame(model, el, {
      title: "Find the pattern", hint: "Drag over the image or over its scores.", keys, stage, draw,
      numpy, predict, controls,
    });
  },
};
