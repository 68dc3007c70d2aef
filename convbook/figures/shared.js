// What all figures share: arithmetic, parts of a page, and the frame around each figure.

// Arithmetic, as in convbook.ops. Signals are arrays, images arrays of rows.

/** Sum x[i + k] w[k] for all i; outside the signal x is 0. "valid": windows inside; "full": all. */
export function correlate1d(x, w, mode = "valid") {
  const first = mode === "full" ? 1 - w.length : 0;
  const count = x.length - w.length + 1 - 2 * first;
  return Array.from({ length: Math.max(count, 0) }, (_, i) =>
    w.reduce((sum, weight, k) => sum + weight * (x[i + first + k] ?? 0), 0),
  );
}

/** Sum x[n] w[i - n]: correlation with the kernel flipped. */
export const convolve1d = (x, w, mode = "full") => correlate1d(x, w.toReversed(), mode);

/** Sum X[i + a][j + b] K[a][b] for the windows that lie inside. */
export function correlate2d(image, kernel) {
  const [kh, kw] = [kernel.length, kernel[0].length];
  const result = [];
  for (let i = 0; i + kh <= image.length; i++) {
    const row = [];
    for (let j = 0; j + kw <= image[0].length; j++) {
      let sum = 0;
      for (let a = 0; a < kh; a++)
        for (let b = 0; b < kw; b++) sum += image[i + a][j + b] * kernel[a][b];
      row.push(sum);
    }
    result.push(row);
  }
  return result;
}

/** Exponentials, divided by their sum. */
export function softmax(logits) {
  const most = Math.max(...logits);
  const powers = Array.from(logits, (z) => Math.exp(z - most));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}

export const flip2d = (kernel) => kernel.toReversed().map((row) => row.toReversed());

// Parts of a page

const SVG = new Set("svg g rect circle line path polyline text title".split(" "));

/** Make an element: h("button", {class: "x", onclick}, "text", node, ...). */
export function h(tag, attributes = {}, ...children) {
  const element = SVG.has(tag)
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && !SVG.has(tag)) element[name] = value;
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child != null));
  // JupyterLab takes keys away from whatever does not ask for them itself.
  if (element.matches("button, input, select, [tabindex]")) element.dataset.lmSuppressShortcuts = "true";
  return element;
}

let ids = 0;

function labelled(text, control, extra) {
  control.id ||= `cb-${++ids}`;
  return h("div", { class: "cb-control" }, h("label", { htmlFor: control.id }, text), control, extra);
}

/** A slider whose value is a number of the model; of one beyond its range it shows the range's end. */
export function slider(model, name, text, { min, max, step = 1, show = String }) {
  const out = h("output");
  const input = h("input", {
    type: "range", min, max, step,
    oninput: () => set(model, { [name]: Number(input.value) }),
  });
  const node = labelled(text, input, out);
  node.update = (range = {}) => {
    Object.assign(input, range);
    input.value = model.get(name);
    out.textContent = show(Math.min(model.get(name), input.max));
    if (model.get(name) > input.max) input.dataset.beyond = name;
    else delete input.dataset.beyond;
    input.setAttribute("aria-valuetext", out.textContent);
  };
  return node;
}

/** A check box whose state is a boolean of the model. */
export function toggle(model, name, text) {
  const input = h("input", { type: "checkbox", onchange: () => set(model, { [name]: input.checked }) });
  const node = h("label", { class: "cb-control cb-toggle" }, input, text);
  node.update = () => (input.checked = model.get(name));
  return node;
}

/** A menu; options: {value: text}. */
export function menu(model, name, text, options) {
  const entries = Object.entries(options).map(([value, label]) => h("option", { value }, label));
  const select = h("select", { onchange: () => set(model, { [name]: select.value }) }, entries);
  const node = labelled(text, select);
  node.update = () => (select.value = model.get(name));
  return node;
}

