// Bring the figures of a page to life: each gets its module, its state, and no kernel.

/** What a figure knows of its state when there is no Python. */
function makeModel(state) {
  const listeners = new Set();
  return {
    get: (name) => state[name],
    set: (name, value) => { state[name] = value; },
    save_changes: () => listeners.forEach((listener) => listener()),
    on: (_, listener) => listeners.add(listener),
    off: (_, listener) => listeners.delete(listener),
  };
}

/** Take the state for `name` from the address; return {changes, note}. */
function fromAddress(name, accepts) {
  const text = new URLSearchParams(location.search).get(name);
  if (text === null) return { changes: {}, note: "" };
  try {
    const changes = JSON.parse(text);
    const bad = Object.keys(changes).filter((key) => !accepts[key]?.(changes[key]));
    if (!bad.length && changes.constructor === Object) return { changes, note: "" };
    const note = `The address asks for a state that this figure does not have (${bad}): shown as usual.`;
    return { changes: {}, note };
  } catch {
    return { changes: {}, note: "The address holds a state that cannot be read: shown as usual." };
  }
}

async function mount(place) {
  const name = place.dataset.figure;
  const given = place.querySelector("script");
  const [state, { default: figure, accepts }] = await Promise.all([
    given.dataset.src ? fetch(given.dataset.src).then((answer) => answer.json()) : JSON.parse(given.textContent),
    import(`./${name}.js`),
  ]);
  const { changes, note } = fromAddress(name, accepts);
  const model = makeModel(Object.assign(state, changes));
  const link = document.createElement("button");
  link.type = "button";
  link.textContent = "Link to this";
  link.onclick = () => {
    const chosen = Object.fromEntries(Object.keys(accepts).map((key) => [key, state[key]]));
    const url = new URL(location.href);
    url.search = new URLSearchParams({ [name]: JSON.stringify(chosen) });
    url.hash = `fig-touch-${name}`;
    history.replaceState(null, "", url);
    link.textContent = "The address holds it now";
    setTimeout(() => { link.textContent = "Link to this"; }, 3000);
  };
  const el = document.createElement("div");
  await figure.render({ model: Object.assign(model, { link }), el });
  if (note) el.prepend(Object.assign(document.createElement("p"), { textContent: note, role: "status" }));
  place.replaceChildren(el, place.querySelector("img")); // the picture is what is printed
}

document.querySelectorAll("[data-figure]").forEach(mount);
