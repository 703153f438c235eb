// The page of results: answered as one types, and walked through with the arrow keys.

import { onKey } from "./keys.js";

const field = document.querySelector(".find input");
const column = document.querySelector("main.searching > .column");
let timer = 0;
let controller;

async function ask() {
  controller?.abort();
  controller = new AbortController();
  const address = `/-/search?q=${encodeURIComponent(field.value)}`;
  try {
    const answer = await fetch(address, { signal: controller.signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.querySelector("main.searching > .column");
    if (!found) return;
    column.replaceChildren(...found.childNodes);
    document.title = page.title;
    history.replaceState(null, "", address);
  } catch {
    // Another letter was typed, or there is no server: what is shown stays.
  }
}

function walk(step) {
  const hits = [...column.querySelectorAll("a.hit")];
  const at = hits.indexOf(document.activeElement);
  if (at + step < 0) field.focus();
  else hits[Math.min(at + step, hits.length - 1)]?.focus();
}

if (column) {
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 120);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" || event.isComposing) return;
    event.preventDefault();
    walk(1);
  });
  onKey("ArrowDown", () => walk(1));
  onKey("ArrowUp", () => walk(-1));
}
