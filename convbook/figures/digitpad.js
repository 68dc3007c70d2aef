// Digit pad: draw a digit, see it centred, and see two networks read it, one of them unit by unit.
import { bright, button, cell, drag, drawing, frame, h, isBoolean, isWhole, prediction, set, signed, slider,
  softmax, tidy, toggle, valuesOf } from "./shared.js";
import { U, mark, picture, tiling } from "./pixels.js";
import { centre, forward, fromHex, inNumPy, receptiveField, stroke, toHex, unit, unpack } from "./network.js";

export const accepts = {
  ink: (value) => typeof value === "string" && /^[0-9a-f]{1568}$/.test(value),
  centre: isBoolean, erase: isBoolean, pen_row: isWhole(0, 27), pen_column: isWhole(0, 27),
  layer: isWhole(0, 9), map: isWhole(0, 99), row: isWhole(0, 27), column: isWhole(0, 27), plane: isWhole(0, 99),
};
const NAMES = { dense: "dense", cnn: "convolutional" };
const KINDS = { conv: "Convolution", pool: "Pooling" };

/** What the networks get, and what each layer makes of it. */
function read({ ink, centre: centred, networks }) {
  const drawn = fromHex(ink);
  const seen = centred ? centre(drawn) : { pixels: drawn, cut: [0, 0], scale: [1, 1], laid: [0, 0] };
  const layers = unpack(networks);
  const outputs = { dense: forward(layers.dense, seen.pixels), cnn: forward(layers.cnn, seen.pixels) };
  const logits = Object.keys(NAMES).map((name) => [...outputs[name].at(-1).values]);
  const shares = logits.map(softmax);
  const answers = shares.map((share) => share.indexOf(Math.max(...share)));
  const shown = [...layers.cnn.keys()].filter((i) => layers.cnn[i].kind in KINDS);
  return { drawn, seen, layers: layers.cnn, outputs: outputs.cnn, logits, shares, answers, shown };
}

/** The unit that is looked at; a number too large for its layer means the last. */
function choose(state, { layers, outputs, shown }) {
  const last = (value, count) => Math.min(value, count - 1);
  const layer = last(state.layer, shown.length);
  const output = outputs[shown[layer]];
  const [row, column] = [last(state.row, output.height), last(state.column, output.width)];
  const map = last(state.map, output.depth);
  const found = unit(layers, outputs, shown[layer], map, row, column);
  const planes = found.inputs[0][0].length;
  const area = receptiveField(layers, outputs, shown[layer], row, column);
  return { layer, output, map, row, column, area, ...found, plane: last(state.plane, planes), deep: planes > 1 };
}

/** The probabilities of both networks; then of the unit its planes' sums, bias, sum, and what it gives. */
export function compute(state) {
  const known = read(state);
  const { parts, bias, sum, value } = choose(state, known);
  return [...known.shares.flat(), ...(parts ? [...parts, bias, sum] : []), value];
}

const percent = (share) => `${tidy(100 * share, 1)} %`;
const short = (value) =>
  (Number.isFinite(value) ? tidy(value, Math.abs(value) < 1 ? 2 : 1).replace(/^(−?)0\./, "$1.") : "");
const most = (values) => values.flat(3).reduce((limit, value) => Math.max(limit, Math.abs(value)), 1e-9);
const grey = (value, limit) => 255 * Math.min(Math.max(value / limit, 0), 1);
const hue = (value, limit) => signed(value, limit).fill.match(/\d+/g).map(Number);
const write = (x, y, text, more = {}) => h("text", { x, y, ...more }, text);
const tile = (text, node, basis, limit) =>
  h("div", { style: `flex: 1 1 ${basis}; max-width: ${limit}px; min-width: 0` },
    h("div", { style: "font-size: min(1rem, 3.4vw); margin-top: 0.25rem" }, text), node);
const line = (...children) => h("div", { style: "display: flex; flex-wrap: wrap; gap: 0.5rem 0.75rem" }, children);
const group = (...children) => h("div", { class: "cb-controls" }, children);

