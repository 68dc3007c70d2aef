// Where would you stop? The lecture's two logs, uncovered epoch by epoch.
import { array, drag, drawing, frame, h, isBoolean, isOneOf, isWhole, menu, prediction, set, slider, tidy,
  toggle } from "./shared.js";

export const accepts = {
  network: isOneOf("dense", "cnn"), stop: isWhole(1, 60), shift: isBoolean, band: isBoolean,
};
const NAMES = { dense: "dense network", cnn: "convolutional network" };
const [WIDTH, LEFT, RIGHT, HIGH] = [480, 64, 466, 170];
const percent = (share) => `${(100 * share).toFixed(2)} %`;

/** The log that is shown, its number of epochs, and the epoch to stop after. */
function chosen({ logs, network, stop }) {
  const log = logs[network];
  return { log, count: log.loss.length, stop: Math.min(stop, log.loss.length) };
}

/** What the training curve reads at the end of an epoch, when its points stand half an epoch earlier. */
function atEnd(values, epoch, shift) {
  const before = values[epoch - 1];
  return shift ? (before + (values[epoch] ?? before)) / 2 : before;
}

/**
 * Epoch of the lowest validation loss and of the highest accuracy; last loss over lowest; loss and accuracy
 * at the marker; training minus validation accuracy there; 1.96 standard errors; epochs that lie so near.
 */
export function compute(state) {
  const { log, stop } = chosen(state);
  const lowest = Math.min(...log.val_loss);
  const accuracy = log.val_accuracy[stop - 1];
  const reach = 1.96 * Math.sqrt((accuracy * (1 - accuracy)) / state.digits);
  return [
    log.val_loss.indexOf(lowest) + 1, log.val_accuracy.indexOf(Math.max(...log.val_accuracy)) + 1,
    log.val_loss.at(-1) / lowest, log.val_loss[stop - 1], accuracy,
    atEnd(log.accuracy, stop, state.shift) - accuracy, reach,
    log.val_accuracy.filter((value) => Math.abs(value - accuracy) <= reach).length,
  ];
}