/** Number fields for a list of the model, or for a list of lists. */
export function numbers(model, name, text, { min = -9, max = 9, step = 1 } = {}) {
  const grid = h("div", { class: "cb-grid", role: "group", ariaLabel: text });
  const refused = h("span", { class: "cb-hint", role: "status" });
  const node = h("div", { class: "cb-control" }, h("span", {}, text), grid, refused);
  const rows = () => (Array.isArray(model.get(name)[0]) ? model.get(name) : [model.get(name)]);
  const write = (i, j, value) => {
    const fresh = rows().map((row) => [...row]);
    fresh[i][j] = value;
    set(model, { [name]: Array.isArray(model.get(name)[0]) ? fresh : fresh[0] });
  };
  node.update = () => {
    const [height, width] = [rows().length, rows()[0].length];
    grid.style.gridTemplateColumns = `repeat(${width}, minmax(44px, 56px))`;
    if (grid.childElementCount !== height * width) {
      grid.replaceChildren(
        ...rows().flatMap((row, i) =>
          row.map((_, j) => {
            const place = height > 1 ? `row ${i}, column ${j}` : `${j}`;
            const input = h("input", {
              type: "number", min, max, step, ariaLabel: `${text} ${place}`,
              onchange: () => {
                const value = input.value === "" ? NaN : Number(input.value);
                if (value >= min && value <= max) return write(i, j, value);
                node.update();
                refused.textContent = `Only numbers from ${tidy(min)} to ${tidy(max)}.`;
              },
            });
            return input;
          }),
        ),
      );
    }
    rows().flat().forEach((value, i) => (grid.children[i].value = Number(value.toFixed(2))));
    refused.textContent = "";
  };
  return node;
}

export const button = (text, onclick) => h("button", { type: "button", onclick }, text);

/** Write a number as short as it can be. */
export const tidy = (value, digits = 2) => String(Number(value.toFixed(digits))).replace("-", "−");

/** A number with at most three digits, for a cell; sentences and tables have them all. */
export const short = (value) => tidy(value, Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0);

/** Colours of a signed value: orange above 0, purple below, white at 0; and what is legible on it. */
export function signed(value, limit) {
  const share = limit ? Math.min(Math.abs(value) / limit, 1) : 0;
  const [deep, mid] = value > 0 ? [[127, 59, 8], [241, 163, 64]] : [[45, 0, 75], [153, 142, 195]];
  const from = share < 0.5 ? [247, 247, 247] : mid;
  const to = share < 0.5 ? mid : deep;
  const part = share < 0.5 ? share * 2 : share * 2 - 1;
  const colour = from.map((c, i) => Math.round(c + (to[i] - c) * part));
  return { fill: `rgb(${colour})`, ink: share > (value > 0 ? 0.8 : 0.62) ? "#fff" : "#000" };
}

/** Colours of a brightness between 0 and `limit`. */
export function bright(value, limit = 1) {
  const level = Math.round(255 * Math.min(Math.max(value / limit, 0), 1));
  return { fill: `rgb(${level},${level},${level})`, ink: level > 117 ? "#000" : "#fff" };
}

/** How wide a number is in a wide font, in shares of the font's size. */
const wide = (text) => [...String(text)].reduce((sum, sign) => sum + ({ ".": 0.33, "−": 0.84 }[sign] ?? 0.64), 0);

/** A `cell` whose number is of another size: that of its font, or what the cell has room for. */
export function numbered(font, x, y, size, text, { fill, ink }, attributes = {}) {
  const box = { x: x + 1, y: y + 1, width: size - 2, height: size - 2, rx: 3, fill, ...attributes };
  const fits = Math.min(font, (size - 2) / wide(text));
  const middle = { x: x + size / 2, y: y + size / 2, fill: ink, class: "cb-number", style: `font-size: ${fits}px` };
  return h("g", {}, h("rect", box), h("text", middle, text));
}

/** A square with a number in it; size is its side, in the units of the drawing. */
export const cell = (...place) => numbered(20, ...place);

/** A drawing, a quarter larger than its units and not wider than `--widest`; `title` says what is seen. */
export const drawing = (width, height, title, ...children) => {
  const style = `max-width: min(${1.25 * width}px, var(--widest))`;
  return h("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", style }, h("title", {}, title), children);
};

/**
 * Call `move(x, y)` in units of the drawing while a pointer drags on `svg`, also when `move` replaces it. A finger may
 * be about to scroll the page: where it does not paint, it acts once it goes sideways, or when it is lifted (a tap).
 */
