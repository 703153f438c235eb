// What stands between two breadcrumbs lists the folders beside the second one.

import { ask, reveal, step } from "./rows.js";

const WIDTH = 288;
const crumbs = document.querySelector(".crumbs[data-beside]");

for (const crumb of crumbs?.querySelectorAll(".crumb") ?? []) {
  const link = crumb.querySelector("a");
  const path = decodeURIComponent(link.pathname).slice(1, -1);
  const button = document.createElement("button");
  const list = document.createElement("div");
  button.className = "step";
  button.type = "button";
  button.textContent = "›";
  button.title = crumbs.dataset.beside.replace("{}", link.textContent);
  button.setAttribute("aria-label", button.title);
  button.setAttribute("aria-expanded", false);
  list.className = "beside";
  list.popover = "auto";
  button.popoverTargetElement = list; // Escape and a click elsewhere close it, and give the focus back
  crumb.querySelector(".step").replaceWith(button, list);
  list.addEventListener("beforetoggle", ({ newState }) => {
    button.setAttribute("aria-expanded", newState === "open");
    if (newState === "open") place(list, button);
  });
  list.addEventListener("toggle", async ({ newState }) => {
    if (newState !== "open") return;
    if (!list.firstChild) list.append(await folders(path));
    const current = list.querySelector("[aria-current]") ?? list.querySelector("a");
    if (!current) return;
    reveal(current, list);
    current.focus({ preventScroll: true });
  });
  list.addEventListener("keydown", (event) => step(event, [...list.querySelectorAll("a")]));
}

function place(list, button) {
  const { left, bottom } = button.getBoundingClientRect();
  list.style.left = `${Math.max(Math.min(left, document.documentElement.clientWidth - WIDTH - 8), 8) + scrollX}px`;
  list.style.top = `${bottom + scrollY + 4}px`;
}

async function folders(path) {
  const list = document.createElement("ul");
  const found = await ask(path.slice(0, Math.max(path.lastIndexOf("/"), 0)), { at: `${path}/` });
  for (const link of found.querySelectorAll(":scope > li > .row > .twist + a")) {
    const item = document.createElement("li");
    item.append(link);
    list.append(item);
  }
  return list;
}

crumbs?.querySelector(".whole")?.addEventListener("click", () => {
  crumbs.classList.add("open");
  crumbs.querySelectorAll(".crumb")[1].querySelector("a").focus();
});
