// A canvas can be looked into.

import { zoomable } from "../frames/zoom.js";
import { tools } from "./tools.js";

export function lookInto(figure) {
  const box = figure.querySelector(".canvas-box");
  const actions = zoomable(box.querySelector("svg"), box);
  figure.classList.add("moves");
  box.after(tools(figure, (how) => actions[how]()));
}
