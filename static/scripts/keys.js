// One key, or two one after the other, where no text is being typed.

const actions = new Map();
let first = "";

export function onKey(keys, action) {
  actions.set(keys, action);
}

document.addEventListener("keydown", (event) => {
  // On some keyboards brackets and slashes need AltGr, which counts as two of these.
  const modified = event.ctrlKey || event.metaKey || event.altKey;
  if ((modified && !event.getModifierState("AltGraph")) || event.defaultPrevented || event.isComposing) return;
  if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
  if (event.key === "Shift" || event.key === "AltGraph") return;
  const action = actions.get(`${first} ${event.key}`) ?? actions.get(event.key);
  first = action ? "" : event.key;
  if (!action) return;
  event.preventDefault();
  action();
});

