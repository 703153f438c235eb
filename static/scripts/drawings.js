// Diagrams are drawn, and canvases looked into, where a page has them: what does it is loaded only there.

import { onContent } from "./fresh.js";

const each = async (part, name, find) => {
  if (!find().length) return;
  const act = (await import(part))[name];
  find().forEach(act); // sought anew: the page may have changed meanwhile
};
const all = (selector) => [...document.querySelectorAll(selector)];

onContent(() => {
  each("../parts/diagrams.js", "draw", () => all("article pre > code.language-mermaid").filter((code) => !code.closest(".diagram, .canvas")));
  each("../parts/canvases.js", "lookInto", () => all(".canvas:not(.moves):has(svg)"));
});
