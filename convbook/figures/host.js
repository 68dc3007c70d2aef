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
    if (Array.isArray(changes) || Object(changes) !== changes) throw new TypeError("not an object");
    const bad = Object.keys(changes).filter((key) => !Object.hasOwn(accepts, key) || !accepts[key](changes[key]));
    if (!bad.length) return { changes, note: "" };
    const note = `The address asks for a state that this figure does not have (${bad.join(", ")}): shown as usual.`;
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
  const start = { ...state }; // where "Start again" leads, whatever the address asks for
  const model = makeModel(Object.assign(state, changes));
  const el = document.createElement("div");
  const beyond = (key) => el.querySelector(`input[data-beyond="${key}"]`); // a slider that ends before the state
  const link = document.createElement("button");
  link.type = "button";
  link.textContent = "Link to this";
  link.onclick = () => {
    const used = (key) => (beyond(key) ? Number(beyond(key).value) : state[key]);
    const chosen = Object.fromEntries(Object.keys(accepts).map((key) => [key, used(key)]));
    const url = new URL(location.href);
    url.search = new URLSearchParams({ [name]: JSON.stringify(chosen) });
    url.hash = `fig-touch-${name}`;
    history.replaceState(null, "", url);
    el.querySelector(".cb-tools [role=status]").textContent = "The address now holds this state.";
  };
  const told = document.createElement("p");
  told.role = "status";
  const forget = () => {
    told.remove();
    const url = new URL(location.href);
    url.searchParams.delete(name);
    history.replaceState(null, "", url);
  };
  await figure.render({ model: Object.assign(model, { link, forget, start }), el });
  const cut = Object.keys(changes).filter(beyond).join(", ");
  told.textContent = cut ? `The address asks for more than there is here (${cut}): shown as near as can be.` : note;
  if (told.textContent) el.prepend(told);
  place.replaceChildren(el, place.querySelector("img")); // the picture is what is printed
}

document.querySelectorAll("[data-figure]").forEach(mount);
