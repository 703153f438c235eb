// What draws the map of the notes comes only to the page that has one; the small picture of what is around a note when
// its place in the margin is seen.

import { onContent } from "./fresh.js";

if (document.querySelector("#map")) import("../parts/graph.js");
if (document.querySelector(".around")) import("../parts/around.js");

const seen = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    fill(target);
  }
});

async function fill(section) {
  const answer = await fetch(section.dataset.from);
  if (!answer.ok) return; // the link above leads to the same
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const drawing = page.querySelector("svg");
  if (drawing) section.append(drawing);
}

onContent(() => {
  for (const section of document.querySelectorAll(".nearby:not(:has(svg))")) seen.observe(section);
});