export function drag(svg, move) {
  svg.classList.add("cb-drag");
  svg.addEventListener("pointerdown", (start) => {
    if (start.button) return; // not the main one
    const toDrawing = svg.getScreenCTM().inverse();
    const at = (event) => {
      const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(toDrawing);
      move(x, y);
    };
    let waits = start.pointerType === "touch" && getComputedStyle(svg).touchAction !== "none";
    const end = new AbortController();
    const listen = (name, use) => addEventListener(name, (event) => {
      if (event.pointerId === start.pointerId) use(event);
    }, { signal: end.signal });
    listen("pointermove", (event) => {
      const [across, along] = [event.clientX - start.clientX, event.clientY - start.clientY].map(Math.abs);
      waits &&= across <= Math.max(along, 4);
      if (!waits) at(event);
    });
    listen("pointerup", (event) => {
      end.abort();
      if (waits) at(event);
    });
    listen("pointercancel", () => end.abort());
    if (!waits) at(start);
  });
}

/** Change the model, and tell Python if there is one. */
export function set(model, changes) {
  for (const [name, value] of Object.entries(changes)) model.set(name, value);
  model.save_changes();
}

/** The values of a model, by name: a figure's state. */
export const valuesOf = (model, names) => Object.fromEntries(names.map((name) => [name, model.get(name)]));

/** Lay out a list or a list of lists as NumPy reads it. */
export function array(values) {
  return `np.array(${JSON.stringify(values).replaceAll(",", ", ")})`;
}

/**
 * The question that comes before an answer. `ask()` gives {question, answer}, the answer a number
 * or one of `options`, and a `key` where the question alone does not tell one state from another.
 * `open(key)` tells whether the answer may be seen, of `ask()` if none is named.
 */
export function prediction(model, { ask, options, tolerance = 0.01 }) {
  const said = new Map(); // to each question that the reader has answered
  const question = h("span");
  const field = options
    ? h("select", {}, options.map((option) => h("option", {}, option)))
    : h("input", { type: "number", step: "any" });
  const verdict = h("span", { role: "status" });
  const keyOf = (asked) => asked.key ?? asked.question;
  const commit = (event) => {
    event.preventDefault();
    if (field.value === "") {
      verdict.textContent = "A number, please.";
      return field.focus();
    }
    const asked = ask();
    const { answer } = asked;
    const right = options ? field.value === answer : Math.abs(Number(field.value) - answer) <= tolerance;
    const told = right ? "Right." : `It is ${options ? answer : tidy(answer)}.`;
    said.set(keyOf(asked), `You said ${field.value}. ${told}`);
    node.redraw();
  };
  const form = h("form", { class: "cb-predict", onsubmit: commit },
    labelled(question, field), h("button", { type: "submit" }, "Commit"), verdict);
  const off = h("input", { type: "checkbox", checked: true, onchange: () => node.redraw() });
  const node = h("div", {}, h("label", { class: "cb-control cb-toggle" }, off, "Predict first"), form);
  node.open = (key) => !off.checked || said.has(key ?? keyOf(ask()));
  node.reset = () => {
    said.clear();
    off.checked = true;
    if (!options) field.value = "";
  };
  node.update = () => {
    form.hidden = !off.checked;
    const asked = ask(); // once: for the digit pad that is a pass through both networks
    question.textContent = asked.question;
    verdict.textContent = said.get(keyOf(asked)) ?? "";
  };
  return node;
}

