// Retina probe: light moves over a centre-surround cell, and the cell answers with one number.
import { bright, drag, drawing, frame, h, isBoolean, isOneOf, isWhole, label, menu, outline, prediction, set, signed,
  slider, tidy, toggle, valuesOf } from "./shared.js";

export const accepts = {
  shape: isOneOf("spot", "bar", "edge", "uniform"), size: (value) => isWhole(1, 13)(value) && value % 2 === 1,
  place: isWhole(-8, 8), dark: isBoolean, off: isBoolean,
};
const FIELD = Array.from({ length: 13 }, (_, i) => i - 6); // rows and columns of the cell
const PLACES = Array.from({ length: 17 }, (_, i) => i - 8);
const FAR = 13; // the scene reaches from column -FAR to column FAR
const PIXEL = 11;

function gaussian(sigma) {
  const values = FIELD.map((r) => FIELD.map((c) => Math.exp(-(r * r + c * c) / (2 * sigma * sigma))));
  const sum = values.flat().reduce((a, b) => a + b);
  return values.map((row) => row.map((value) => value / sum));
}

const [CENTRE, SURROUND] = [gaussian(1.2), gaussian(2.4)];
const weights = (off) => CENTRE.map((row, i) => row.map((value, j) => (off ? -1 : 1) * (value - SURROUND[i][j])));

/** The light on a pixel of the scene, 0 or 1. */
function light({ shape, size, dark }, place, row, column) {
  const lit = shape === "spot" ? Math.hypot(row, column - place) <= size / 2
    : shape === "bar" ? Math.abs(column - place) <= size / 2
    : shape === "edge" ? column >= place : true;
  return Number(lit !== dark);
}

/** Light times weight for all pixels of the cell. */
const overlap = (state, place) =>
  weights(state.off).map((row, i) => row.map((w, j) => w * light(state, place, FIELD[i], FIELD[j])));
const total = (products, keep = () => true) => products.flat().filter(keep).reduce((a, b) => a + b, 0);

export const compute = (state) => PLACES.map((place) => total(overlap(state, place)));

/** The signs of the answers, in words, in the order in which they come. */
function story(answers) {
  const words = answers.filter((a) => Math.abs(a) > 1e-9).map((a) => (a > 0 ? "positive" : "negative"));
  const changes = words.filter((word, i) => word !== words[i - 1]);
  return changes.length ? changes.join(", ") : "0 all the way";
}
const STORIES = ["0 all the way", "positive", "negative", "positive, negative", "negative, positive",
  "negative, positive, negative", "positive, negative, positive"];

const plain = (value) => signed(value, Math.abs(value) * 1.6).fill; // one colour for each sign
const round = (value) => tidy(Math.abs(value) < 0.0005 ? 0 : value, 3);

/** The same pixels as few rectangles, one a run. */
function pixels(rows, columns, colour, x0, y0, size) {
  return rows.flatMap((row, i) => {
    const starts = columns.map((_, j) => j).filter((j) => j === 0 || colour(i, j) !== colour(i, j - 1));
    return starts.map((j, n) => h("rect", { x: x0 + j * size, y: y0 + i * size, height: size, fill: colour(i, j),
      width: ((starts[n + 1] ?? columns.length) - j) * size, "shape-rendering": "crispEdges" }));
  });
}

