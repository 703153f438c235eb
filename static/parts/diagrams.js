// Diagrams: each is drawn in a frame of its own that can reach nothing, and is told what the note says.

import { texts, tools } from "./tools.js";

const FRAME = new URL(`../frames/${"site" in document.documentElement.dataset ? "alone" : "mermaid"}.html`, import.meta.url).href;
const TALLEST = 1600;
const SHORTEST = 24;
const ROW = 34;
const PATIENCE = 20_000;
const drawings = new Set();
const prefersDark = matchMedia("(prefers-color-scheme: dark)");

export function draw(code) {
  const box = code.closest(".code") ?? code.parentElement;
  const figure = document.createElement("figure");
  const frame = document.createElement("iframe");
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  figure.className = "diagram";
  frame.sandbox = "allow-scripts";
  frame.loading = "lazy";
  frame.title = texts.diagram;
  frame.height = Math.min(Math.max(box.offsetHeight - ROW, SHORTEST), TALLEST); // as much room as the source had
  frame.src = FRAME;
  summary.textContent = texts.source;
  const drawing = { figure, frame, details, source: code.textContent };
  const send = (how) => frame.contentWindow.postMessage({ kind: "zoom", how }, "*");
  box.replaceWith(figure);
  details.append(summary, box);
  figure.append(frame, tools(figure, send), details);
  drawings.add(drawing);
}

function isDark() {
  const scheme = getComputedStyle(document.documentElement).colorScheme;
  return scheme === "dark" || (scheme !== "light" && prefersDark.matches);
}

// The frame has no origin that a message could be addressed to; the page's own policy lets nothing else be in it.
function ask(drawing) {
  clearTimeout(drawing.timer);
  drawing.timer = setTimeout(() => fail(drawing, ""), PATIENCE);
  drawing.frame.contentWindow.postMessage({ kind: "draw", source: drawing.source, dark: isDark() }, "*");
}

function drawn(drawing, { height, name }) {
  if (!Number.isFinite(height)) return;
  drawing.figure.classList.add("drawn");
  drawing.frame.height = Math.round(Math.min(Math.max(height, SHORTEST), TALLEST));
  drawing.frame.title = (typeof name === "string" && name.trim().slice(0, 200)) || texts.diagram;
}

function fail(drawing, why) {
  const notice = document.createElement("div");
  const said = document.createElement("pre");
  notice.className = "problem";
  notice.setAttribute("role", "note");
  notice.append(texts.undrawn);
  if (typeof why === "string" && why) {
    said.textContent = why.slice(0, 1000);
    said.dir = "auto";
    notice.append(said);
  }
  drawing.details.open = true;
  drawing.figure.replaceChildren(notice, drawing.details);
  drawings.delete(drawing);
}

addEventListener("message", ({ source, data }) => {
  const drawing = [...drawings].find(({ frame }) => frame.contentWindow === source);
  if (!drawing || typeof data !== "object" || !data) return;
  if (data.kind === "ready") return ask(drawing);
  clearTimeout(drawing.timer);
  if (data.kind === "drawn") drawn(drawing, data);
  if (data.kind === "failed") fail(drawing, data.why);
});

let dark = isDark();
function followTheme() {
  if (dark === isDark()) return;
  dark = isDark();
  for (const drawing of drawings) {
    if (drawing.figure.isConnected) ask(drawing);
    else drawings.delete(drawing);
  }
}
prefersDark.addEventListener("change", followTheme);
new MutationObserver(followTheme).observe(document.documentElement, { attributeFilter: ["data-theme"] });
