// A drawn digit, the centring of MNIST, and networks: their weights, their layers, what one unit computes.
// Pictures are {height, width, depth, values}, the values in the order of NumPy (channels last).
import { array } from "./shared.js";

const SIDE = 28;

export const fromHex = (text) =>
  Uint8Array.from({ length: text.length / 2 }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16));
export const toHex = (bytes) => Array.from(bytes, (value) => value.toString(16).padStart(2, "0")).join("");

/** Draw a line with a soft pen, from and to [row, column], on 28 x 28 pixels; with erase: take ink away. */
export function stroke(pixels, from, to, erase) {
  const drawn = Uint8Array.from(pixels);
  const steps = Math.max(1, Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]) / 0.5));
  for (let step = 0; step <= steps; step++) {
    const [row, column] = from.map((start, axis) => start + ((to[axis] - start) * step) / steps);
    for (let i = Math.max(0, Math.floor(row) - 2); i < Math.min(SIDE, row + 2); i++)
      for (let j = Math.max(0, Math.floor(column) - 2); j < Math.min(SIDE, column + 2); j++) {
        const away = Math.hypot(i + 0.5 - row, j + 0.5 - column);
        const level = Math.round(255 * Math.min(Math.max(1.9 - away, 0), 1));
        const place = i * SIDE + j;
        drawn[place] = erase && level ? 0 : Math.max(drawn[place], erase ? 0 : level);
      }
  }
  return drawn;
}

/** The numbers of a base64 text that holds 16-bit floats. */
function halves(text) {
  const bytes = atob(text);
  const values = new Float64Array(bytes.length / 2);
  for (let i = 0; i < values.length; i++) {
    const bits = bytes.charCodeAt(2 * i) + 256 * bytes.charCodeAt(2 * i + 1);
    const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
    const size = exponent ? (1024 + fraction) * 2 ** (exponent - 25) : fraction * 2 ** -24;
    values[i] = bits >> 15 ? -size : size;
  }
  return values;
}

const unpacked = new WeakMap();

/** Give the layers of both networks their weights: {dense: [layers], cnn: [layers]}. */
export function unpack(networks) {
  if (!unpacked.has(networks)) {
    const numbers = halves(networks.weights);
    let begin = 0;
    const take = (count) => numbers.subarray(begin, (begin += count));
    const fill = (layer) => {
      if (!layer.shape) return layer;
      return { ...layer, kernel: take(layer.shape.reduce((a, b) => a * b)), bias: take(layer.shape.at(-1)) };
    };
    unpacked.set(networks, { dense: networks.dense.map(fill), cnn: networks.cnn.map(fill) });
  }
  return unpacked.get(networks);
}

/** Where the first window begins along an axis of n numbers, and how many windows there are. */
function windows(n, size, stride, same) {
  if (!same) return [0, Math.floor((n - size) / stride) + 1];
  const count = Math.ceil(n / stride);
  return [-(Math.max((count - 1) * stride + size - n, 0) >> 1), count];
}

/** Call step(output, input, tap) for each place of a window and each of its inputs: first numbers of each. */
function slide({ size, stride, same }, x, depth, step) {
  const [top, height] = windows(x.height, size[0], stride[0], same);
  const [left, width] = windows(x.width, size[1], stride[1], same);
  for (let i = 0; i < height; i++)
    for (let j = 0; j < width; j++)
      for (let a = 0; a < size[0]; a++)
        for (let b = 0; b < size[1]; b++) {
          const [row, column] = [i * stride[0] + top + a, j * stride[1] + left + b];
          if (row < 0 || column < 0 || row >= x.height || column >= x.width) continue;
          step((i * width + j) * depth, (row * x.width + column) * x.depth, a * size[1] + b);
        }
}

function picture(layer, x, depth) {
  const [top, height] = windows(x.height, layer.size[0], layer.stride[0], layer.same);
  const [left, width] = windows(x.width, layer.size[1], layer.stride[1], layer.same);
  return { height, width, depth, top, left, values: new Float64Array(height * width * depth) };
}