const mapTiles = ({ depth, height, width }) => tiling(depth, Math.ceil(Math.sqrt(depth)), height, width);
const planeTiles = ({ inputs }) => tiling(inputs[0][0].length, 8, 2 * inputs.length + 3, inputs[0].length);

/** The probabilities of both networks. */
function bars(shares, answers, open) {
  const rows = shares.flatMap((share, n) => share.map((value, digit) => {
    const [x, y, long] = [40 + 240 * n, 36 + 38 * digit, open ? 125 * value : 0];
    const first = open && digit === answers[n];
    return [h("rect", { x, y, height: 26, width: long + 1, fill: `var(--${first ? "link" : "quiet"})` }),
      write(x + 6 + long, y + 20, open ? percent(value) : "?", { "font-weight": first ? 700 : 400 })];
  }));
  return drawing(500, 420, "Two bar charts: the probability that each network gives to each digit.",
    Object.values(NAMES).map((name, n) => write(40 + 240 * n, 20, name)),
    shares[0].map((_, digit) => write(10, 56 + 38 * digit, digit)), rows);
}

/** The numbers of one unit, of one of its planes. */
function sheet({ inputs, weights, parts, deep, bias, sum, plane, value }, limit) {
  const size = Math.min(48, 240 / Math.max(inputs.length, inputs[0].length));
  const below = 28 + inputs.length * size + 32;
  const table = (x, y, text, find, colours) => [write(x, y - 8, text), inputs.map((cells, a) => cells.map((_, b) => {
    const number = find(a, b);
    return cell(x + b * size, y + a * size, size, short(number), colours(number));
  }))];
  const strongest = most(weights ?? []);
  const words = [parts && `adds up to ${tidy(parts[plane], 3)}`,
    deep && `all ${parts.length} planes: ${tidy(sum - bias, 3)}`, parts && `bias: ${tidy(bias, 3)}`,
    parts && `sum: ${tidy(sum, 3)}`, `${parts ? "after ReLU" : "largest"}: ${tidy(value, 3)}`].filter(Boolean);
  return drawing(500, below + inputs.length * size, "The inputs of a unit, its kernel, their products, and the sum.",
    table(0, 28, deep ? `inputs: map ${plane}` : "inputs", (a, b) => inputs[a][b][plane],
      (number) => bright(number, limit)),
    parts && table(260, 28, deep ? `× kernel plane ${plane}` : "× kernel", (a, b) => weights[a][b][plane],
      (number) => signed(number, strongest)),
    parts && table(0, below, "= products", (a, b) => inputs[a][b][plane] * weights[a][b][plane],
      (number) => signed(number, strongest * limit)),
    words.map((text, i) =>
      write(260, below + 16 + 28 * i, text, { "font-weight": i === words.length - 1 ? 700 : 400 })));
}

