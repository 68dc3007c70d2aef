// The channel mixer: one filter on three planes gives three partial maps, one sum, one feature map.
import { array, bright, button, cell, correlate2d, drag, drawing, frame, h, isBoolean, isList, isOneOf, isTable,
  isWhole, menu, numbers, prediction, set, signed, slider, tidy, toggle, valuesOf } from "./shared.js";

const CHANNELS = ["red", "green", "blue"];
const COLOURS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]; // number r + 2 g + 4 b
const SIZE = 4; // of the picture; kernels are 2 x 2, maps 3 x 3
const tables = (count, test) => (value) => Array.isArray(value) && value.length === count && value.every(test);

export const accepts = {
  image: tables(SIZE, isTable(SIZE, 3, 0, 1)), weights: tables(2, tables(2, isTable(3, 2))), bias: isList(2, 2),
  second: isBoolean, row: isWhole(0, SIZE - 1), column: isWhole(0, SIZE - 1),
  channel: isOneOf(...CHANNELS), brush: isOneOf(...COLOURS),
};

const plane = (image, m) => image.map((row) => row.map((pixel) => pixel[m]));
const kernel = (weights, m, o) => weights.map((row) => row.map((channels) => channels[m][o]));

/** What filter o makes: a partial map for each channel, their sum with the bias, and the feature map. */
function apply({ image, weights, bias }, o) {
  const partial = CHANNELS.map((_, m) => correlate2d(plane(image, m), kernel(weights, m, o)));
  const each = (make) => partial[0].map((row, i) => row.map((_, j) => make(i, j)));
  const sum = each((i, j) => partial.reduce((total, map) => total + map[i][j], bias[o]));
  return { partial, sum, map: each((i, j) => Math.max(sum[i][j], 0)) };
}

export function compute(state) {
  const maps = (state.second ? [0, 1] : [0]).map((o) => apply(state, o).map);
  return maps[0].map((row, i) => row.map((_, j) => maps.map((map) => map[i][j])));
}

const colourName = ([r, g, b]) => COLOURS[r + 2 * g + 4 * b] ?? "mixed";