const KINDS = {
  scale: ({ scale }, x) => ({ ...x, values: x.values.map((value) => value * scale) }),
  flatten: (_, x) => ({ height: 1, width: 1, depth: x.values.length, values: x.values }),
  pool(layer, x) {
    const y = picture(layer, x, x.depth);
    y.values.fill(-Infinity);
    slide(layer, x, x.depth, (to, from) => {
      for (let m = 0; m < x.depth; m++) y.values[to + m] = Math.max(y.values[to + m], x.values[from + m]);
    });
    return y;
  },
  conv(layer, x) {
    const { kernel, bias, relu } = layer;
    const [cin, cout] = [x.depth, bias.length];
    const y = picture(layer, x, cout);
    const { values } = y;
    for (let i = 0; i < values.length; i++) values[i] = bias[i % cout];
    slide(layer, x, cout, (to, from, tap) => {
      for (let m = 0; m < cin; m++) {
        const value = x.values[from + m];
        const weights = (tap * cin + m) * cout;
        if (value) for (let o = 0; o < cout; o++) values[to + o] += value * kernel[weights + o];
      }
    });
    if (relu) for (let i = 0; i < values.length; i++) values[i] = Math.max(values[i], 0);
    return y;
  },
};
KINDS.dense = KINDS.conv; // one window, on a picture of one pixel

/** What comes out of each layer for 28 x 28 pixels from 0 to 255. */
export function forward(layers, pixels) {
  let x = { height: SIDE, width: SIDE, depth: 1, values: Float64Array.from(pixels) };
  return layers.map((layer) => (x = KINDS[layer.kind](layer, x)));
}

/** The pixels that can change a unit of layer `index`: rows from top to bottom, both included, and columns. */
export function receptiveField(layers, outputs, index, row, column) {
  let [top, bottom, left, right] = [row, row, column, column];
  for (let l = index; l >= 0; l--) {
    if (!layers[l].size) continue;
    const { size, stride } = layers[l];
    [top, bottom] = [top, bottom].map((i) => i * stride[0] + outputs[l].top);
    [left, right] = [left, right].map((j) => j * stride[1] + outputs[l].left);
    [bottom, right] = [bottom + size[0] - 1, right + size[1] - 1];
  }
  return { top, bottom, left, right };
}

/** One unit of layer `index`: its inputs and weights [a][b][m], the sum over each plane m, and what follows. */
export function unit(layers, outputs, index, map, row, column) {
  const { kind, size, stride, kernel, bias } = layers[index];
  const x = outputs[index - 1];
  const [top, left] = [row * stride[0] + outputs[index].top, column * stride[1] + outputs[index].left];
  const table = (value) =>
    Array.from({ length: size[0] }, (_, a) => Array.from({ length: size[1] }, (_, b) => value(a, b)));
  const planes = kind === "pool" ? [map] : Array.from({ length: x.depth }, (_, m) => m);
  const inside = (r, c) => r >= 0 && c >= 0 && r < x.height && c < x.width;
  const outside = kind === "pool" ? -Infinity : 0;
  const inputs = table((a, b) => planes.map((m) =>
    inside(top + a, left + b) ? x.values[((top + a) * x.width + left + b) * x.depth + m] : outside));
  const { values, width, depth } = outputs[index];
  const found = { inputs, top, left, value: values[(row * width + column) * depth + map] };
  if (kind === "pool") return found;
  const weights = table((a, b) => planes.map((m) => kernel[((a * size[1] + b) * x.depth + m) * bias.length + map]));
  const parts = planes.map((m) =>
    inputs.flatMap((line, a) => line.map((cell, b) => cell[m] * weights[a][b][m])).reduce((p, q) => p + q));
  return { ...found, weights, parts, bias: bias[map], sum: parts.reduce((p, q) => p + q) + bias[map] };
}

