// What the tree and the lists of siblings share: asking for a folder, and arrow keys from row to row.

export async function ask(folder, options = []) {
  const path = folder.split("/").map(encodeURIComponent).join("/");
  const response = await fetch(`/-/tree/${path}?${new URLSearchParams(options)}`);
  if (!response.ok) throw new Error(response.statusText);
  const template = document.createElement("template");
  template.innerHTML = await response.text();
  return template.content.querySelector("ul");
}

export function step(event, rows) {
  const at = rows.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  rows[Math.min(Math.max(to, 0), rows.length - 1)]?.focus();
}

// In sight inside its own scrolling box; the page stays where it is.
export function reveal(row, box) {
  const { top, bottom } = row.getBoundingClientRect();
  const frame = box.getBoundingClientRect();
  if (top < frame.top || bottom > Math.min(frame.bottom, innerHeight)) box.scrollTop += top - frame.top - frame.height / 3;
}
