// One key each, where no text is being typed.

const actions = new Map();

export function onKey(key, action) {
  actions.set(key, action);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
  const action = actions.get(event.key);
  if (action) {
    event.preventDefault();
    action();
  }
});

onKey("/", () => document.querySelector(".find input").focus());
onKey("n", () => document.querySelector('a[rel="next"]')?.click());
onKey("p", () => document.querySelector('a[rel="prev"]')?.click());
