// Small comforts. Everything works without them.

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    document.querySelector(".find input").focus();
  }
});

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
