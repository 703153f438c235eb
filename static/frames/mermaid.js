// Draws one diagram, which the page around it sends. Runs in a sandbox without an origin: Mermaid makes HTML and styles
// from what a note says, and whatever a mistake in it would let a note do, it could do to this frame only.

import { zoomable } from "./zoom.js";

const box = document.getElementById("diagram");
const STYLE = new CSSStyleSheet();
STYLE.replaceSync(`
  html, body { margin: 0; block-size: 100%; overflow: hidden; background: transparent; }
  #diagram svg { display: block; inline-size: 100% !important; block-size: 100vb !important; max-inline-size: none !important; }
  #diagram svg:focus-visible { outline: 2px solid #4a86c5; outline-offset: -2px; }
`);
document.adoptedStyleSheets = [STYLE];
const MOST = 50_000;
const FONT = '-apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif';

// A diagram's own text may set what it looks like, and nothing that decides what it may do or cost.
const RULES = {
  startOnLoad: false,
  securityLevel: "strict",
  suppressErrorRendering: true,
  maxTextSize: MOST,
  maxEdges: 1000,
  dompurifyConfig: { FORBID_TAGS: ["a", "form", "img", "style"] },
  secure: ["secure", "securityLevel", "startOnLoad", "suppressErrorRendering", "maxTextSize", "maxEdges", "dompurifyConfig", "themeCSS"],
};
const LIGHT = {
  background: "#fdfcfa", mainBkg: "#eef3f8", primaryColor: "#eef3f8", primaryBorderColor: "#8aa6c2", primaryTextColor: "#24272b",
  secondaryColor: "#f5f3ef", tertiaryColor: "#f5f3ef", clusterBkg: "#f5f3ef", clusterBorder: "#cfcac1", lineColor: "#666a70",
  textColor: "#24272b", titleColor: "#24272b", edgeLabelBackground: "#fdfcfa", noteBkgColor: "#fbecb0", noteTextColor: "#24272b",
};
const DARK = {
  background: "#17191c", mainBkg: "#233040", primaryColor: "#233040", primaryBorderColor: "#5d7f9f", primaryTextColor: "#d8d6d1",
  secondaryColor: "#2b2f35", tertiaryColor: "#1f2226", clusterBkg: "#1f2226", clusterBorder: "#4a4f56", lineColor: "#9a9ea5",
  textColor: "#d8d6d1", titleColor: "#d8d6d1", edgeLabelBackground: "#17191c", noteBkgColor: "#57481a", noteTextColor: "#f1efeb",
};

const HUES = [210, 40, 150, 350, 265, 95, 20, 185];
const OWN_THEME = /\btheme\b["']?\s*:/;

let mermaid;
let asked = 0;
let natural = { width: 0, height: 0 };
let zoom;

// To the page that this is framed by, which the headers of this file say can be none but the wiki's.
const tell = (message) => parent.postMessage(message, "*");

async function draw({ source, dark }) {
  const mine = ++asked;
  document.documentElement.style.colorScheme = dark ? "dark" : "light";
  try {
    mermaid ??= (await import("../vendor/mermaid.js")).default;
    if (source.length > MOST) throw new Error(`More than ${MOST} characters`);
    const colours = OWN_THEME.test(source) ? {} : coloured(dark);
    mermaid.initialize({ ...RULES, theme: "base", fontFamily: FONT, themeVariables: { fontFamily: FONT, ...colours } });
    const { svg } = await mermaid.render(`diagram-${mine}`, source);
    if (mine === asked) show(svg);
  } catch (error) {
    if (mine === asked) tell({ kind: "failed", why: String(error?.message ?? error).slice(0, 1000) });
  }
}

function coloured(dark) {
  const colours = dark ? DARK : LIGHT;
  const many = Array.from({ length: 12 }, (_, n) => {
    const colour = `hsl(${HUES[n % HUES.length]}, ${dark ? "30%, 30%" : "45%, 84%"})`;
    const text = colours.textColor;
    return {
      [`cScale${n}`]: colour, [`cScaleLabel${n}`]: text, [`pie${n + 1}`]: colour, [`git${n}`]: colour, [`gitBranchLabel${n}`]: text,
    };
  });
  const pie = { pieStrokeColor: colours.background, pieOuterStrokeColor: colours.lineColor, pieOpacity: "1" };
  return Object.assign({ darkMode: dark, ...colours, ...pie }, ...many);
}

function show(text) {
  box.innerHTML = text;
  const svg = box.querySelector("svg");
  // A link in a frame leads the frame somewhere else, and not its reader.
  for (const link of svg.querySelectorAll("a")) {
    link.removeAttribute("href");
    link.removeAttribute("xlink:href");
  }
  const { width, height } = svg.viewBox.baseVal;
  natural = { width, height };
  svg.setAttribute("preserveAspectRatio", "xMidYMid meet");
  svg.tabIndex = 0;
  zoom = zoomable(svg, svg);
  report();
}

function report() {
  const { width, height } = natural;
  if (!width) return;
  const name = box.querySelector("svg > title")?.textContent ?? "";
  tell({ kind: "drawn", height: Math.ceil(height * Math.min(1, innerWidth / width)), name: name.slice(0, 200) });
}

addEventListener("message", ({ source, data }) => {
  if (source !== parent) return;
  if (data.kind === "draw") draw(data);
  if (data.kind === "zoom") zoom?.[data.how]?.();
});
let width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth !== width) report();
  width = innerWidth;
});
tell({ kind: "ready" });
