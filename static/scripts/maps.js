// Maps can be moved and zoomed, once they come into sight. What that takes is loaded where there is one.

import { onContent } from "./fresh.js";

const seen = new IntersectionObserver(async (entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    try {
      await (await import("../parts/map.js")).show(target);
    } catch {
      // The outline stays.
    }
  }
}, { rootMargin: "200px" });

onContent(() => {
  for (const figure of document.querySelectorAll("figure.map[data-map]:not(.live)")) seen.observe(figure);
});
