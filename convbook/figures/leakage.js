// The best of many looks too good: by how much, how often, and what fresh digits say of it.
import { button, drag, drawing, frame, h, isBoolean, isNumber, isWhole, prediction, set, slider, tidy, toggle,
  valuesOf } from "./shared.js";

export const accepts = {
  candidates: isWhole(1, 50), digits: isWhole(300, 10000), claim: isNumber(0, 2), fresh: isBoolean,
  seed: isWhole(0, 9999),
};
const TRUE = 0.98; // what each network is truly worth
const SEARCHES = 1000;
const BINS = 51;
const [WIDTH, LEFT, RIGHT, HIGH] = [480, 14, 466, 130];
const bar = { fill: "var(--link)", "fill-opacity": 0.45, stroke: "var(--link)" };

/** Cumulative probabilities of 0..n right answers of n: each term from its neighbour, outwards from the largest. */
function cumulative(n) {
  const terms = new Float64Array(n + 1);
  const mode = Math.floor((n + 1) * TRUE);
  const odds = TRUE / (1 - TRUE);
  terms[mode] = 1;
  for (let k = mode; k < n; k++) terms[k + 1] = (terms[k] * odds * (n - k)) / (k + 1);
  for (let k = mode; k > 0; k--) terms[k - 1] = (terms[k] * k) / (odds * (n - k + 1));
  const total = terms.reduce((sum, term) => sum + term, 0);
  let sum = 0;
  return terms.map((term) => (sum += term) / total);
}

/** Remember the last result, because dragging asks for the same again and again. */
function remembered(make) {
  let last, result;
  return (...given) => {
    if (String(given) !== last) [last, result] = [String(given), make(...given)];
    return result;
  };
}
const table = remembered(cumulative);

/** Bins of `width` counts, the middle one around the truth; the first count of each. */
function bins(n) {
  const width = Math.max(1, Math.floor(n / 1000 + 0.5));
  const middle = Math.floor(TRUE * n + 0.5) - Math.floor(width / 2);
  return { width, starts: Array.from({ length: BINS }, (_, b) => middle + (b - (BINS - 1) / 2) * width) };
}

/** Exact share of searches in each bin when the best of m is reported. */
function shares(n, m) {
  const below = (k) => (k < 0 ? 0 : table(n)[Math.min(k, n)] ** m);
  const { width, starts } = bins(n);
  return starts.map((start) => below(start + width - 1) - below(start - 1));
}

/** How much too good the best of m looks on average, in points. */
const optimism = remembered((m, n) => {
  const below = table(n);
  let mean = n; // the sum of P(best > k) over all k
  for (let k = 0; k < n; k++) mean -= below[k] ** m;
  return 100 * (mean / n - TRUE);
});

/**
 * How much too good the best looks on average, in points; the chance that it looks at least `claim` points too
 * good, and the same chance on fresh digits; the shares of the bins.
 */
export function compute({ candidates, digits, claim }) {
  const least = Math.ceil(digits * (TRUE + claim / 100) - 1e-9);
  const under = least > digits ? 1 : table(digits)[least - 1];
  return [optimism(candidates, digits), 1 - under ** candidates, 1 - under, ...shares(digits, candidates)];
}

/** A small generator of numbers from 0 to 1 (mulberry32). */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Draw many searches: right answers of each winner on the digits that chose it, and on fresh ones. */
const search = remembered((m, n, seed) => {
  const below = table(n);
  const random = generator(seed);
  const guide = new Uint16Array(1025); // where to begin to look
  for (let i = 0, k = 0; i <= 1024; i++) {
    while (k < n && below[k] < i / 1024) k++;
    guide[i] = k;
  }
  const right = () => {
    const u = random();
    let k = guide[Math.floor(1024 * u)];
    while (k < n && below[k] < u) k++;
    return k;
  };
  return Array.from({ length: SEARCHES }, () => {
    let best = 0;
    for (let i = 0; i < m; i++) best = Math.max(best, right());
    return { best, fresh: right() };
  });
});

