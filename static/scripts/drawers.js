// The folders to the left and the contents to the right: columns that fold away where there is room for them,
// drawers over the page where there is not.

import { set } from "./settings.js";

const root = document.documentElement;
const buttons = new Map([...document.querySelectorAll(".fold")].map((button) => [button.getAttribute("aria-controls"), button]));
const opened = new Map();

// The stylesheet knows where there is room.
const isColumn = (drawer) => getComputedStyle(drawer).position !== "fixed";

function show(drawer, isOpen) {
  drawer.classList.toggle("open", isOpen);
  opened.set(drawer.id, isOpen);
  buttons.get(drawer.id).setAttribute("aria-expanded", isOpen);
  root.classList.toggle("drawn", isOpen);
  if (isOpen) drawer.focus();
}

export function toggle(id) {
  const drawer = document.getElementById(id);
  if (!drawer || !buttons.has(id)) return;
  const folded = root.dataset[id] === "closed";
  root.dataset[id] = "open"; // to see whether it would be a column
  const column = isColumn(drawer);
  root.dataset[id] = folded ? "closed" : "open";
  if (column) {
    buttons.get(id).setAttribute("aria-expanded", folded);
    set(id, folded ? "open" : "closed");
  } else {
    show(drawer, !opened.get(id));
  }
}

function closeAll(returnsFocus) {
  for (const [id, isOpen] of opened) {
    if (!isOpen) continue;
    show(document.getElementById(id), false);
    if (returnsFocus) buttons.get(id).focus();
  }
}

for (const [id, button] of buttons) {
  button.addEventListener("click", () => toggle(id));
  if (!isColumn(document.getElementById(id))) button.setAttribute("aria-expanded", false);
}
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeAll(true);
});
document.addEventListener("click", (event) => {
  const inside = event.target.closest(".drawer, .fold, dialog");
  if (!inside || event.target.closest(".drawer a")) closeAll(false);
});
document.addEventListener("focusin", (event) => {
  // What is behind a drawer is not to be reached while it is open.
  for (const [id, isOpen] of opened) {
    if (isOpen && !event.target.closest(`#${id}, .fold, dialog`)) show(document.getElementById(id), false);
  }
});
