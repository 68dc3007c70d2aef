// Edge lab: what a border mode invents, how many outputs come of it, and who is used how often.
import { array, drag, drawing, frame, h, isList, isOneOf, isWhole, label, menu, numbered, numbers, prediction, set,
  short, signed, slider, tidy, valuesOf } from "./shared.js";

// What happens at the border, in words and in the words of three libraries.
const MODES = {
  valid: ["valid: nothing", "Not padded (valid)", "do not pad", "(none)", "layer: \"valid\""],
  zeros: ["zeros", "Padded with zeros", "\"constant\"", "\"constant\"", "layer: \"same\"; ops.pad: \"constant\""],
  edge: ["edge: the last again", "Padded with the last number (edge)", "\"edge\"", "\"nearest\"", "(none)"],
  symmetric: ["symmetric: last twice", "Mirrored, the last number twice (symmetric)", "\"symmetric\"", "\"reflect\"",
    "ops.pad: \"symmetric\""],
  reflect: ["reflect: last once", "Mirrored, the last number once (reflect)", "\"reflect\"", "\"mirror\"",
    "ops.pad: \"reflect\""],
  wrap: ["wrap: the other end", "Begun again at the other end (wrap)", "\"wrap\"", "\"wrap\"", "(none)"],
};
export const accepts = {
  signal: isList(7, 8), size: isWhole(1, 7), mode: isOneOf(...Object.keys(MODES)), stride: isWhole(1, 4),
  place: isWhole(0, 7),
};
const SIGNALS = { ramp: [2, 3, 4, 5, 6, 7, 8, 9], constant: [5, 5, 5, 5, 5, 5, 5, 5], step: [0, 0, 0, 0, 6, 6, 6, 6] };
const SIZE = 30;

/** The last number under the kernel minus the first. */
const kernel = (size) => Array.from({ length: size }, (_, k) => (k === size - 1 ? 1 : k === 0 ? -1 : 0));

/** How many numbers are put before and after, as Keras does it for "same", and how many outputs follow. */
function layout({ signal, size, mode, stride }) {
  const n = signal.length;
  if (mode === "valid") return { before: 0, after: 0, count: Math.floor((n - size) / stride) + 1 };
  const count = Math.ceil(n / stride);
  const total = Math.max((count - 1) * stride + size - n, 0);
  const before = Math.floor(total / 2);
  return { before, after: total - before, count };
}

/** The number at place i, also beyond the ends. */
function sample(signal, mode, i) {
  const last = signal.length - 1;
  if (i >= 0 && i <= last) return signal[i];
  if (mode === "zeros") return 0;
  if (mode === "edge") return signal[i < 0 ? 0 : last];
  if (mode === "symmetric") return signal[i < 0 ? -1 - i : 2 * last + 1 - i];
  if (mode === "reflect") return signal[i < 0 ? -i : 2 * last - i];
  return signal[(i + signal.length) % signal.length];
}

/** The outputs, and in how many windows each sample is. */
function results(state) {
  const { signal, size, mode, stride } = state;
  const { before, count } = layout(state);
  const starts = Array.from({ length: count }, (_, i) => i * stride - before);
  const outputs = starts.map((start) =>
    kernel(size).reduce((sum, weight, k) => sum + weight * sample(signal, mode, start + k), 0));
  const used = signal.map((_, i) => starts.filter((start) => start <= i && i < start + size).length);
  return { starts, outputs, used };
}

export function compute(state) {
  const { outputs, used } = results(state);
  return [...outputs, ...used];
}

const write = (x, y, text, style) => label(x, y, text, 17, style);
const box = (...rest) => numbered(17, ...rest);