const STYLE = `
.cb-figure { --ink: var(--pst-color-text-base, var(--jp-ui-font-color1, #222));
  --quiet: var(--pst-color-text-muted, var(--jp-ui-font-color2, #555));
  --line: var(--pst-color-border, var(--jp-border-color1, #bbb));
  --back: var(--pst-color-surface, var(--jp-layout-color2, #f3f4f5));
  --page: var(--pst-color-background, var(--jp-layout-color1, #fff));
  --link: var(--pst-color-primary, var(--jp-brand-color1, #0b62a5));
  color: var(--ink); border: 1px solid var(--line); border-radius: 6px; padding: min(0.75rem, 2vw);
  font-size: 1rem; line-height: 1.4; max-width: 44rem; container-type: inline-size;
  box-sizing: border-box; min-width: 272px; } /* its words do not widen a container: beside others it keeps this */
.cb-figure svg { display: block; width: 100%; height: auto; margin: 0.5rem 0; overflow: visible; --widest: 500px; }
.cb-figure svg.cb-drag { touch-action: pan-y; cursor: grab; user-select: none; } /* up and down scrolls the page */
.cb-figure svg text { font-family: inherit; font-size: 20px; fill: var(--ink); }
.cb-figure svg text.cb-number { text-anchor: middle; dominant-baseline: central; fill: revert-layer; }
.cb-figure .cb-parts { display: flex; flex-wrap: wrap; gap: 0 1rem; align-items: flex-start; }
.cb-figure .cb-parts > * { flex: 1 1 280px; min-width: 0; }
.cb-figure .cb-apart { row-gap: 0.5rem; margin-top: 0.5rem; }
.cb-figure .cb-apart > * { max-width: 330px; }
.cb-figure .cb-controls { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; align-items: center; }
.cb-figure .cb-control, .cb-figure form { display: flex; flex-wrap: wrap; gap: 0.25rem 0.5rem; align-items: center;
  min-height: 44px; min-width: 0; margin: 0; }
.cb-figure form { margin-bottom: 0.5rem; }
.cb-figure form[hidden] { display: none; }
.cb-figure form .cb-control { display: contents; } /* the question fills a line, its field and button another */
.cb-figure form label { flex-basis: 100%; }
.cb-figure .cb-hint { color: var(--quiet); font-size: 0.9rem; margin: 0; }
.cb-figure .cb-control > .cb-hint:not(:empty) { flex-basis: 100%; }
.cb-figure caption { caption-side: top; text-align: left; color: var(--quiet); padding: 0; }
.cb-figure label { margin: 0; }
.cb-figure .cb-grid { display: grid; gap: 2px; }
.cb-figure button, .cb-figure select, .cb-figure input[type="number"] { min-height: 44px; min-width: 44px;
  font: inherit; color: var(--ink); background: var(--back); border: 1px solid var(--quiet);
  border-radius: 4px; padding: 0 0.5rem; }
.cb-figure select, .cb-figure input[type="number"] { background: var(--page); } /* buttons are grey */
.cb-figure select { max-width: 100%; }
.cb-figure .cb-grid input { padding: 0; text-align: center; width: 100%; -moz-appearance: textfield; }
.cb-figure form input[type="number"] { width: 6rem; }
.cb-figure .cb-control:has(> input[type="range"]) { flex-wrap: nowrap; }
.cb-figure input[type="range"] { width: 12rem; min-width: 5rem; height: 44px; accent-color: var(--link); }
.cb-figure input[type="checkbox"] { width: 24px; height: 24px; margin: 0; accent-color: var(--link); }
.cb-figure .cb-toggle { flex-wrap: nowrap; min-width: 44px; cursor: pointer; }
.cb-figure .cb-tools { margin-top: 0.5rem; padding-top: 0.5rem; border-top: 1px solid var(--line); gap: 0.5rem; }
.cb-figure button { cursor: pointer; }
.cb-figure button[aria-disabled="true"] { color: var(--quiet); border-color: var(--line); cursor: default; }
.cb-figure :focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.cb-figure .cb-state { margin: 0.5rem 0; font-weight: 600; min-height: 2.8em; }
.cb-figure table { border-collapse: collapse; margin: 0.25rem 0; width: auto; font-variant-numeric: tabular-nums; }
.cb-figure th, .cb-figure td { padding: 0.1rem 0.5rem; text-align: right; border-bottom: 1px solid var(--line); }
@container (max-width: 575px) { /* here two parts of a figure do not fit side by side */
  .cb-figure svg { --widest: 420px; } /* or the room to keep would be another at each width */
  .cb-figure table { font-size: 0.85rem; }
  .cb-figure :is(th, td) { padding: 0.1rem 0.3rem; }
  .cb-figure .cb-tight :is(th, td) { padding: 0.1rem 0 0.1rem 0.2rem; }
  .cb-figure .cb-tight :is(th, td):nth-child(n + 5) { padding-left: 0.5rem; }
  .cb-figure .cb-control:has(> input[type="range"]) { flex: 1 1 100%; }
  .cb-figure .cb-control > input[type="range"] { flex: 1 1 5rem; }
}
@container (max-width: 15rem) { /* enlarged words: a slider comes below its name */
  .cb-figure .cb-control:has(> input[type="range"]) { flex-wrap: wrap; }
  .cb-figure .cb-control:has(> input[type="range"]) > label { flex-basis: 100%; }
}
.cb-figure .cb-outside { color: var(--quiet); font-style: italic; }
.cb-figure .cb-scroll { overflow-x: auto; }
.cb-figure pre { margin: 0.5rem 0 0; padding: 0.5rem; background: var(--back); overflow-x: auto; font-size: 0.85rem; }
`;