export default {
  render({ model, el }) {
    const keys = Object.keys(accepts);
    const now = () => valuesOf(model, [...keys, "networks"]);
    let known = {}; // what is read in the drawing, and the unit that is looked at
    const reading = () => {
      const state = now();
      const fresh = ["ink", "centre", "networks"].some((key) => known.state?.[key] !== state[key]);
      if (fresh) known = { state, ...read(state) };
      return known;
    };
    const change = (changes) =>
      Object.keys(changes).some((key) => model.get(key) !== changes[key]) && set(model, changes);
    const samples = model.get("samples").match(/.{1568}/g);
    const predict = prediction(model, {
      options: [...samples.map((_, digit) => `both ${digit}`), "two different digits"],
      ask() {
        const { answers: [dense, cnn], drawn, state } = reading();
        const ink = tidy(drawn.reduce((sum, value) => sum + value, 0) / 255, 1);
        const question = `What will the two networks read? (${ink} pixels of ink${state.centre ? ", centred" : ""})`;
        return { key: `${state.ink} ${state.centre}`, question, // another drawing may have as much ink
          answer: dense === cnn ? `both ${dense}` : "two different digits" };
      },
    });

    const [pad, input, one, field, planes] = ["The drawing, with the pen and the receptive field of the chosen unit.",
      "What the networks get, with the receptive field of the chosen unit.", "The chosen map.",
      "The pixels that the chosen unit can see.", "Inputs, kernel and sum of each plane."]
      .map((title) => picture(title));
    const ink = (from, to) => change({ ink: toHex(stroke(fromHex(model.get("ink")), from, to, model.get("erase"))) });
    planes.svg.style.overflow = "visible"; // a sum is wider than its plane
    let pen = null;
    pad.svg.style.touchAction = "none"; // a finger draws in every direction
    pad.svg.addEventListener("pointerdown", () => { pen = null; });
    drag(pad.svg, (x, y) => {
      const to = [y / U, x / U];
      ink(pen ?? to, to);
      pen = to;
    });
    const paint = () => ink(...Array(2).fill([model.get("pen_row") + 0.5, model.get("pen_column") + 0.5]));

    const { shown, layers } = reading();
    const names = shown.map((i, n) => `${KINDS[layers[i].kind]} ${
      shown.filter((other, m) => m <= n && layers[other].kind === layers[i].kind).length}`);
    const atlases = names.map((name) => picture(`All maps of ${name}.`));
    atlases.forEach(({ tap }, layer) => tap((i, j) => {
      const output = known.outputs[shown[layer]];
      const [map, row, column] = mapTiles(output).find(i, j);
      const place = { row: Math.min(row, output.height - 1), column: Math.min(column, output.width - 1) };
      if (map < output.depth) set(model, { layer, map, ...place });
    }));
    drag(one.svg, (x, y) => {
      const { height, width } = known.unit.output;
      const within = (at, count) => Math.max(0, Math.min(count - 1, Math.floor(at / U)));
      change({ row: within(y, height), column: within(x, width) });
    });
    planes.tap((i, j) => {
      const [plane] = planeTiles(known.unit).find(i, j);
      if (plane < known.unit.parts.length) set(model, { plane });
    });

    const pick = h("select", { onchange: () => set(model, { ink: samples[pick.value] ?? model.get("ink") }) },
      h("option", { value: -1 }, "your own"), samples.map((_, digit) => h("option", { value: digit }, digit)));
    const knob = (name, text, max, show = String) => slider(model, name, text, { min: 0, max, show });
    const last = names.length - 1;
    const switches = [toggle(model, "erase", "Erase"), toggle(model, "centre", "Centre it as MNIST does")];
    const pens = [knob("pen_row", "Pen row", 27), knob("pen_column", "Pen column", 27)];
    const knobs = [knob("layer", "Layer", last, (layer) => names[layer]), knob("map", "Map", 99),
      knob("row", "Unit row", 27), knob("column", "Unit column", 27), knob("plane", "Plane", 99)];
    for (const control of [...pens, ...knobs]) control.querySelector("input").style.width = "9rem";
    const [charts, numbers, mapName, below] = Array.from({ length: 4 }, () => h("div"));
    numbers.style.letterSpacing = "-1px"; // so that five numbers fit beside five
    const deeper = [
      tile("All planes of its filter: inputs, kernel, sum of products", planes.node, "100%", 400), group(knobs[4])];
    const stage = h("div", {},
      line(tile("Draw here", pad.node, "170px", 240), tile("Input", input.node, "90px", 140),
        tile("", charts, "292px", 375)),
      group(h("label", { class: "cb-control" }, "Test digit", pick),
        button("Clear", () => set(model, { ink: "00".repeat(784) })), switches),
      group(pens, button("Paint", paint)),
      h("div", { style: "margin-top: 0.5rem" }, "Inside the convolutional network: tap a map, then a unit of it."),
      line(atlases.map(({ node }, n) => tile(names[n], node, "28%", 210))),
      line(tile(mapName, one.node, "128px", 165), tile("Its receptive field", field.node, "128px", 165),
        tile("", numbers, "296px", 375)),
      group(knobs.slice(0, 4)), below);

    function draw(open) {
      const { state, drawn, seen: { pixels, cut, scale, laid }, outputs, shares, answers } = reading();
      const chosen = known.unit = choose(now(), known);
      const { layer, output, map, row, column, inputs, weights, parts, deep, bias, sum, value, plane, area } = chosen;
      const [span, corner] = [[inputs.length, inputs[0].length], [area.top, area.left]];
      const size = [area.bottom - area.top + 1, area.right - area.left + 1];
      const pixel = (i, j) => (i >= 0 && j >= 0 && i < 28 && j < 28 ? pixels[28 * i + j] : null);
      pad.show([28, 28], (i, j) => drawn[28 * i + j],
        mark(corner.map((at, k) => (at - laid[k]) / scale[k] + cut[k]), size[0] / scale[0], size[1] / scale[1]),
        mark([model.get("pen_row"), model.get("pen_column")], 1, 1, "dashed"));
      input.show([28, 28], pixel, mark(corner, ...size));
      field.show(size, (i, j) => pixel(area.top + i, area.left + j));
      charts.replaceChildren(bars(shares, answers, open));

      const limits = shown.map((i) => outputs[i].values.reduce((p, q) => Math.max(p, q), 1e-9));
      const level = ({ values, width, depth }, m, i, j, limit) => grey(values[(i * width + j) * depth + m], limit);
      shown.forEach((index, n) => {
        const from = outputs[index];
        const tiles = mapTiles(from);
        const inside = ([m, i, j]) => m < from.depth && i < from.height && j < from.width;
        const place = (m, i, j) => tiles.corner(m).map((at, k) => at + [i, j][k]);
        atlases[n].show(tiles.size, (y, x) => {
          const found = tiles.find(y, x);
          return inside(found) ? level(from, ...found, limits[n]) : null;
        }, n === layer && [mark(tiles.corner(map), from.height, from.width), mark(place(map, row, column), 1, 1)],
        n === layer - 1 && mark(place(parts ? plane : map, chosen.top, chosen.left), ...span, "dashed"));
      });
      const whole = [output.height, output.width];
      one.show(whole, (i, j) => level(output, map, i, j, limits[layer]), mark([row, column], 1, 1));
      mapName.textContent = `Map ${map}`;
      const limit = layer ? limits[layer - 1] : most(inputs);
      numbers.replaceChildren(sheet(chosen, limit));

      if (deep) {
        const [[high, wide], tiles, strongest] = [span, planeTiles(chosen), most(weights)];
        planes.show(tiles.size, (y, x) => {
          const [p, i, j] = tiles.find(y, x);
          if (p >= parts.length || j >= wide || i === high || i > 2 * high) return null;
          return i < high ? grey(inputs[i][j][p], limit) : hue(weights[i - high - 1][j][p], strongest);
        }, mark(tiles.corner(plane), 2 * high + 1, wide), parts.map((part, p) => {
          const [y, x] = tiles.corner(p);
          return write((x + wide / 2) * U, (y + 2 * high + 2.2) * U, short(part),
            { class: "cb-number", fill: "var(--ink)", style: `font-size: ${4.5 * wide}px` });
        }));
      }
      if (deep !== below.hasChildNodes()) below.replaceChildren(...(deep ? deeper : []));
      pick.value = samples.indexOf(state.ink);
      for (const control of [...switches, ...pens]) control.update();
      [last + 1, output.depth, ...whole, parts?.length ?? 1].forEach((n, k) => knobs[k].update({ max: n - 1 }));

      const said = Object.values(NAMES).map((name, n) =>
        `the ${name} network reads ${open ? `${answers[n]} (${percent(shares[n][answers[n]])})` : "?"}`).join(", ");
      const what = parts ? `products ${tidy(sum - bias, 3)}, with bias ${tidy(sum, 3)}, after ReLU ${tidy(value, 3)}`
        : `the largest of its inputs is ${tidy(value, 3)}`;
      return `T${said.slice(1)}. ${names[layer]}, map ${map}, row ${row}, column ${column}: ${what}.`;
    }

    const numpy = () => inNumPy(known.logits, known.unit);
    return frame(model, el, { title: "Digit pad", keys, stage, draw, numpy, predict, controls: [] });
  },
};