export default {
  render({ model, el }) {
    const keys = Object.keys(accepts);
    const now = () => valuesOf(model, keys);
    const predict = prediction(model, {
      ask() {
        const state = now();
        const { signal, size, mode, stride } = state;
        const [x, w] = [signal, kernel(size)].map((list) => list.map((value) => tidy(value)).join(", "));
        return { question: `Signal [${x}], kernel [${w}], stride ${stride}. ${MODES[mode][1]}: what is the first output?`,
          answer: results(state).outputs[0] };
      },
    });
    const where = slider(model, "place", "Place", { min: 0, max: 1 });
    const fields = numbers(model, "signal", "Signal");
    const grid = fields.querySelector(".cb-grid");
    const update = fields.update;
    fields.update = () => {
      update();
      grid.style.gridTemplateColumns = "repeat(auto-fill, minmax(44px, 56px))"; // two rows on a phone
    };
    fields.style.width = "100%";
    grid.style.flex = "1 1 230px";
    const example = () => Object.keys(SIGNALS).find((name) => String(SIGNALS[name]) === String(model.get("signal")));
    const examples = menu({
      get: () => example() ?? "own", save_changes: () => model.save_changes(),
      set: (_, name) => name in SIGNALS && model.set("signal", SIGNALS[name]),
    }, "example", "Example", { ramp: "ramp", constant: "constant", step: "step", own: "your own" });
    const stage = h("div");

    function picture(state, place, { starts, outputs, used }, open) {
      const { signal, size, mode } = state;
      const { before, after } = layout(state);
      const x = (i) => (i + 3) * SIZE + 3; // never more than 3 are put before
      const limit = Math.max(...signal.map(Math.abs), 1);
      const most = Math.max(...outputs.map(Math.abs), 1);
      const [top, under, out, base] = [44, 78, 138, 256];
      const ends = [...Array(before + after).keys()].map((i) => i - before + (i < before ? 0 : signal.length));
      const outside = open ? ends : mode === "valid" ? [] : [-1, signal.length];
      const dashed = { stroke: "var(--ink)", "stroke-width": 1.5, "stroke-dasharray": "4 3" };
      const hatch = (i) => [10, 20, 30, 40, 50].map((d) => {
        const [near, far] = [Math.max(2, d - 28), Math.min(d, 28)];
        return h("line", { x1: x(i) + near, y1: top + far, x2: x(i) + far, y2: top + near, stroke: "var(--link)",
          "stroke-width": 2 });
      });
      const chosen = { stroke: "var(--link)", "stroke-width": 3 };
      const start = starts[place];
      const put = `${before} number${before === 1 ? "" : "s"} put before and ${after} after`;
      return drawing(14 * SIZE + 6, base + 26, open ? `The signal with ${put}, the kernel at place ${place}, `
        + "the outputs, and how often each number is used." : "The signal.",
        write(3, 14, mode === "valid" ? "the signal" : "the signal (dashed: invented)"),
        signal.map((_, i) => write(x(i) + SIZE / 2, 38, i, "text-anchor: middle; fill: var(--quiet)")),
        signal.map((value, i) => box(x(i), top, SIZE, short(value), signed(value, limit), { stroke: "var(--line)" })),
        outside.map((i) => box(x(i), top, SIZE, open ? short(sample(signal, mode, i)) : "?",
          { fill: "var(--back)", ink: "var(--ink)" }, dashed)),
        open ? [
          signal.map((_, i) => (used[i] ? [] : hatch(i))),
          h("rect", { x: x(start) - 1, y: top - 2, width: size * SIZE + 2, height: under - top + SIZE + 4, rx: 5,
            fill: "none", ...chosen }),
          kernel(size).map((weight, k) => box(x(start + k), under, SIZE, tidy(weight), signed(weight, 1.4))),
        ] : write(3, under + 20, `the kernel: ${kernel(size).map((weight) => tidy(weight)).join("  ")}`),
        write(3, out - 8, open ? "the outputs" : "the outputs: ?"),
        open ? outputs.map((value, i) => box(x(starts[i] + (size - 1) / 2), out, SIZE, short(value),
          signed(value, most), i === place ? chosen : { stroke: "var(--line)" })) : [],
        write(3, out + 52, open ? "windows that use each number" : "windows that use each number: ?"),
        open ? used.map((times, i) => [
          h("rect", { x: x(i) + 5, y: base - 8 * times, width: SIZE - 10, height: 8 * times, fill: "var(--quiet)" }),
          write(x(i) + SIZE / 2, base + 18, times, "text-anchor: middle")]) : [],
        h("line", { x1: x(0), x2: x(signal.length), y1: base, y2: base, stroke: "var(--quiet)" }));
    }

    /** The sentence for all that was padded, came out and was used. */
    function sentence(state, place, { starts, outputs, used }, open) {
      const { signal, size, mode, stride } = state;
      const { before, after, count } = layout(state);
      const about = MODES[mode][1];
      const outcome = `${count} output${count > 1 ? "s" : ""}`; // told by the slider, too
      if (!open) return `${about}, a kernel of ${size}, stride ${stride}: ? before, ? after, ${outcome}. `
        + `Output ${place} is ?.`;
      const [first, last] = [0, size - 1].map((k) => tidy(sample(signal, mode, starts[place] + k)));
      const sum = size > 1 ? `${last} − ${first.startsWith("−") ? `(${first})` : first} = ` : "";
      const unused = used.flatMap((times, i) => (times ? [] : [i]));
      const [least, most] = [Math.min(...used), Math.max(...used)];
      return `${about}: ${before} before, ${after} after, ${outcome}. `
        + `Output ${place} is ${sum}${tidy(outputs[place])}. `
        + (unused.length ? `In no window: ${unused.length > 1 ? "indices" : "index"} ${unused.join(", ")}.`
          : `Each number is in ${least === most ? least : `${least} to ${most}`} window${most > 1 ? "s" : ""}.`);
    }

    function draw(open) {
      const state = now();
      const found = results(state);
      const count = found.outputs.length;
      const place = Math.min(state.place, count - 1);
      const svg = picture(state, place, found, open);
      drag(svg, (x) => {
        const start = (x - 3) / SIZE - 3 - state.size / 2; // in samples, the pointer in the middle of the window
        const fresh = Math.max(0, Math.min(count - 1, Math.round((start - found.starts[0]) / state.stride)));
        if (fresh !== model.get("place")) set(model, { place: fresh });
      });
      const names = ["np.pad", "scipy.ndimage", "Keras"].map((library, i) => h("tr", {},
        h("th", { scope: "row" }, library), h("td", { style: "text-align: left" }, MODES[state.mode][i + 2])));
      const table = h("table", {}, h("caption", {}, "What this is called"), h("tbody", {}, names));
      stage.replaceChildren(svg, h("div", { class: "cb-scroll" }, table));
      where.update({ max: count - 1 });
      return sentence(state, place, found, open);
    }

    const numpy = () => {
      const state = now();
      const { signal, size, mode, stride } = state;
      const { before, after } = layout(state);
      const padding = mode === "valid" ? "" : `, mode=${MODES[mode][2]}`;
      return `import numpy as np\nfrom numpy.lib.stride_tricks import sliding_window_view\n\n`
        + `x = ${array(signal)}\nw = ${array(kernel(size))}\n`
        + `padded = np.pad(x, (${before}, ${after})${padding})\ny = np.correlate(padded, w, "valid")[::${stride}]\n\n`
        + `# which sample stands where, -1 for what was invented, and who is in how many windows\n`
        + `index = np.pad(np.arange(len(x)), (${before}, ${after}), constant_values=-1)\n`
        + `windows = sliding_window_view(index, len(w))[::${stride}]\n`
        + `used = [int((windows == i).sum()) for i in range(len(x))]\n`
        + `result = np.concatenate([y, used])\nprint(padded, y, used)`;
    };

    const options = Object.fromEntries(Object.entries(MODES).map(([mode, [text]]) => [mode, text]));
    return frame(model, el, {
      title: "Edge lab", hint: "Drag the kernel along the signal.", keys, stage, draw, numpy, predict,
      controls: [where, slider(model, "size", "Kernel size", { min: 1, max: 7 }),
        slider(model, "stride", "Stride", { min: 1, max: 4 }), menu(model, "mode", "Border", options),
        examples, fields],
    });
  },
};
