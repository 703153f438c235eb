// A link that the pointer or the focus rests on shows the beginning of what it leads to.

const WAIT = 350;
const KEPT = 30;
const ENOUGH = 900; // characters
const pages = new Map();
let card, from, next, timer, controller;

// Links of the text and of lists; not menus, nor what leads elsewhere on the same page.
function wanted(target) {
  const link = target.closest?.("main a[href]");
  if (!link || link.closest(".crumbs, .variants, .pager, .toc, .meta, .file, .anchor")) return null;
  const { origin, pathname } = link;
  const isNote = origin === location.origin && !pathname.startsWith("/-/") && !pathname.endsWith("/");
  return isNote && pathname !== location.pathname ? link : null;
}

async function load(path, signal) {
  if (!pages.has(path)) {
    const answer = await fetch(path, { signal, headers: { Accept: "text/html" } });
    const isPage = answer.ok && answer.headers.get("Content-Type")?.startsWith("text/html");
    if (!isPage) controller.abort(); // a file may be large
    const page = isPage && new DOMParser().parseFromString(await answer.text(), "text/html");
    if (pages.size >= KEPT) pages.delete(pages.keys().next().value);
    pages.set(path, page);
  }
  return pages.get(path);
}

const level = (element) => Number(/^H([1-6])$/.exec(element.tagName)?.[1] ?? 7);

// The beginning, or the section of a heading; or the block that has the id.
function excerpt(article, id) {
  let block = article.firstElementChild;
  const start = id && article.querySelector(`#${CSS.escape(id)}`);
  if (start) for (block = start; block.parentElement !== article; block = block.parentElement);
  const own = start ? level(block) : 0;
  const found = document.createElement("article");
  found.dir = "auto";
  while (block && found.textContent.length < ENOUGH) {
    found.append(document.importNode(block, true));
    block = block.nextElementSibling;
    if (own === 7 || (block && level(block) <= own)) break;
  }
  return found;
}

function inert(found, address) {
  for (const media of found.querySelectorAll("iframe, audio, video, script, .copy")) media.remove();
  for (const image of found.querySelectorAll("img")) image.loading = "lazy";
  for (const own of found.querySelectorAll("[id]")) own.removeAttribute("id");
  for (const link of found.querySelectorAll("a[href^='#']")) link.href = address + link.getAttribute("href");
  return found;
}

function build(page, link) {
  const article = page?.querySelector("#note");
  if (!article) return null;
  const made = document.createElement("aside");
  const head = document.createElement("p");
  const name = document.createElement("bdi");
  name.textContent = page.querySelector("h1").textContent;
  head.className = "preview-title";
  head.append(name, " ", page.querySelector(".meta .tier")?.cloneNode(true) ?? "");
  made.className = "preview";
  made.setAttribute("aria-label", name.textContent);
  made.append(head, inert(excerpt(article, decodeURIComponent(link.hash.slice(1))), link.pathname));
  return made;
}

function place(made, link) {
  const [box] = link.getClientRects();
  const { offsetWidth: width, offsetHeight: height } = made;
  const below = box.bottom + height + 8 < innerHeight || box.top < height + 8;
  made.style.left = `${Math.max(8, Math.min(box.left, innerWidth - width - 8))}px`;
  made.style.top = `${below ? box.bottom + 6 : box.top - height - 6}px`;
}

async function show(link) {
  close();
  from = link;
  controller = new AbortController();
  try {
    const made = build(await load(link.pathname, controller.signal), link);
    if (from !== link || !made || !link.isConnected) return;
    document.body.append(made);
    place(made, link);
    card = made;
  } catch {
    // The pointer has moved on.
  }
}

export function close() {
  clearTimeout(timer);
  next = null;
  controller?.abort();
  card?.remove();
  card = from = null;
}

export function forget() {
  pages.clear();
}

function over(target) {
  const link = wanted(target);
  clearTimeout(timer);
  next = link && link !== from ? link : null;
  if (next) timer = setTimeout(() => show(link), WAIT);
  else if (!link && from && !card?.contains(target)) timer = setTimeout(close, WAIT / 2);
}

document.addEventListener("pointerover", (event) => {
  if (event.pointerType === "mouse" && !event.buttons) over(event.target);
});
document.documentElement.addEventListener("pointerleave", () => over(document.body));
document.addEventListener("focusin", ({ target }) => {
  if (target.matches(":focus-visible")) over(target);
});
document.addEventListener("pointerdown", ({ target }) => {
  if (!card?.contains(target)) close();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
});
document.addEventListener("scroll", ({ target }) => {
  if (card?.contains(target)) return;
  const link = next; // which the focus may have just scrolled to
  close();
  if (link) over(link);
}, { passive: true, capture: true });
