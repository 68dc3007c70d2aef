// Kernel bench: a small image to paint, a kernel to write, and each number of the result explained.
import { array, bright, button, correlate2d, drag, drawing, flip2d, frame, h, isBoolean, isOneOf, isTable, isWhole,
  label, menu, numbered, numbers, outline, prediction, set, signed, slider, tidy, toggle,
  valuesOf } from "./shared.js";

export const accepts = {
  image: isTable(8, 8, 0, 1), kernel: isTable(3, 3), flip: isBoolean, row: isWhole(0, 7), column: isWhole(0, 7),
  touch: isOneOf("move", "bright", "dark"),
};
const N = 8; // pixels along a side
const table = (value) => Array.from({ length: N }, (_, r) => Array.from({ length: N }, (_, c) => Number(value(r, c))));
const IMAGES = {
  "vertical edge": table((r, c) => c > 3),
  "horizontal edge": table((r) => r > 3),
  "slanted edge": table((r, c) => r + c > 7),
  square: table((r, c) => Math.min(r, c) > 1 && Math.max(r, c) < 6),
  "one bright pixel": table((r, c) => r === 3 && c === 4),
  "all dark": table(() => false),
  "all bright": table(() => true),
};
const KERNELS = {
  "left-right": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
  "up-down": [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
  dot: [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]],
  sharpen: [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
  blur: [1, 1, 1].map(() => [1, 1, 1].map((one) => one / 9)),
  "1 to 9": [[1, 2, 3], [4, 5, 6], [7, 8, 9]],
};

export const compute = ({ image, kernel, flip }) => correlate2d(image, flip ? flip2d(kernel) : kernel);

const TOUCHES = { move: "move the patch", bright: "paint bright", dark: "paint dark" };

/** A menu of examples for a table of the model; what is none of them is the reader's own. */
function examples(model, name, text, known) {
  const chosen = () => Object.keys(known).find((key) => String(known[key]) === String(model.get(name))) ?? "your own";
  const choice = {
    get: chosen, save_changes: () => model.save_changes(),
    set: (_, key) => key in known && model.set(name, known[key]),
  };
  const options = Object.fromEntries([...Object.keys(known), "your own"].map((key) => [key, key]));
  return Object.assign(menu(choice, name, text, options), { chosen });
}

/** The place of the patch that has the pixel in its middle, or nearly so at the border. */
const corner = ({ row, column }) => [row, column].map((at) => Math.max(0, Math.min(N - 3, at - 1)));

export default {
  render({ model, el }) {
    const keys = Object.keys(accepts);
    const now = () => valuesOf(model, keys);
    const images = examples(model, "image", "Image", IMAGES);
    const kernels = examples(model, "kernel", "Kernel", KERNELS);
    const kind = (state) => (state.flip ? "convolution" : "correlation");
    const predict = prediction(model, {
      ask() {
        const state = now();
        const own = `[${state.kernel.map((line) => `[${line.map((value) => tidy(value))}]`)}]`;
        const what = `Image: ${images.chosen()}. Kernel: ${kernels.chosen() === "your own" ? own : kernels.chosen()}. `;
        const all = compute(state).flat();
        const [least, most] = [Math.min(...all), Math.max(...all)];
        const key = JSON.stringify([state.image, state.kernel, state.flip]);
        return { key, question: `${what}Which number of the ${kind(state)} is furthest from 0? Mind the sign. `
          + "(If two tie: the positive one.)", answer: most >= -least - 1e-9 ? most : least };
      },
    });
    const paint = (row, column, value) =>
      model.get("image").map((line, r) => line.map((old, c) => (r === row && c === column ? value : old)));
    const stage = h("div", { class: "cb-parts" });

    /** The image with the patch in its frame. */
    function canvas(state, [i, j]) {
      const SIZE = 36;
      const at = (n, start = 0) => n * SIZE + start;
      const svg = drawing(N * SIZE, N * SIZE + 20, `An image of ${N} by ${N} pixels; a frame around rows ${i} to `
        + `${i + 2} and columns ${j} to ${j + 2}; a dashed frame around row ${state.row}, column ${state.column}.`,
        label(0, 12, "the image; frame: the patch"),
        state.image.map((line, r) => line.map((value, c) =>
          numbered(13, at(c), at(r, 20), SIZE, tidy(value), bright(value), { stroke: "var(--quiet)" }))),
        outline("rect", { x: at(j), y: at(i, 20), width: at(3), height: at(3), rx: 4 }),
        outline("rect", { x: at(state.column, 5), y: at(state.row, 25), width: SIZE - 10, height: SIZE - 10 }, "3 3"));
      if (state.touch !== "move") svg.style.touchAction = "none"; // a finger paints
      drag(svg, (x, y) => {
        const [row, column] = [y - 20, x].map((unit) => Math.max(0, Math.min(N - 1, Math.floor(unit / SIZE))));
        const { image, touch, ...old } = now();
        const value = touch === "move" ? image[row][column] : Number(touch === "bright");
        const painted = value !== image[row][column] ? { image: paint(row, column, value) } : {};
        if (painted.image || row !== old.row || column !== old.column) set(model, { row, column, ...painted });
      });
      return svg;
    }

    /** Patch times kernel, the products, and their sum. */
    function sum(state, [i, j], open) {
      const SIZE = 28;
      const taps = state.flip ? flip2d(state.kernel) : state.kernel;
      const patch = state.image.slice(i, i + 3).map((line) => line.slice(j, j + 3));
      const most = Math.max(...taps.flat().map(Math.abs));
      const colour = (value) => signed(value, most);
      const grid = (x, values, colours, title) => [label(x, 12, title), values.map((line, a) => line.map((value, b) =>
        numbered(13, x + b * SIZE, 18 + a * SIZE, SIZE, tidy(value), colours(value), { stroke: "var(--line)" })))];
      const products = patch.map((line, a) => line.map((value, b) => value * taps[a][b]));
      const empty = { fill: "none", ink: "var(--ink)" };
      const total = compute(state)[i][j];
      return drawing(300, 132, `The patch times the kernel${open ? `; nine products, together ${tidy(total)}` : ""}.`,
        grid(0, patch, (value) => bright(value), "the patch"), label(96, 65, "×", 16, "text-anchor: middle"),
        grid(108, taps, colour, state.flip ? "the kernel, turned" : "the kernel"),
        label(204, 65, "=", 16, "text-anchor: middle"),
        open ? grid(216, products, colour, "products")
          : [label(216, 12, "products"), products.map((line, a) => line.map((_, b) =>
            numbered(13, 216 + b * SIZE, 18 + a * SIZE, SIZE, "?", empty, { stroke: "var(--line)" })))],
        label(300, 122, `added up: ${open ? tidy(total) : "?"}`, 15, "text-anchor: end; font-weight: 600"));
    }

    /** The result; a touch moves the patch. */
    function map(state, [i, j], open) {
      const SIZE = 36;
      const result = compute(state);
      const weights = state.kernel.flat();
      const part = (sign) => weights.reduce((total, weight) => total + Math.max(0, sign * weight), 0);
      const limit = Math.max(part(1), part(-1)); // no image of 0 to 1 gives more
      const empty = { fill: "none", ink: "var(--ink)" };
      const svg = drawing(300, (N - 2) * SIZE + 22, `The result, ${N - 2} by ${N - 2} numbers.`,
        label(0, 12, `the result: ${kind(state)}`),
        result.map((line, r) => line.map((value, c) => numbered(13, c * SIZE, r * SIZE + 20, SIZE,
          open ? tidy(value) : r === i && c === j ? "?" : "", open ? signed(value, limit) : empty,
          { stroke: "var(--line)" }))),
        h("rect", { x: j * SIZE, y: i * SIZE + 20, width: SIZE, height: SIZE, rx: 4, fill: "none",
          stroke: "var(--link)", "stroke-width": 3 }));
      drag(svg, (x, y) => {
        const [row, column] = [y - 20, x].map((unit) => 1 + Math.max(0, Math.min(N - 3, Math.floor(unit / SIZE))));
        if (row !== model.get("row") || column !== model.get("column")) set(model, { row, column });
      });
      return svg;
    }

    function draw(open) {
      const state = now();
      const place = corner(state);
      const result = compute(state);
      const column = h("div", {}, sum(state, place, open), map(state, place, open));
      stage.replaceChildren(canvas(state, place), column);
      const [least, most] = [Math.min, Math.max].map((pick) => tidy(pick(...result.flat())));
      const value = tidy(state.image[state.row][state.column]);
      const [here, from, to] = open ? [tidy(result[place[0]][place[1]]), least, most] : ["?", "?", "?"];
      const spread = open && least === most ? `are all ${most}` : `go from ${from} to ${to}`;
      return `Pixel [${state.row}, ${state.column}] is ${value}. Its patch gives ${here} at i = ${place[0]}, `
        + `j = ${place[1]} of the ${kind(state)}, whose numbers ${spread}.`;
    }

    const numpy = () => {
      const state = now();
      const [i, j] = corner(state);
      const rows = (values) => array(values).replaceAll("], [", "],\n                   [");
      const name = state.flip ? "convolve2d" : "correlate2d";
      return `import numpy as np\nfrom scipy.signal import ${name}\n\nimage = ${rows(state.image)}\n`
        + `kernel = ${rows(state.kernel)}\nresult = ${name}(image, kernel, mode="valid")\n`
        + `print(result.round(4))\nprint("at ${i}, ${j}:", result[${i}, ${j}].round(4), "the sum of")\n`
        + `print((image[${i}:${i + 3}, ${j}:${j + 3}] * kernel${state.flip ? "[::-1, ::-1]" : ""}).round(4))`;
    };

    const press = button("Paint this pixel", () => {
      const { image, row, column } = now();
      set(model, { image: paint(row, column, Number(image[row][column] <= 0.5)) });
    });
    return frame(model, el, {
      title: "Kernel bench", hint: "Drag over the image or over the result.", keys, stage, draw, numpy, predict,
      controls: [toggle(model, "flip", "Turn the kernel (convolution)"), images, kernels,
        ...[["row", "Row"], ["column", "Column"]].map((names) => slider(model, ...names, { min: 0, max: N - 1 })),
        Object.assign(press, { update() {} }),
        menu(model, "touch", "Touch the image to", TOUCHES),
        numbers(model, "kernel", "Weights")],
    });
  },
};
