// Softmax bench: four logits, their probabilities, the loss, and what becomes of it with one softmax too many.
import { array, drag, drawing, frame, h, isBoolean, isList, isNumber, isWhole, numbers, prediction, set, signed,
  slider, softmax, tidy, toggle, valuesOf } from "./shared.js";

export const accepts = {
  logits: isList(4, 4, -6, 6), temperature: isNumber(0.25, 4), truth: isWhole(0, 3),
  twice: isBoolean, taken: isBoolean,
};
const [MIDDLE, REACH, MOST] = [94, 66, 6]; // of the logits: the place of 0, the length of the longest bar, its value
const [LEFT, TOP, ROW] = [176, 40, 44]; // of the probabilities
const [AXIS, UNIT] = [TOP + 4 * ROW + 40, 130]; // of the loss: its height, and the length of 1

/** What each softmax makes of the logits, from the first to the last; and what the loss is. */
function run({ logits, temperature, truth, twice, taken }) {
  const inputs = [logits.map((value) => value / temperature)];
  for (let n = 0; n < 1 + twice + taken; n++) inputs.push(softmax(inputs.at(-1)));
  const [last, result] = inputs.slice(-2);
  const most = Math.max(...last); // -log softmax, without a quotient that could become 0
  const loss = Math.log(last.reduce((sum, value) => sum + Math.exp(value - most), 0)) + most - last[truth];
  return { stages: inputs.slice(1), result, loss };
}

/** The loss of a network as sure as can be and right, for a number of classes. */
function floor({ twice, taken }, classes = 4) {
  let sure = Array.from({ length: classes }, (_, i) => Number(i === 0));
  for (let n = 0; n < twice + taken; n++) sure = softmax(sure);
  return -Math.log(sure[0]);
}

export function compute(state) {
  const { stages, result, loss } = run(state);
  return [...stages[0], ...result, loss, floor(state)];
}

const text = (x, y, words, more = {}) => h("text", { x, y, style: "font-size: 15.5px", ...more }, words);
const small = (value) => (value < 0.001 ? value.toExponential(1).replace("-", "−") : tidy(value, 3));

const slip = ({ twice, taken }) => {
  if (twice) return `softmax twice${taken ? " and its result taken for logits" : ""}`;
  return taken ? "probabilities taken for logits" : "one softmax";
};

/** The axis of the loss: what no logits reach, what a guess costs, and where the loss is. */
function meter(least, loss) {
  const x = (value) => 4 + UNIT * Math.min(value, 3);
  const line = (at, down, more) => h("line", { x1: x(at), y1: AXIS - 8, x2: x(at), y2: AXIS + down,
    stroke: "var(--ink)", ...more });
  const at = Math.min(Math.max(x(loss), 40), 350);
  const words = loss > 3 ? `loss ${tidy(loss, 3)} →` : `loss ${tidy(loss, 3)}`;
  return [
    h("rect", { x: x(0), y: AXIS - 6, width: x(least) - x(0), height: 12, fill: "var(--line)" }),
    h("line", { x1: x(0), y1: AXIS, x2: x(3), y2: AXIS, stroke: "var(--ink)" }),
    [0, 1, 2, 3].map((value) => [line(value, 5), text(x(value), AXIS + 22, value, { "text-anchor": "middle" })]),
    line(Math.log(4), 30, { "stroke-dasharray": "4 3" }),
    text(x(Math.log(4)) - 30, AXIS + 44, "ln 4: all four alike"),
    least > 0.1 ? text(4, AXIS + 44, "grey: out of reach") : [],
    h("path", { d: `M${x(loss)},${AXIS - 3}l-9,-14h18z`, fill: "var(--link)" }),
    text(at, AXIS - 23, words, { "text-anchor": "middle", "font-weight": 700 }),
  ].flat(2);
}

