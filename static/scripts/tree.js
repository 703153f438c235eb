// The vault's folders beside the text: a list of links, with a button before each folder. The server opens those on
// the way to this page, and those that were open before.

import { ask, reveal, step } from "./rows.js";

const tree = document.getElementById("tree");
const { at } = tree.dataset;
const KEPT = "tree";
const LONGEST = 3000; // characters of an address: servers take 4094
const MOST = 200;
const { open, scroll } = JSON.parse(sessionStorage.getItem(KEPT) ?? '{"open": [], "scroll": 0}');
const opened = new Set(open); // the latest last

function keep() {
  sessionStorage.setItem(KEPT, JSON.stringify({ open: [...opened].slice(-MOST), scroll: tree.scrollTop }));
}

// A folder brings those that it lies in.
function wanted() {
  const found = new URLSearchParams({ at });
  const folders = [...opened].reverse();
  for (const folder of folders) {
    if (folders.some((other) => other.startsWith(`${folder}/`))) continue;
    if (`${found}`.length + encodeURIComponent(folder).length > LONGEST) break;
    found.append("open", folder);
  }
  return found;
}

async function load() {
  tree.append(await ask("", wanted()));
  for (const twist of tree.querySelectorAll('[aria-expanded="true"]')) opened.add(twist.dataset.folder);
  tree.scrollTop = scroll;
  const current = tree.querySelector("[aria-current]");
  if (current) reveal(current, tree);
}

// The vault has changed. A list that somebody goes through by keyboard is left alone.
async function loadAgain() {
  if (!tree.firstChild || tree.contains(document.activeElement)) return;
  const list = await ask("", wanted());
  const { scrollTop } = tree;
  tree.replaceChildren(list);
  tree.scrollTop = scrollTop;
}

async function unfold(twist) {
  const { folder } = twist.dataset;
  twist.setAttribute("aria-expanded", true);
  opened.add(folder);
  try {
    const list = await ask(folder, { at });
    // Closed again, or opened twice, in the meantime.
    if (isOpen(twist) && !listOf(twist)) twist.closest("li").append(list);
  } catch {
    fold(twist);
  }
}

function fold(twist) {
  const { folder } = twist.dataset;
  twist.setAttribute("aria-expanded", false);
  listOf(twist)?.remove();
  for (const path of opened) if (`${path}/`.startsWith(`${folder}/`)) opened.delete(path);
}

const isOpen = (twist) => twist.ariaExpanded === "true";
const listOf = (twist) => twist.closest("li").querySelector("ul");

async function more(button) {
  const { folder, page } = button.dataset;
  const item = button.closest("li");
  const isBefore = item.matches(".earlier");
  button.disabled = true;
  const list = await ask(folder, { at, page });
  list.querySelector(isBefore ? ".later" : ".earlier")?.remove(); // leads back to what is here already
  const [first] = list.querySelectorAll("a");
  const height = tree.scrollHeight;
  item.replaceWith(...list.children);
  if (isBefore) tree.scrollTop += tree.scrollHeight - height;
  first.focus({ preventScroll: true });
}

tree.addEventListener("click", ({ target }) => {
  if (target.matches(".twist")) (isOpen(target) ? fold : unfold)(target);
  else if (target.matches(".rest button")) more(target);
});

tree.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const item = event.target.closest("li");
  const twist = item?.querySelector(":scope > .row > .twist");
  if (event.key === "ArrowRight" && twist) {
    if (isOpen(twist)) listOf(twist)?.querySelector("a, .rest button").focus();
    else unfold(twist);
  } else if (event.key === "ArrowLeft" && item) {
    if (twist && isOpen(twist)) fold(twist);
    else item.parentElement.closest("li")?.querySelector("a").focus();
  } else {
    if (event.target === twist) twist.nextElementSibling.focus();
    step(event, [...tree.querySelectorAll(".row > a, .rest > button")]);
    return;
  }
  event.preventDefault();
});

document.addEventListener("vaultchange", () => loadAgain().catch(() => {})); // what is shown stays
addEventListener("pagehide", keep);
document.addEventListener("submit", ({ target }) => {
  // Names of folders are not left behind for whoever reads here next.
  if (!target.matches('[action="/-/logout"]')) return;
  removeEventListener("pagehide", keep);
  sessionStorage.removeItem(KEPT);
});

// A tree that is folded away asks for nothing before it is shown.
if (tree.checkVisibility({ visibilityProperty: true })) {
  load();
} else {
  // A drawer that touches the edge of the window from outside counts as seen, with nothing of it.
  new IntersectionObserver(([{ intersectionRatio }], observer) => {
    if (!intersectionRatio) return;
    observer.disconnect();
    load();
  }, { threshold: 0.01 }).observe(tree);
}
