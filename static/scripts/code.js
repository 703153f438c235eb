// Code can be copied where the browser allows it.

import { onContent } from "./fresh.js";

const { copy, copied } = document.body.dataset;

export function addCopyButtons(root) {
  if (!navigator.clipboard) return;
  for (const pre of root.querySelectorAll("article pre:not(.code > pre)")) {
    const box = document.createElement("div");
    const button = document.createElement("button");
    box.className = "code";
    button.className = "copy";
    button.type = "button";
    button.textContent = copy;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(pre.textContent.replace(/\n$/, ""));
      button.textContent = copied;
      setTimeout(() => { button.textContent = copy; }, 2000);
    });
    pre.replaceWith(box);
    box.append(pre, button);
  }
}

onContent(() => addCopyButtons(document));