export default {
  render({ model, el }) {
    const keys = Object.keys(accepts);
    const now = () => valuesOf(model, keys);
    const predict = prediction(model, {
      tolerance: 0.05,
      ask: () => ({ question: `With ${slip(now())}: how low can the loss get, however you set the logits?`,
        answer: floor(now()) }),
    });
    const picture = drawing(400, AXIS + 50, "");
    drag(picture, (x, y) => {
      if (x > LEFT - 6 || y > TOP + 4 * ROW) return;
      const row = Math.max(0, Math.floor((y - TOP) / ROW));
      const value = Math.max(-MOST, Math.min(MOST, Math.round((2 * MOST * (x - MIDDLE)) / REACH) / 2));
      const logits = model.get("logits").map((old, i) => (i === row ? value : old));
      if (value !== model.get("logits")[row]) set(model, { logits });
    });

    function draw(open) {
      const state = now();
      const { logits, temperature, truth, taken } = state;
      const { stages, result, loss } = run(state);
      const least = floor(state);
      const last = stages.length - 1;
      const wide = (400 - LEFT) / stages.length; // of a column of probabilities
      const title = (n) => (n === 0 ? "softmax" : taken && n === last ? "in the loss" : "again");
      const rows = logits.flatMap((value, i) => {
        const y = TOP + ROW * i;
        const bold = { "font-weight": i === truth ? 700 : 400 };
        const end = MIDDLE + (REACH * value) / MOST;
        const bar = { x: Math.min(MIDDLE, end), y: y + 20, width: Math.abs(end - MIDDLE), height: 14 };
        return [
          text(0, y + 32, `${i}${i === truth ? " ◂" : ""}`, bold),
          text(MIDDLE, y + 14, tidy(value), { "text-anchor": "middle", ...bold }),
          h("rect", { x: MIDDLE - REACH, y: y + 26, width: 2 * REACH, height: 2, fill: "var(--line)" }),
          h("rect", { ...bar, fill: signed(value, MOST).fill, stroke: "var(--ink)" }),
          h("circle", { cx: end, cy: y + 27, r: 8, fill: "var(--link)" }),
          stages.map((shares, n) => {
            const box = { x: LEFT + wide * n, y: y + 20, width: wide - 10, height: 14 };
            const fill = i === truth ? "var(--link)" : "var(--quiet)";
            const part = { width: open ? box.width * shares[i] : 0, fill };
            return [text(box.x, y + 14, open ? tidy(shares[i], 3) : "?", bold),
              h("rect", { ...box, fill: "none", stroke: "var(--line)" }), h("rect", { ...box, ...part })];
          }),
        ].flat(2);
      });
      picture.replaceChildren(
        h("title", {}, "Four logits as bars to both sides of zero, the probabilities they become, and the loss."),
        text(MIDDLE, 18, "logits", { "text-anchor": "middle" }),
        ...stages.map((_, n) => text(LEFT + wide * n, 18, title(n))), ...rows,
        ...(open ? meter(least, loss) : [text(4, AXIS, "How low can the loss get?")]),
      );
      const share = open ? small(result[truth]) : "?";
      const cool = temperature === 1 ? "" : ` at temperature ${temperature}`;
      const so = `Logits ${logits.map((value) => tidy(value)).join(", ")}${cool}: the true class ${truth} `
        + `gets ${share}, the loss is −ln ${share} = ${open ? tidy(loss, 3) : "?"}. `;
      if (!open) return `${so}How low it can get is yours to say.`;
      if (least === 0) return `${so}With one softmax, surer logits bring it as near to 0 as you like.`;
      return `${so}With ${slip(state)}, no logits bring it below ${tidy(least, 3)}; with ten classes, `
        + `none below ${tidy(floor(state, 10), 3)}.`;
    }

    const numpy = () => {
      const { logits, temperature, truth, twice, taken } = now();
      return `import numpy as np\n\nlogits, temperature, truth = ${array(logits)}, ${temperature}, ${truth}\n`
        + `more = ${twice + taken}  # softmaxes after the first: ${slip(now())}\n\n`
        + "def softmax(z):\n    powers = np.exp(z - z.max())\n    return powers / powers.sum()\n\n"
        + "last = first = softmax(logits / temperature)\nsurest, ten = np.eye(4)[0], np.eye(10)[0]\n"
        + "for _ in range(more):\n    last, surest, ten = softmax(last), softmax(surest), softmax(ten)\n"
        + "loss, floor, floor_of_ten = -np.log([last[truth], surest[0], ten[0]])\n"
        + "result = np.hstack([first, last, loss, floor])\nprint(first, last, loss, floor, floor_of_ten)";
    };

    const heat = slider(model, "temperature", "Temperature", { min: 0.25, max: 4, step: 0.25 });
    const truth = slider(model, "truth", "True class", { min: 0, max: 3 });
    for (const node of [heat, truth]) node.querySelector("input").style.width = "9rem"; // the number fits beside it
    return frame(model, el, {
      title: "Softmax bench", hint: "Drag a dot to change a logit.", keys, stage: picture, draw, numpy, predict,
      controls: [toggle(model, "twice", "Softmax twice"), toggle(model, "taken", "Probabilities taken for logits"),
        numbers(model, "logits", "Logits", { min: -MOST, max: MOST, step: 0.5 }), heat, truth],
    });
  },
};