export default {
  render({ model, el }) {
    const keys = Object.keys(accepts);
    const now = () => valuesOf(model, keys);
    const cell = (off) => `${off ? "OFF" : "ON"}-centre cell`;
    const named = ({ shape, dark }) => ({ spot: `a ${dark ? "dark" : "bright"} spot`,
      bar: `a ${dark ? "dark" : "bright"} bar`, edge: `an edge, bright on the ${dark ? "left" : "right"},`,
      uniform: dark ? "darkness everywhere" : "uniform light" })[shape];
    const upper = (text) => text[0].toUpperCase() + text.slice(1);
    const predict = prediction(model, {
      options: STORIES,
      ask() {
        const state = now();
        const seen = state.shape === "uniform" ? `An ${cell(state.off)} sees ${named(state)}, at each place in turn`
          : `${upper(named(state))} moves from left to right over an ${cell(state.off)}`;
        return { question: `${seen}. How are its answers, one after the other?`, answer: story(compute(state)) };
      },
    });
    const size = slider(model, "size", "Size", { min: 1, max: 13, step: 2, show: (value) =>
      ["spot", "bar"].includes(model.get("shape")) ? `${value} px` : "none" });
    const stage = h("div", { class: "cb-parts" });

    /** The light with the cell in the middle; below, in step with it, all answers. */
    function scene(state, answers, open) {
      const columns = Array.from({ length: 2 * FAR + 1 }, (_, j) => j - FAR);
      const colour = (i, j) => bright(light(state, state.place, FIELD[i], columns[j])).fill;
      const x = (column) => (column + FAR) * PIXEL; // of the left border of a column
      const [top, high] = [18, 13 * PIXEL];
      const zero = top + high + 82;
      const y = (answer) => zero - answer * 120;
      const here = answers[state.place + 8];
      const edge = state.shape === "edge" ? 0 : PIXEL / 2; // where in its pixel the place is marked
      return drawing(x(FAR + 1), zero + 82, `Above, ${named(state)} at place ${tidy(state.place)} and the field of the `
        + `cell in the middle. Below, ${open ? "bars for the cell's answers at all places" : "an empty graph"}.`,
        label(0, 12, "the light; frame: the cell; dashed: its centre"),
        pixels(FIELD, columns, colour, 0, top, PIXEL),
        h("rect", { x: 0, y: top, width: x(FAR + 1), height: high, fill: "none", stroke: "var(--quiet)" }),
        outline("rect", { x: x(-6), y: top + 1, width: 13 * PIXEL, height: high - 2 }),
        outline("circle", { cx: x(0) + PIXEL / 2, cy: top + high / 2, r: 2.5 * PIXEL }, "4 4"),
        label(0, top + high + 18, "its answer, for each place of the light"),
        open ? PLACES.map((place, i) => h("rect", { x: x(place) + 1.5 - PIXEL / 2 + edge, width: PIXEL - 3,
          y: Math.min(y(answers[i]), zero), height: Math.abs(answers[i]) * 120,
          ...(place === state.place ? { stroke: "var(--link)", "stroke-width": 3 } : {}),
          fill: plain(answers[i]) })) : [],
        h("line", { x1: 0, x2: x(FAR + 1), y1: zero, y2: zero, stroke: "var(--ink)" }),
        h("line", { x1: x(state.place) + edge, x2: x(state.place) + edge, y1: top + high + 24, y2: zero + 62,
          stroke: "var(--link)", "stroke-width": 1.5, "stroke-dasharray": "2 3" }),
        label(0, zero - 4, "0"), label(0, y(0.4) + 4, "0.4"), label(0, y(-0.4) + 4, "−0.4"),
        label(x(state.place) + edge, zero + 76, open ? round(here) : "?",
          12, "font-weight: 600; text-anchor: middle"));
    }

    /** The weights, what they make of the light, and the sum. */
    function sums(state, products, [plus, minus], open) {
      const table = weights(state.off);
      const limit = CENTRE[6][6] / 4; // as in convbook.plots.cell: a weak surround is seen
      const SMALL = 10;
      const map = (values, x0, title) => [label(x0, 12, title),
        pixels(FIELD, FIELD, (i, j) => signed(values[i][j], limit).fill, x0, 18, SMALL),
        h("rect", { x: x0, y: 18, width: 130, height: 130, fill: "none", stroke: "var(--line)" })];
      const y = 172;
      const bar = (value, x) => [
        h("rect", { x, y: y + 6, width: Math.abs(value) * 240, height: 18, fill: plain(value) }),
        h("line", { x1: 140, x2: 140, y1: y + 2, y2: y + 28, stroke: "var(--ink)" })];
      const sum = plus + minus;
      return drawing(297, y + 92, `The weights of the cell${open ? "; light times weight; their positive and "
        + "negative sum as two bars, and the answer as a third" : ""}.`,
        map(table, 0, "the cell's weights"),
        open ? map(products, 160, "light × weight")
          : [label(160, 12, "light × weight"), h("rect", { x: 160, y: 18, width: 130, height: 130, fill: "none",
            stroke: "var(--line)" }), label(225, 88, "?", 24, "text-anchor: middle")],
        label(0, y, `inhibition ${open ? round(minus) : "?"}`),
        label(160, y, `excitation ${open ? round(plus) : "?"}`),
        open ? [bar(plus, 140), bar(minus, 140 + minus * 240)] : [],
        label(0, y + 50, `together, the answer: ${open ? round(sum) : "?"}`, 12, "font-weight: 600"),
        open ? h("g", { transform: "translate(0 52)" }, bar(sum, 140 + Math.min(sum, 0) * 240)) : []);
    }

    function draw(open) {
      const state = now();
      const answers = compute(state);
      const products = overlap(state, state.place);
      const parts = [total(products, (p) => p > 0), total(products, (p) => p < 0)];
      const picture = scene(state, answers, open);
      drag(picture, (x) => {
        const place = Math.max(-8, Math.min(8, Math.floor(x / PIXEL) - FAR));
        if (place !== model.get("place")) set(model, { place });
      });
      const side = sums(state, products, parts, open);
      stage.replaceChildren(picture, side);
      const width = ["spot", "bar"].includes(state.shape) ? `, ${state.size} wide,` : "";
      const [plus, minus, sum] = open ? [...parts, answers[state.place + 8]].map(round) : ["?", "?", "?"];
      return `${upper(named(state))}${width} at place ${tidy(state.place)} of the ${cell(state.off)}: `
        + `excitation ${plus} and inhibition ${minus} make the answer ${sum}.`;
    }

    const numpy = () => {
      const { shape, size: wide, place, dark, off } = now();
      const lit = { spot: `np.hypot(row, column - place) <= ${wide / 2}`, bar: `abs(column - place) <= ${wide / 2}`,
        edge: "column >= place", uniform: "np.full(row.shape, True)" }[shape];
      return `import numpy as np\n\nrow, column = np.mgrid[-6:7, -6:7]\n`
        + "centre, surround = (np.exp(-(row**2 + column**2) / (2 * sigma**2))\n"
        + "                    for sigma in (1.2, 2.4))\n"
        + `weights = ${off ? "-(" : ""}centre / centre.sum() - surround / surround.sum()${off ? ")" : ""}\n\n`
        + `def light(place):\n    return ${dark ? `~(${lit})` : lit}\n\n`
        + `places = range(-8, 9)\nresult = np.array([(light(place) * weights).sum() for place in places])\n`
        + `print(result.round(3), "at place ${place}:", result[${place + 8}].round(3))\n`
        + `here = light(${place}) * weights\n`
        + 'print("excitation", here[here > 0].sum().round(3), "inhibition", here[here < 0].sum().round(3))';
    };

    return frame(model, el, {
      title: "Retina probe", hint: "Drag the light.", keys, stage, draw, numpy, predict,
      controls: [slider(model, "place", "Place of the light", { min: -8, max: 8, show: (value) => tidy(value) }), size,
        menu(model, "shape", "Light", { spot: "spot", bar: "bar", edge: "edge", uniform: "uniform" }),
        toggle(model, "dark", "Swap bright and dark"), toggle(model, "off", "OFF-centre cell")],
    });
  },
};