export default {
  render({ model, el }) {
    const keys = Object.keys(accepts);
    const now = () => valuesOf(model, keys);
    const last = SIZE - 2; // the last place of a window
    const place = ({ row, column }) => [Math.min(row, last), Math.min(column, last)];
    const filter = () => Number(model.get("second"));

    const predict = prediction(model, {
      ask() {
        const state = now();
        const [[i, j], o] = [place(state), filter()];
        const { image, weights, bias } = state;
        const patch = image.slice(i, i + 2).map((row) => row.slice(j, j + 2));
        return {
          key: JSON.stringify([i, j, o, patch, weights.flat(2).map((filters) => filters[o]), bias[o]]),
          question: `What does filter ${o} give at row ${i}, column ${j}, after bias and ReLU?`,
          answer: apply(state, o).map[i][j],
        };
      },
    });

    const paint = (row, column) => {
      const colour = COLOURS.indexOf(model.get("brush"));
      const pixel = [colour & 1, (colour >> 1) & 1, colour >> 2];
      const image = model.get("image").map((line, i) => (i === row ? line.with(column, pixel) : line));
      set(model, { image, row, column });
    };
    const picture = drawing(180, 180, "The picture, four rows of four pixels.");
    Object.assign(picture.style, { maxWidth: "180px", touchAction: "none" }); // a finger paints
    const planes = drawing(480, 600, "For each channel its plane, its kernel, and the partial map they give.");
    const result = drawing(480, 164, "The sum of the partial maps and the bias, and the feature map after the ReLU.");
    const within = (value, most) => Math.max(0, Math.min(most, Math.floor(value)));
    let before = "";
    picture.addEventListener("pointerdown", () => { before = ""; });
    drag(picture, (x, y) => {
      const [row, column] = [within(y / 45, SIZE - 1), within(x / 45, SIZE - 1)];
      if (`${row} ${column}` !== before) paint(row, column);
      before = `${row} ${column}`;
    });
    // These are tapped, not dragged: they are tall, and a finger must be able to scroll over them.
    const tap = (svg, choose) => svg.addEventListener("click", (event) => {
      const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
      set(model, choose(x, y));
    });
    tap(planes, (x, y) => {
      const channel = CHANNELS[within(y / 200, 2)];
      const inside = y % 200 - 32;
      if (x > 300) return { channel, row: within(inside / 53, last), column: within((x - 320) / 53, last) };
      return x > 164 ? { channel } : { channel, row: within(inside / 40, 3), column: within(x / 40, 3) };
    });
    tap(result, (x, y) => ({ row: within((y - 32) / 44, last), column: within((x % 174) / 44, last) }));

    const heading = h("div");
    const table = h("div", { class: "cb-scroll" });
    const half = (...children) => h("div", {}, children);
    const stage = h("div", { class: "cb-parts cb-apart" },
      half(heading, picture, table), half(planes, result));
    const fill = (svg, ...children) => svg.replaceChildren(svg.querySelector("title"), ...children.flat(Infinity));
    const plain = () => ({ stroke: "var(--line)" });
    const grid = (x, y, size, values, text, colours, line = plain) => values.map((row, i) => row.map((value, j) =>
      cell(x + j * size, y + i * size, size, text(value, i, j), colours(value), line(i, j))));
    const word = (x, y, text, more) => h("text", { x, y, ...more }, text);
    const chosen = { stroke: "var(--link)", "stroke-width": 5 };
    const square = (x, y, width) => [{ stroke: "var(--back)", "stroke-width": 9 }, chosen].map((line) =>
      h("rect", { x, y, width, height: width, rx: 4, fill: "none", ...line }));

    function draw(open) {
      const state = now();
      const { image, weights, bias, row, column, channel } = state;
      const [[i, j], o] = [place(state), filter()];
      const { partial, sum, map } = apply(state, o);
      const blank = { fill: "none", ink: "var(--ink)" };
      const limit = (...values) => Math.max(...values.flat(Infinity).map(Math.abs), 1);
      const mark = (a, b) => (a === i && b === j ? chosen : plain());
      const text = (value, a, b) => (open ? tidy(value) : a === i && b === j ? "?" : "");
      const look = (most) => (value) => (open ? signed(value, most) : blank);
      const maps = (x, y, size, values, most) => grid(x, y, size, values, text, look(most), mark);

      heading.textContent = `Picture: drag to paint it ${state.brush}`;
      fill(picture, grid(0, 0, 45, image, () => "", (pixel) => ({ fill: `rgb(${pixel.map((v) => 255 * v)})` })),
        square(45 * j, 45 * i, 90),
        h("circle", { cx: 45 * column + 22, cy: 45 * row + 22, r: 6, fill: "#fff", stroke: "#111" }));

      const most = limit(partial);
      fill(planes, CHANNELS.map((name, m) => {
        const y = 200 * m + 32;
        const bold = name === channel ? { style: "font-weight: 700" } : {};
        const taps = kernel(weights, m, o);
        return [
          name === channel ? h("rect", { x: -6, y: y - 31, width: 492, height: 199, rx: 6, fill: "var(--back)" }) : [],
          [[0, name], [180, `w[:, :, ${m}, ${o}]`], [330, `from ${name}`]].map(([x, title]) =>
            word(x, y - 9, title, bold)),
          grid(0, y, 40, plane(image, m), tidy, (value) => bright(value)),
          square(40 * j, y + 40 * i, 80),
          word(164, y + 88, "×"), grid(190, y + 30, 50, taps, tidy, (value) => signed(value, limit(weights))),
          word(298, y + 88, "="), maps(320, y, 53, partial[m], most),
        ];
      }));

      const other = o ? apply(state, 0).map : null; // the first map stays when there is a second
      const tall = limit(sum, map, other ?? 0);
      fill(result, word(0, 22, `sum, bias ${tidy(bias[o])}`), maps(0, 32, 44, sum, tall),
        word(140, 104, "→"), word(174, 22, `map ${o} (ReLU)`), maps(174, 32, 44, map, tall),
        other ? [word(348, 22, "and map 0"),
          grid(348, 32, 44, other, (value) => (open ? tidy(value) : ""), look(tall))] : []);

      const m = CHANNELS.indexOf(channel);
      const products = kernel(weights, m, o).flatMap((line, a) => line.map((weight, c) =>
        [`x[${i + a},${j + c},${m}] = ${tidy(image[i + a][j + c][m])}`, `w[${a},${c},${m},${o}] = ${tidy(weight)}`,
          open ? tidy(image[i + a][j + c][m] * weight) : "?"]));
      table.replaceChildren(h("table", { style: "font-size: 0.75rem; white-space: nowrap" },
        h("caption", {}, `From ${channel} at row ${i}, column ${j}:`),
        h("thead", {}, h("tr", {}, ["pixel", "weight", "product"].map((name) => h("th", { scope: "col" }, name)))),
        h("tbody", {}, products.map((cells) => h("tr", {}, cells.map((content) => h("td", {}, content)))))));

      const say = (value) => (open ? tidy(value) : "?");
      const parts = CHANNELS.map((name, k) => `${say(partial[k][i][j])} from ${name}`).join(", ");
      return `Filter ${o} at row ${i}, column ${j}: ${parts}; with the bias ${tidy(bias[o])} together `
        + `${say(sum[i][j])}, after the ReLU ${say(map[i][j])}. `
        + `Pixel (${row}, ${column}) is ${colourName(image[row][column])}.`;
    }

    const numpy = () => {
      const { image, weights, bias, second, ...picked } = now();
      const [[i, j], o, m] = [place(picked), filter(), CHANNELS.indexOf(picked.channel)];
      const some = second ? "" : "[..., :1]";
      return ["import numpy as np", "from numpy.lib.stride_tricks import sliding_window_view", "",
        `x = ${array(image)}  # (4, 4, 3)`, `w = ${array(weights)}${some}  # (2, 2, 3, filters)`,
        `b = ${array(bias)}${some}`, "windows = sliding_window_view(x, (2, 2), axis=(0, 1))  # (3, 3, 3, 2, 2)",
        'parts = np.einsum("ijmac,acmo->ijmo", windows, w)  # one for each channel',
        "sums = parts.sum(axis=2) + b", "result = np.maximum(sums, 0)", "print(result.transpose(2, 0, 1))",
        `print(parts[..., ${o}].transpose(2, 0, 1), sums[..., ${o}])  # filter ${o}`,
        `print("at ${i}, ${j}:", parts[${i}, ${j}, :, ${o}], sums[${i}, ${j}, ${o}])`,
        `print("from ${picked.channel}:", windows[${i}, ${j}, ${m}] * w[:, :, ${m}, ${o}])`].join("\n");
    };

    /** A part of the weights or of the bias, as if it were the model's own. */
    const view = (get, put) => ({ get, set: (_, value) => put(value), save_changes: () => model.save_changes() });
    const m = () => CHANNELS.indexOf(model.get("channel"));
    const taps = view(() => kernel(model.get("weights"), m(), filter()), (fresh) => model.set("weights",
      model.get("weights").map((row, a) => row.map((channels, c) => channels.map((filters, k) =>
        (k === m() ? filters.with(filter(), fresh[a][c]) : filters))))));
    const offset = view(() => model.get("bias")[filter()],
      (value) => model.set("bias", model.get("bias").with(filter(), value)));
    const options = (names) => Object.fromEntries(names.map((name) => [name, name]));
    const range = { min: 0, max: SIZE - 1 };
    const brush = button("Paint", () => paint(model.get("row"), model.get("column")));
    const controls = [slider(model, "row", "Row", range), slider(model, "column", "Column", range),
      toggle(model, "second", "A second filter"), menu(model, "channel", "Channel", options(CHANNELS)),
      numbers(taps, "", "Kernel"), slider(offset, "", "Bias", { min: -9, max: 9, show: tidy }),
      menu(model, "brush", "Colour", options(COLOURS)), Object.assign(brush, { update() {} })];
    return frame(model, el, { title: "Channel mixer", keys, stage, draw, numpy, predict, controls });
  },
};