/**
 * Put a figure into `el` and keep it in step with the model.
 *
 * parts: {title, hint: what can be dragged, controls: [nodes with update()], stage: node,
 * draw(open): string, numpy(): code, predict: a prediction}. `draw` brings the stage up to date and
 * returns the sentence that states what is seen.
 */
export function frame(model, el, parts) {
  const { title, hint, controls, stage, draw, numpy, predict } = parts;
  const state = h("p", { class: "cb-state", role: "status" });
  const code = h("pre", { hidden: true, tabIndex: 0, ariaLabel: "The same in NumPy" });
  const start = model.start ?? valuesOf(model, parts.keys);
  const copied = h("span", { role: "status" });
  const copy = async () => {
    if (predict && !predict.open()) return (copied.textContent = "Commit to your answer first.");
    code.textContent = numpy();
    code.hidden = false;
    try {
      await navigator.clipboard.writeText(code.textContent);
      copied.textContent = "Copied.";
    } catch {
      copied.textContent = "Select the code below to copy it.";
    }
  };
  const redraw = () => {
    const began = performance.now();
    predict?.update();
    state.textContent = draw(predict?.open() ?? true);
    for (const control of controls) control.update();
    code.hidden = true;
    copied.textContent = "";
    stage.dataset.ms = (performance.now() - began).toFixed(2);
  };
  const again = () => {
    predict?.reset();
    model.forget?.();
    set(model, start);
    redraw();
  };
  const tools = h("div", { class: "cb-controls cb-tools" }, button("Copy as NumPy", copy),
    button("Start again", again), model.link, copied);
  const section = h("section", { class: "cb-figure", ariaLabel: title },
    h("style", {}, STYLE), predict, hint && h("p", { class: "cb-hint" }, hint), stage, state,
    h("div", { class: "cb-controls" }, controls), tools, code);
  section.addEventListener("beforeinput", (event) => { // a browser would drop the comma of 0,5
    if (event.target.type !== "number" || event.data !== ",") return;
    event.preventDefault();
    document.execCommand("insertText", false, ".");
  });
  el.replaceChildren(section);
  if (predict) predict.redraw = redraw;
  model.on("change", redraw);
  redraw();
  return () => model.off("change", redraw);
}

// What a state from an address may hold

export const isBoolean = (value) => typeof value === "boolean";
export const isWhole = (min, max) => (value) => Number.isInteger(value) && value >= min && value <= max;
export const isOneOf = (...values) => (value) => values.includes(value);
export const isNumber = (min, max) => (value) => Number.isFinite(value) && value >= min && value <= max;
export const isList = (least, most, min = -9, max = 9) => (value) =>
  Array.isArray(value) && value.length >= least && value.length <= most && value.every(isNumber(min, max));
export const isTable = (height, width, min = -9, max = 9) => (value) =>
  Array.isArray(value) && value.length === height && value.every(isList(width, width, min, max));

// Small things in drawings

/** Words in a drawing, of `size` units; `style` is more CSS. */
export const label = (x, y, text, size = 12, style = "") =>
  h("text", { x, y, style: `font-size: ${size}px; ${style}` }, text);

/** The outline of a shape, white on dark, to be seen on every brightness. */
export const outline = (tag, attributes, dashes) => [["#111", 4], ["#fff", 2, dashes]].map(([stroke, width, array]) =>
  h(tag, { ...attributes, fill: "none", stroke, "stroke-width": width, "stroke-dasharray": array }));
