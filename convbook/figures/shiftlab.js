// A digit moves to the right: what a convolution, max pooling, global pooling and four networks make of it.
import { correlate2d, drag, drawing, frame, h, isOneOf, isWhole, menu, prediction, set, slider, tidy,
  valuesOf } from "./shared.js";

const KERNELS = {
  vertical: [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
  horizontal: [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
  blur: [[1, 2, 1], [2, 4, 2], [1, 2, 1]],
};
export const accepts = { shift: isWhole(0, 8), kernel: isOneOf(...Object.keys(KERNELS)) };

const [SIDE, GAP] = [124, 14]; // of the three pictures
const [LEFT, TOP, HEIGHT, STEP] = [34, 262, 190, 42]; // of the chart: its place, height and pixels a shift

const moved = (image, by) => image.map((row) => row.map((_, j) => row[j - by] ?? 0));
const rectify = (map) => map.map((row) => row.map((value) => Math.max(value, 0)));

/** The largest of each 2 x 2 block. */
function pool(map) {
  const half = (values) => values.slice(0, Math.floor(values.length / 2));
  return half(map).map((_, i) => half(map[0]).map((_, j) =>
    Math.max(map[2 * i][2 * j], map[2 * i][2 * j + 1], map[2 * i + 1][2 * j], map[2 * i + 1][2 * j + 1])));
}

/** The digit, its map and the pooled map after a move, and what is left by global pooling. */
function look({ digit, kernel }, by) {
  const image = moved(digit, by);
  const map = rectify(correlate2d(image, KERNELS[kernel]));
  const all = map.flat();
  return { image, map, pooled: pool(map), most: Math.max(...all), mean: all.reduce((a, b) => a + b) / all.length };
}

/** Where a map, moved back by so many columns, is not what it was: a table of true and false. */
const differs = (now, before, back) =>
  now.map((row, i) => row.map((value, j) => j >= back && value !== before[i][j - back]));

const count = (table) => table.flat().filter(Boolean).length;

export function compute(state) {
  const { shift } = state;
  const [before, now] = [look(state, 0), look(state, shift)];
  const maps = [[now.map, before.map, shift], [now.pooled, before.pooled, Math.floor(shift / 2)]];
  const read = Object.keys(state.accuracies).sort().map((key) => 100 * state.accuracies[key][shift]);
  return [...now.pooled.flat(), now.most, now.mean, ...maps.map((pair) => count(differs(...pair))), ...read];
}

/** A table of brightnesses as one picture; what is `marked` is orange. */
function pixels(x, y, rows, limit, marked) {
  const canvas = h("canvas", { width: rows[0].length, height: rows.length });
  const paint = new ImageData(canvas.width, canvas.height);
  rows.forEach((row, i) => row.forEach((value, j) => {
    const level = (255 * Math.min(value, limit)) / limit;
    const colour = marked?.[i][j] ? [130 + level / 2, 50 + level / 3, 0, 255] : [level, level, level, 255];
    paint.data.set(colour, 4 * (i * canvas.width + j));
  }));
  canvas.getContext("2d").putImageData(paint, 0, 0);
  const image = document.createElementNS("http://www.w3.org/2000/svg", "image");
  const place = { x, y, width: SIDE, height: SIDE, href: canvas.toDataURL(), style: "image-rendering: pixelated" };
  for (const [name, value] of Object.entries(place)) image.setAttribute(name, value);
  return image;
}

const text = (x, y, words, more = {}) => h("text", { x, y, style: "font-size: 15.5px", ...more }, words);

/** The marks of a curve, one kind each, so that no one needs its colour. */
const MARKS = [
  (x, y, style) => h("circle", { cx: x, cy: y, r: 5, ...style }),
  (x, y, style) => h("rect", { x: x - 4.5, y: y - 4.5, width: 9, height: 9, ...style }),
  (x, y, style) => h("path", { d: `M${x},${y - 6}l6,11h-12z`, ...style }),
  (x, y, style) => h("path", { d: `M${x},${y - 7}l6,7l-6,7l-6,-7z`, ...style }),
];
const COLOURS = ["var(--link)", "#cc7010", "#8073ac", "var(--quiet)"];

export default {
  render({ model, el }) {
    const keys = Object.keys(accepts);
    const at = (key, shift) => model.get("accuracies")[key][shift];
    const order = () => Object.keys(model.get("accuracies")).sort((a, b) => at(b, 4) - at(a, 4));
    const name = (key) => key.replaceAll("_", " ");
    const predict = prediction(model, {
      options: [], // `draw` knows them
      ask: () => ({ question: "Which network reads most of the digits that were moved by 4 pixels?",
        key: JSON.stringify(model.get("accuracies")), answer: name(order()[0]) }),
    });
    const field = predict.querySelector("select");
    const width = 3 * SIDE + 2 * GAP;
    const picture = drawing(width, TOP + HEIGHT + 40, "");
    drag(picture, (x, y) => {
      const column = ((x % (SIDE + GAP)) / SIDE) * 28 - 14; // the digit's middle follows the pointer
      const shift = Math.round(Math.max(0, Math.min(8, y > TOP - 20 ? (x - LEFT) / STEP : column)));
      if (shift !== model.get("shift")) set(model, { shift });
    });

    /** A line for a number that global pooling leaves: now, and a tick where it was. */
    function bar(y, words, now, before) {
      const long = (value) => (110 * value) / (Math.max(now, before) || 1);
      const box = { x: 140, y: y + 1, width: long(now), height: 14, fill: "var(--link)" };
      return [text(0, y + 13, words), h("rect", box),
        h("rect", { x: 140 + long(before) - 1, y: y - 3, width: 3, height: 22, fill: "var(--ink)" }),
        text(264, y + 13, `${tidy(now, 0)} (was ${tidy(before, 0)})`)];
    }

    function chart(open, shift) {
      const x = (moves) => LEFT + STEP * moves;
      const y = (share) => TOP + HEIGHT * (1 - share);
      const middle = { "text-anchor": "middle" };
      const line = (x1, y1, x2, y2, more) => h("line", { x1, y1, x2, y2, stroke: "var(--line)", ...more });
      const high = open ? Math.max(...order().map((key) => at(key, shift))) : 1;
      const parts = [line(x(shift), y(high), x(shift), y(0), { stroke: "var(--link)", "stroke-width": 3 })];
      for (const share of [0, 0.5, 1])
        parts.push(line(LEFT, y(share), x(8), y(share)), text(LEFT - 6, y(share) + 5, String(100 * share),
          { "text-anchor": "end" }));
      for (let moves = 0; moves <= 8; moves++) parts.push(text(x(moves), y(0) + 18, String(moves), middle));
      parts.push(text(x(4), y(0) + 36, "digits read of 100, after so many pixels", middle));
      if (!open) return [...parts, text(x(4), y(0.5) - 8, "Commit to your answer first", middle)];
      order().forEach((key, n) => {
        const points = model.get("accuracies")[key].map((share, moves) => [x(moves), y(share)]);
        const [fill, mark] = [COLOURS[n % 4], MARKS[n % 4]];
        parts.push(h("polyline", { points: points.join(" "), fill: "none", stroke: fill, "stroke-width": 2 }),
          points.map(([px, py]) => mark(px, py, { fill })),
          mark(262, y(1) + 9 + 19 * n, { fill }),
          text(271, y(1) + 14 + 19 * n, `${name(key)} ${read(key, shift)}`));
      });
      return parts;
    }

    const read = (key, shift) => tidy(100 * at(key, shift), 0);

    function draw(open) {
      const state = valuesOf(model, [...keys, "digit"]);
      const { shift } = state;
      const [before, now] = [look(state, 0), look(state, shift)];
      const marks = [differs(now.map, before.map, shift), differs(now.pooled, before.pooled, Math.floor(shift / 2))];
      const changed = marks.map((table, n) => {
        const back = [shift, Math.floor(shift / 2)][n];
        return { some: count(table), all: table.length * (table[0].length - back) };
      });
      const titles = ["digit", "convolution", "max pooling"];
      const notes = [`moved ${shift} px`, ...changed.map(({ some, all }) => `${some} of ${all} differ`)];
      const most = Math.max(now.most, before.most) || 1;
      picture.replaceChildren(
        h("title", {}, "The digit, the map of a convolution, the map after max pooling; below them the global maximum "
          + "and average as bars; below these, a chart of accuracy against the shift."),
        ...[[now.image, 255], [now.map, most], [now.pooled, most, marks[1]]].map(([rows, ...more], n) =>
          [text(n * (SIDE + GAP), 14, titles[n]), pixels(n * (SIDE + GAP), 20, rows, ...more),
            text(n * (SIDE + GAP), SIDE + 37, notes[n])]).flat(),
        ...bar(172, "global maximum", now.most, before.most), ...bar(200, "global average", now.mean, before.mean),
        ...chart(open, shift).flat(),
      );
      const average = before.mean ? `${tidy((100 * now.mean) / before.mean, 0)} % of what it was`
        : `${tidy(now.mean, 0)} and was ${tidy(before.mean, 0)}`;
      const networks = order().sort();
      if (field.textContent !== networks.map(name).join(""))
        field.replaceChildren(...networks.map((key) => h("option", {}, name(key))));
      const readers = networks.map((key) => `${name(key)} ${open ? read(key, shift) : "?"}`);
      return `Moved ${shift} px, and the maps moved back: ${changed[0].some} numbers of the convolution differ, `
        + `${changed[1].some} of the pooled map; the global average is ${average}. `
        + `Read of 100 digits: ${readers.join(", ")}.`;
    }

    const numpy = () => {
      const bytes = model.get("digit").flat().map((value) => value.toString(16).padStart(2, "0")).join("");
      const kernel = JSON.stringify(KERNELS[model.get("kernel")]).replaceAll(",", ", ");
      const known = Object.entries(model.get("accuracies")).sort().map(([key, shares]) =>
        `    ${JSON.stringify(key)}: [${shares.join(", ")}],\n`);
      return `import numpy as np\n\ndigit = np.frombuffer(bytes.fromhex("${bytes}"), np.uint8).reshape(28, 28)\n`
        + `kernel, shift = np.array(${kernel}), ${model.get("shift")}\n`
        + `accuracies = {  # after 0, 1, ... pixels\n${known.join("")}}\n\n`
        + "def look(by):\n    image = np.pad(digit.astype(int), ((0, 0), (by, 0)))[:, :28]\n"
        + "    windows = np.lib.stride_tricks.sliding_window_view(image, (3, 3))\n"
        + "    features = np.maximum((windows * kernel).sum(axis=(2, 3)), 0)\n"
        + "    return features, features.reshape(13, 2, 13, 2).max(axis=(1, 3))\n\n"
        + "def differ(now, before, back):\n"
        + "    return np.sum(now[:, back:] != before[:, :before.shape[1] - back])\n\n"
        + "(features, pooled), (old, old_pooled) = look(shift), look(0)\n"
        + "changed = [differ(features, old, shift), differ(pooled, old_pooled, shift // 2)]\n"
        + "read = {name: 100 * shares[shift] for name, shares in accuracies.items()}\n"
        + "result = np.hstack([pooled.ravel(), features.max(), features.mean(), changed, [*read.values()]])\n"
        + "print(pooled, features.max(), features.mean(), *changed, read)\n"
        + 'print("was", old.max(), old.mean())\n'
        + 'if old.mean():\n    print(f"{100 * features.mean() / old.mean():.0f} % of what it was")';
    };

    return frame(model, el, {
      title: "Shift lab", hint: "Drag the digit, or the line in the chart.", keys, stage: picture, draw, numpy, predict,
      controls: [slider(model, "shift", "Shift", { min: 0, max: 8, show: (value) => `${value} px` }),
        menu(model, "kernel", "Kernel", { vertical: "vertical edges", horizontal: "horizontal edges", blur: "blur" })],
    });
  },
};