export default {
  render({ model, el }) {
    const keys = Object.keys(accepts);
    const now = () => valuesOf(model, keys);
    const many = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
    const points = (value) => `${Number(value.toFixed(2)) > 0 ? "+" : ""}${tidy(value)}`;
    const predict = prediction(model, {
      tolerance: 0.1,
      ask() {
        const { candidates: m, digits } = now();
        const who = m > 1 ? `the best of ${m} equal networks` : "a single network";
        const question = `Place the marker: how many points too good does ${who} look, on average, `
          + `on ${many(digits)} digits?`;
        return { question, answer: optimism(m, digits) };
      },
    });
    const field = predict.querySelector("input[type=number]"); // it and the marker are one
    field.addEventListener("change", () => {
      if (field.value && accepts.claim(Number(field.value))) set(model, { claim: Number(field.value) });
    });
    const another = () => set(model, { seed: (model.get("seed") + 1) % 10000 });
    const again = button(`Another ${many(SEARCHES)} searches`, another);
    again.update = () => {};
    const stage = h("div");

    function draw(open) {
      const { candidates: m, digits: n, claim, fresh, seed } = now();
      const [mean, often, oftenFresh, ...expected] = compute(now());
      const single = shares(n, 1);
      const { width, starts } = bins(n);
      const top = Math.max(...single, ...(open ? expected : []));
      const x = (value) => LEFT + ((RIGHT - LEFT) * (value + 2.2)) / 4.4;
      const edge = (count) => x(100 * ((count - 0.5) / n - TRUE));
      const results = open ? search(m, n, seed) : [];

      function panel(floor, title, exact, counts) {
        const y = (share) => floor - ((HIGH - 10) * share) / top;
        const inside = (start) => edge(start) >= LEFT && edge(start + width) <= RIGHT;
        const seen = (values) => starts.map((start, b) => ({ start, value: values[b] }))
          .filter(({ start, value }) => inside(start) && value > top / 500)
          .map(({ start, value }) => [edge(start), edge(start + width), y(value)]);
        const outline = (values, style) => h("polyline", { fill: "none", "stroke-width": 2.5, ...style,
          points: seen(values).map(([from, to, height]) => `${from},${height} ${to},${height}`).join(" ") });
        const tally = new Array(BINS).fill(0);
        for (const count of counts) tally[Math.floor((count - starts[0]) / width)] += 1 / SEARCHES;
        const drawn = counts.reduce((sum, count) => sum + 100 * (count / n - TRUE), 0) / SEARCHES;
        const hidden = !counts.length;
        return [
          h("text", { x: LEFT, y: floor - HIGH - 14 }, title),
          h("line", { x1: LEFT, x2: RIGHT, y1: floor, y2: floor, stroke: "var(--quiet)" }),
          seen(tally).map(([from, to, height]) => h("rect", { x: from + 0.5, y: height,
            width: to - from - 1, height: floor - height, ...bar })),
          h("line", { x1: x(0), x2: x(0), y1: floor - HIGH, y2: floor, stroke: "var(--ink)" }),
          outline(single, { stroke: "var(--quiet)", "stroke-dasharray": "6 5" }),
          !open ? h("text", { x: x(1.5), y: floor - HIGH / 2, class: "cb-number", fill: "var(--ink)" }, "?") : [
            hidden ? null : outline(exact, { stroke: "var(--ink)" }),
            h("text", { x: LEFT, y: floor - HIGH + 12 }, hidden ? "not asked" : `mean ${points(drawn)}`)],
          h("line", { x1: x(claim), x2: x(claim), y1: floor - HIGH, y2: floor, stroke: "var(--link)",
            "stroke-width": 3 }),
        ];
      }

      const floors = [HIGH + 72, 2 * HIGH + 128];
      const legend = [["one network", "var(--quiet)", "6 5"], ["expected", "var(--ink)", "none"]];
      const picture = drawing(WIDTH, floors[1] + 58,
        `Reported minus true accuracy: above the best of ${m}, below the same network on fresh digits.`,
        legend.map(([text, stroke, dashes], i) => [
          h("line", { x1: LEFT + 170 * i, x2: LEFT + 30 + 170 * i, y1: 12, y2: 12, stroke, "stroke-width": 2.5,
            "stroke-dasharray": dashes }),
          h("text", { x: LEFT + 36 + 170 * i, y: 19 }, text)]),
        h("rect", { x: LEFT + 320, y: 2, width: 22, height: 18, ...bar }),
        h("text", { x: LEFT + 350, y: 19 }, "drawn"),
        panel(floors[0], m > 1 ? `best of ${m}, on the digits that chose it` : "one network", expected,
          results.map(({ best }) => best)),
        panel(floors[1], `the same network, on ${many(n)} fresh digits`, single,
          fresh ? results.map((result) => result.fresh) : []),
        h("circle", { cx: x(claim), cy: floors[1], r: 11, fill: "var(--link)" }),
        [-2, -1, 0, 1, 2].map((value) =>
          h("text", { x: x(value), y: floors[1] + 32, "text-anchor": "middle" }, value ? points(value) : "truth")),
        h("text", { x: (LEFT + RIGHT) / 2, y: floors[1] + 54, "text-anchor": "middle" },
          "reported minus true accuracy, in points"),
      );
      drag(picture, (at) => {
        const value = Math.round(20 * (((at - LEFT) / (RIGHT - LEFT)) * 4.4 - 2.2)) / 20;
        const kept = Math.max(0, Math.min(2, value));
        if (kept !== model.get("claim")) set(model, { claim: kept });
      });
      stage.replaceChildren(picture);
      field.value = claim;

      const shown = (text) => (open ? text : "?");
      const share = (chance) => (chance < 0.001 ? "< 0.1 %" : `${tidy(100 * chance, chance < 0.01 ? 1 : 0)} %`);
      const who = m > 1 ? `The best of ${m} networks` : "A single network";
      const sure = fresh ? ` On fresh digits the winners are ${shown("0")} points off on average; `
        + `${shown(share(oftenFresh))} overstate as much.` : "";
      return `${who} on ${many(n)} digits looks ${shown(points(mean))} points too good on average; `
        + `${shown(share(often))} of such searches overstate by ${tidy(claim)} or more.${sure}`;
    }

    const numpy = () => {
      const { candidates, digits, claim, fresh, seed } = now();
      const drawn = `\nu = (${seed} + 0x6d2b79f5 * np.arange(1, ${SEARCHES} * (m + 1) + 1)).astype(np.uint32)\n`
        + "u = (u ^ (u >> 15)) * (u | 1)  # mulberry32, the page's generator of random numbers\n"
        + "u = (u + (u ^ (u >> 7)) * (u | 61)) ^ u\nu = (u ^ (u >> 14)) / 2**32\n"
        + `drawn = np.searchsorted(one, u).reshape(${SEARCHES}, m + 1)  # of each search the m, and fresh digits\n`
        + "means = [drawn[:, :m].max(axis=1).mean(), drawn[:, m].mean()]\n"
        + `print("drawn:", (100 * (np.array(means${fresh ? "" : "[:1]"}) / n - true)).round(4))`;
      return "import numpy as np\nfrom scipy.stats import binom\n\n"
        + `m, n, true, claim = ${candidates}, ${digits}, ${TRUE}, ${claim}\n`
        + "k = np.arange(n + 1)  # right answers\none = binom.cdf(k, n, true)\n"
        + "best = np.diff(one**m, prepend=0)  # all m have at most k, but not all at most k - 1\n"
        + "optimism = 100 * (best @ k / n - true)\nenough = k >= n * (true + claim / 100) - 1e-9\n"
        + "width = max(1, int(n / 1000 + 0.5))\nmiddle = int(true * n + 0.5) - width // 2\n"
        + `edges = middle + width * np.arange(-${(BINS - 1) / 2}, ${(BINS - 1) / 2 + 2}) - 0.5\n`
        + "shares, _ = np.histogram(k, edges, weights=best)\n"
        + "chance, fresh = best[enough].sum(), binom.pmf(k, n, true)[enough].sum()\n"
        + "result = np.array([optimism, chance, fresh, *shares])\nprint((result[:3] * [1, 100, 100]).round(4))" + drawn;
    };

    return frame(model, el, {
      title: "The best of many", hint: "Drag the marker.", keys, stage, draw, numpy, predict,
      controls: [slider(model, "candidates", "Networks tried", { min: 1, max: 50 }),
        slider(model, "digits", "Validation digits", { min: 300, max: 10000, step: 100, show: many }),
        slider(model, "claim", "Marker", { min: 0, max: 2, step: 0.05, show: points }),
        toggle(model, "fresh", "Ask fresh digits"), again],
    });
  },
};