/** The shares with which `from` samples make each of `to`: triangles, wide enough to miss no sample. */
function shares(from, to) {
  const wide = Math.max(from / to, 1);
  return Array.from({ length: to }, (_, i) => {
    const middle = ((i + 0.5) * from) / to - 0.5;
    const line = Array.from({ length: from }, (_, n) => Math.max(0, 1 - Math.abs(n - middle) / wide));
    const sum = line.reduce((p, q) => p + q);
    return line.map((share) => share / sum);
  });
}

const times = (a, b) => a.map((line) => b[0].map((_, j) => line.reduce((sum, value, k) => sum + value * b[k][j], 0)));
const transpose = (a) => a[0].map((_, j) => a.map((line) => line[j]));
const span = (filled) => [filled.indexOf(true), filled.lastIndexOf(true) + 1];

/**
 * Do with 28 x 28 pixels what the makers of MNIST did: cut out the ink, scale it until its longer side
 * has 20 pixels and its brightest pixel is 255 (if it has not that size already), and lay it so that its
 * centre of mass rounds to row and column 14. Returns {pixels, cut, scale, laid}: a place (r, c) of the
 * drawing goes to (r - cut[0]) * scale[0] + laid[0], and c likewise.
 */
export function centre(pixels) {
  const image = Array.from({ length: SIDE }, (_, i) => Array.from(pixels.slice(SIDE * i, SIDE * (i + 1))));
  const [top, bottom] = span(image.map((line) => line.some((value) => value > 0)));
  const [left, right] = span(transpose(image).map((line) => line.some((value) => value > 0)));
  if (top < 0) return { pixels, cut: [0, 0], scale: [1, 1], laid: [0, 0] };
  let digit = image.slice(top, bottom).map((line) => line.slice(left, right));
  const sizes = [bottom - top, right - left];
  const fitted = sizes.map((size) => Math.max(1, Math.round((20 * size) / Math.max(...sizes))));
  if (Math.max(...sizes) !== 20) {
    digit = times(times(shares(sizes[0], fitted[0]), digit), transpose(shares(sizes[1], fitted[1])));
    const most = Math.max(...digit.flat());
    digit = digit.map((line) => line.map((value) => Math.round((255 * value) / most)));
  }
  const laid = [digit, transpose(digit)].map((lines, axis) => {
    const masses = lines.map((line) => line.reduce((p, q) => p + q));
    const middle = masses.reduce((sum, mass, i) => sum + mass * i, 0) / masses.reduce((p, q) => p + q);
    return Math.min(Math.max(Math.round(SIDE / 2 - middle), 0), SIDE - fitted[axis]);
  });
  const framed = new Float64Array(SIDE * SIDE);
  digit.forEach((line, i) => framed.set(line, (laid[0] + i) * SIDE + laid[1]));
  return { pixels: framed, cut: [top, left], scale: fitted.map((size, axis) => size / sizes[axis]), laid };
}

/** Code for what a unit computes, and for the probabilities that the networks' last numbers make. */
export function inNumPy(logits, { inputs, weights, bias, parts }) {
  const use = parts ? `w = ${array(weights)}\nbias = ${bias}\n`
    + "parts = np.sum(x * w, axis=(0, 1))  # one for each plane\n"
    + "total = parts.sum() + bias\nunit = [*parts, bias, total, max(total, 0)]\n" : "unit = [x.max()]\n";
  return "import numpy as np\n\n# What the dense and the convolutional network say, and the probabilities they give\n"
    + `logits = ${array(logits)}\npowers = np.exp(logits - logits.max(axis=1, keepdims=True))\n`
    + "shares = powers / powers.sum(axis=1, keepdims=True)\n\n# What the unit gets: rows, columns, planes\n"
    + `x = ${array(parts ? inputs : inputs.flat(2).filter(Number.isFinite))}\n${use}`
    + "result = np.array([*shares.ravel(), *unit])\nprint((100 * shares).round(1), result[shares.size:])"
    + (parts ? "\nprint(*np.round([parts.sum(), total, max(total, 0)], 4))" : "");
}
