// The contents beside a note say where in it the reader is.

import { onContent } from "./fresh.js";

let entries = [];
let pending = false;

export function findHeadings() {
  entries = [...document.querySelectorAll(".toc a")].map((link) => [
    link,
    document.getElementById(decodeURIComponent(link.hash.slice(1))),
  ]);
  if (entries.length) follow();
}

function follow() {
  pending = false;
  const passed = entries.filter(([, heading]) => heading?.getBoundingClientRect().top < innerHeight / 4);
  const [current] = passed.at(-1) ?? [];
  for (const [link] of entries) {
    if (link === current) link.setAttribute("aria-current", "location");
    else link.removeAttribute("aria-current");
  }
}

addEventListener("scroll", () => {
  if (pending || !entries.length) return;
  pending = true;
  requestAnimationFrame(follow);
}, { passive: true });
onContent(findHeadings);
