// Small comforts. Everything works without them.

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    document.querySelector(".find input").focus();
  }
});

// Code can be copied where the browser allows it.
for (const pre of navigator.clipboard ? document.querySelectorAll("article pre") : []) {
  const box = document.createElement("div");
  const button = document.createElement("button");
  box.className = "code";
  button.className = "copy";
  button.type = "button";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(pre.textContent.replace(/\n$/, ""));
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  pre.replaceWith(box);
  box.append(pre, button);
}

// The contents beside a note say where in it the reader is.
const entries = [...document.querySelectorAll(".toc a")].map((link) => [
  link,
  document.getElementById(decodeURIComponent(link.hash.slice(1))),
]);
let pending = false;

function follow() {
  pending = false;
  const passed = entries.filter(([, heading]) => heading?.getBoundingClientRect().top < innerHeight / 4);
  const [current] = passed.at(-1) ?? [];
  for (const [link] of entries) {
    if (link === current) link.setAttribute("aria-current", "location");
    else link.removeAttribute("aria-current");
  }
}

if (entries.length) {
  addEventListener("scroll", () => {
    if (!pending) requestAnimationFrame(follow);
    pending = true;
  }, { passive: true });
  follow();
}