export default {
  render({ model, el }) {
    const keys = Object.keys(accepts);
    const now = () => Object.fromEntries([...keys, "logs", "digits"].map((key) => [key, model.get(key)]));
    const predict = prediction(model, {
      ask() {
        const { network, logs } = now();
        const question = `Place the marker: after which of the ${logs[network].loss.length} epochs `
          + `is the ${NAMES[network]}'s validation loss lowest?`;
        return { key: JSON.stringify([network, logs[network].val_loss]), question, answer: compute(now())[0] };
      },
    });
    const field = predict.querySelector("input[type=number]"); // it and the marker are one
    field.addEventListener("input", () => {
      const epoch = Number(field.value);
      if (accepts.stop(epoch) && epoch !== model.get("stop")) set(model, { stop: epoch });
    });
    const marker = slider(model, "stop", "Stop after epoch", { min: 1, max: 20 });
    const band = toggle(model, "band", "Band of ±1.96 standard errors");
    const shift = toggle(model, "shift", "Training half an epoch earlier");
    const stage = h("div");

    function draw(open) {
      const state = now();
      const { log, count, stop } = chosen(state);
      const [lossEpoch, accuracyEpoch, growth, loss, accuracy, gap, reach, near] = compute(state);
      const seen = open ? count : Math.min(stop, Math.floor(count / 2)); // the later half stays covered
      const x = (epoch) => LEFT + ((RIGHT - LEFT) * epoch) / count;
      const line = (y, values, shifted, style) => h("polyline", { fill: "none", "stroke-width": 3, ...style,
        points: values.slice(0, seen).map((v, i) => `${x(i + 1 - shifted)},${y(v)}`).join(" ") });

      function panel(top, name, digits, best, low, high, show) {
        const y = (value) => top + HIGH * (1 - (value - low) / (high - low));
        const validation = log[`val_${name}`];
        const mark = validation[best - 1];
        const left = best > 0.7 * count;
        return [
          h("text", { x: LEFT, y: top - 12 }, name === "loss" ? name : "accuracy (%)"),
          h("line", { x1: x(stop), x2: x(stop), y1: top, y2: top + HIGH, stroke: "var(--link)", "stroke-width": 3 }),
          [low, (low + high) / 2, high].map((value) => [
            h("line", { x1: LEFT, x2: RIGHT, y1: y(value), y2: y(value), stroke: "var(--line)" }),
            h("text", { x: LEFT - 6, y: y(value) + 7, "text-anchor": "end" }, show(value))]),
          name === "accuracy" && state.band && stop <= seen ? h("rect", { x: LEFT, width: x(seen) - LEFT,
            y: y(accuracy + reach), height: y(accuracy - reach) - y(accuracy + reach),
            fill: "var(--link)", opacity: 0.25 }) : null,
          line(y, log[name], state.shift / 2, { stroke: "var(--quiet)", "stroke-dasharray": "7 5" }),
          line(y, validation, 0, { stroke: "var(--ink)" }),
          validation.slice(0, seen).map((value, i) =>
            h("circle", { cx: x(i + 1), cy: y(value), r: i + 1 === stop ? 7 : 3.5,
              fill: i + 1 === stop ? "var(--link)" : "var(--ink)" })),
          seen < count ? [
            h("rect", { x: x(seen) + 9, y: top, width: RIGHT - x(seen) - 9, height: HIGH, fill: "var(--back)" }),
            h("text", { x: (x(seen) + RIGHT) / 2, y: top + HIGH / 2, class: "cb-number",
              fill: "var(--ink)" }, "?")] : null,
          open ? [
            h("circle", { cx: x(best), cy: y(mark), r: 12, fill: "none", stroke: "var(--ink)", "stroke-width": 2.5 }),
            h("text", { x: x(best) + (left ? -16 : 0), y: y(mark) + (name === "loss" ? -22 : 42),
              "text-anchor": left ? "end" : "middle", // the marker passes behind the words
              style: "paint-order: stroke; stroke: var(--page); stroke-width: 8px; stroke-linejoin: round" },
              `${name === "loss" ? "lowest" : "highest"}: ${best}`)] : null,
        ];
      }

      const tops = [56, 56 + HIGH + 56];
      const bottom = tops[1] + HIGH;
      const top = Math.ceil(Math.max(...log.loss, ...log.val_loss) * 20) / 20;
      const floor = Math.floor(Math.min(...log.accuracy, ...log.val_accuracy) * 50) / 50;
      const picture = drawing(WIDTH, bottom + 56,
        `Loss above, accuracy below, of the ${NAMES[state.network]}; training dashed, validation solid; `
        + `uncovered: ${seen} of ${count} epochs.`,
        panel(tops[0], "loss", 4, lossEpoch, 0, top, (v) => tidy(v, 3)),
        panel(tops[1], "accuracy", 2, accuracyEpoch, floor, 1, (v) => `${tidy(100 * v, 1)}`),
        [["training", "7 5", "var(--quiet)"], ["validation", "none", "var(--ink)"]].map(([text, dashes, stroke], i) => [
          h("line", { x1: 160 + 150 * i, x2: 190 + 150 * i, y1: 20, y2: 20, stroke, "stroke-width": 3,
            "stroke-dasharray": dashes }),
          h("text", { x: 196 + 150 * i, y: 27 }, text)]),
        h("circle", { cx: x(stop), cy: bottom, r: 11, fill: "var(--link)" }),
        [0, 0.25, 0.5, 0.75, 1].map((share) =>
          h("text", { x: x(share * count), y: bottom + 30, "text-anchor": "middle" }, tidy(share * count))),
        h("text", { x: (LEFT + RIGHT) / 2, y: bottom + 52, "text-anchor": "middle" }, "epochs of training"),
      );
      drag(picture, (at) => {
        const epoch = Math.max(1, Math.min(count, Math.round(((at - LEFT) / (RIGHT - LEFT)) * count)));
        if (epoch !== model.get("stop")) set(model, { stop: epoch });
      });
      stage.replaceChildren(picture);
      marker.update({ max: count });
      field.value = stop;

      const seenHere = stop <= seen;
      const here = `Stop after epoch ${stop}: validation loss ${seenHere ? loss.toFixed(4) : "?"}, accuracy `
        + `${seenHere ? percent(accuracy) : "?"} (training: ${seenHere ? `${tidy(100 * Math.abs(gap))} points `
        + `${gap < 0 ? "less" : "more"}` : "?"}). `;
      const chance = ` Within ±${tidy(100 * reach)} points of the marker's accuracy ${near > 1 ? "lie" : "lies"} `
        + `${near} of ${count} epochs.`;
      if (!open) return `${here}Lowest loss after epoch ?, highest accuracy after epoch ?.`;
      return `${here}The loss is lowest after epoch ${lossEpoch} and ends ${growth.toFixed(1)} times as high; `
        + `the accuracy is highest after epoch ${accuracyEpoch}.${state.band ? chance : ""}`;
    }

    const numpy = () => {
      const state = now();
      const { log, stop } = chosen(state);
      return `import numpy as np\n\naccuracy = ${array(log.accuracy)}  # training\n`
        + `val_loss = ${array(log.val_loss)}\nval_accuracy = ${array(log.val_accuracy)}\n`
        + `stop, digits, shift = ${stop}, ${state.digits}, ${state.shift ? 0.5 : 0}\n`
        + "epochs = np.arange(1, len(val_loss) + 1)\nhere = val_accuracy[stop - 1]\n"
        + "training = np.interp(stop, epochs - shift, accuracy)\n"
        + "reach = 1.96 * np.sqrt(here * (1 - here) / digits)  # 1.96 standard errors\n"
        + "near = np.sum(np.abs(val_accuracy - here) <= reach)\n"
        + "best = epochs[val_loss.argmin()], epochs[val_accuracy.argmax()]\n"
        + "result = np.array([*best, val_loss[-1] / val_loss.min(), val_loss[stop - 1],\n"
        + "                   here, training - here, reach, near])\n"
        + "print(*best, *result[2:4], *100 * result[4:7], near)";
    };

    return frame(model, el, {
      title: "Where would you stop?", hint: "Drag the marker.", keys, stage, draw, numpy, predict,
      controls: [menu(model, "network", "Network", { dense: "Dense", cnn: "Convolutional" }), marker, band, shift],
    });
  },
};
