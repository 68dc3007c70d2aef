// Slide it: a kernel over a signal, the products below, and the table of indices.
import { array, convolve1d, correlate1d, drag, drawing, frame, h, isBoolean, isList, isWhole, label,
  numbered, numbers, prediction, set, short, signed, slider, tidy, toggle, valuesOf } from "./shared.js";

export const accepts = {
  signal: isList(5, 6), kernel: isList(1, 5), flip: isBoolean, full: isBoolean, place: isWhole(0, 9),
};
const SIZE = 40;

/** The windows: their number, and where the first begins. */
function windows({ signal, kernel, full }) {
  const first = full ? 1 - kernel.length : 0;
  return { first, count: signal.length - kernel.length + 1 - 2 * first };
}

export function compute({ signal, kernel, flip, full }) {
  return (flip ? convolve1d : correlate1d)(signal, kernel, full ? "full" : "valid");
}

export default {
  render({ model, el }) {
    const keys = Object.keys(accepts);
    const now = () => valuesOf(model, keys);
    const place = (state) => Math.min(state.place, windows(state).count - 1);
    const list = (values) => `[${values.map((value) => tidy(value))}]`;
    const questionAt = (i, { signal, kernel, flip, full }) => `What comes out at i = ${i}? (${
      flip ? "convolution" : "correlation"}, ${full ? "full" : "valid"}; ${list(signal)} and ${list(kernel)})`;
    const predict = prediction(model, {
      ask() {
        const state = now();
        const i = place(state);
        return { question: questionAt(i, state), answer: compute(state)[i] };
      },
    });
    const where = slider(model, "place", "Place i", { min: 0, max: 1 });
    const stage = h("div");

    function draw(open) {
      const state = now();
      const { signal, kernel, flip, full } = state;
      const { first, count } = windows(state);
      const i = place(state);
      const begin = i + first; // where the window starts in the signal
      const results = compute(state);
      const limit = Math.max(...signal.map(Math.abs), ...kernel.map(Math.abs), 1);
      const taps = flip ? kernel.toReversed() : kernel;
      const x = (n) => (n - first) * SIZE + 4;
      const columns = signal.length - 2 * first;
      const long = columns > 9; // with no room for names beside the rows on a phone
      const cell = (...rest) => numbered(long ? 23 : 20, ...rest);
      const names = ["signal", "kernel", "products", "results"];
      const known = results.map((_, n) => n <= i && predict.open(questionAt(n, state)));
      const most = Math.max(...results.filter((_, n) => known[n]).map(Math.abs), 1);

      const products = taps.map((tap, k) => tap * (signal[begin + k] ?? 0));
      const picture = drawing(
        columns * SIZE + (long ? 8 : 98), 4.6 * SIZE,
        `A signal, below it the kernel at place ${i}, below that the results so far.`,
        long ? [] : [0.5, 1.6, 2.7, 4].map((row, n) =>
          label(columns * SIZE + 16, row * SIZE + 6, names[n], 18, "fill: var(--quiet)")),
        signal.map((value, n) => cell(x(n), 0, SIZE, short(value), signed(value, limit))),
        h("rect", { x: x(begin), y: -3, width: taps.length * SIZE, height: 2 * SIZE + 8, rx: 5,
          fill: "none", stroke: "var(--link)", "stroke-width": 3 }),
        taps.map((value, k) => cell(x(begin + k), SIZE + 4, SIZE, short(value), signed(value, limit))),
        taps.map((_, k) => cell(x(begin + k), 2.2 * SIZE, SIZE, open ? short(products[k]) : "?",
          { fill: "none", ink: "var(--ink)" })),
        results.map((value, n) => {
          const colours = known[n] ? signed(value, most) : { fill: "none", ink: "var(--ink)" };
          const line = n === i ? { stroke: "var(--link)", "stroke-width": 3 } : { stroke: "var(--line)" };
          const middle = n + first + (kernel.length - 1) / 2; // below the middle of its window
          return cell(x(middle), 3.5 * SIZE, SIZE, known[n] ? short(value) : n === i ? "?" : "", colours, line);
        }),
      );
      drag(picture, (at) => {
        const start = Math.round((at - 4) / SIZE - taps.length / 2);
        const fresh = Math.max(0, Math.min(count - 1, start));
        if (fresh !== model.get("place")) set(model, { place: fresh });
      });

      const top = i + (full ? 0 : kernel.length - 1); // the i of the sum x[n] w[i - n]
      const rows = taps.map((tap, k) => {
        const n = begin + k;
        const outside = signal[n] === undefined;
        const index = flip ? top - n : k;
        return h("tr", { class: outside ? "cb-outside" : "" },
          [n, outside ? "0 (outside)" : tidy(signal[n]), index, tidy(tap), open ? tidy(products[k]) : "?"]
            .map((text) => h("td", {}, String(text).replace("-", "−"))));
      });
      const tap = flip ? `${top} − n` : `n − ${begin}`;
      const heads = ["n", "x[n]", tap, `w[${tap}]`, "product"];
      const table = h("div", { class: "cb-scroll" }, h("table", {},
        h("caption", {}, flip ? `Each pair of indices adds up to ${top}.` : "The indices grow together."),
        h("thead", {}, h("tr", {}, heads.map((text) => h("th", { scope: "col" }, text.replace("− -", "+ "))))),
        h("tbody", {}, rows)));
      const rowNames = h("p", { class: "cb-hint" }, `The rows: ${names.join(", ")}.`);
      stage.replaceChildren(...(long ? [rowNames] : []), picture, table);
      where.update({ max: count - 1 });
      const sum = open ? tidy(results[i]) : "?";
      return `${flip ? "Convolution" : "Correlation"}, place i = ${i} of 0 to ${count - 1}: `
        + `${products.map((p) => (open ? tidy(p) : "?")).join(" + ")} = ${sum}.`;
    }

    const numpy = () => {
      const { signal, kernel, flip, full } = now();
      const mode = full ? "full" : "valid";
      return `import numpy as np\n\nx = ${array(signal)}\nw = ${array(kernel)}\n`
        + `y = np.${flip ? "convolve" : "correlate"}(x, w, "${mode}")\nresult = y\ni = ${place(now())}\n`
        + `products = ${full ? "np.pad(x, len(w) - 1)" : "x"}[i:i + len(w)] * w${flip ? "[::-1]" : ""}\n`
        + "print(result, products, result[i])";
    };

    return frame(model, el, {
      title: "Slide it", hint: "Drag the kernel along the signal.", keys, stage, draw, numpy, predict,
      controls: [where, toggle(model, "flip", "Flip the kernel (convolution)"),
        toggle(model, "full", "Hang over the ends (full)"),
        numbers(model, "signal", "Signal"), numbers(model, "kernel", "Kernel")],
    });
  },
};
