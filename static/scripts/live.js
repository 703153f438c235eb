// An open page follows its files. It asks now and then whether anything in the reader's view changed; if so, for itself.

import { contentChanged, sent } from "./fresh.js";
import { close, forget } from "./preview.js";

const EVERY = 1200;
const MOST = 60000;
const MOST_CELLS = 4e6;
let { stamp } = document.body.dataset;
let shown = sent;
let wait = EVERY;
let timer = 0;

const parse = (text) => new DOMParser().parseFromString(text, "text/html");

async function look() {
  timer = 0;
  try {
    const answer = await fetch("/-/stamp");
    if (!answer.ok) throw new Error(answer.statusText);
    const now = (await answer.json()).stamp;
    if (now !== stamp) await arrive();
    stamp = now;
    wait = EVERY;
  } catch {
    wait = Math.min(wait * 2, MOST);
  }
  lookLater();
}

function lookLater() {
  if (!timer && !document.hidden) timer = setTimeout(look, wait);
}

// Who reads, and as which role: all that is around the text follows from it.
const reader = (page) => [...page.querySelectorAll(".seen-as p, .account summary")].map((part) => part.textContent).join();

async function arrive() {
  const answer = await fetch(location.pathname + location.search);
  if (answer.status === 404 || answer.redirected) location.reload(); // the note is gone, or not for this reader any more
  if (!answer.ok) throw new Error(answer.statusText);
  const page = parse(await answer.text());
  const main = page.querySelector("main");
  if (reader(page) !== reader(document)) location.reload();
  forget();
  document.dispatchEvent(new Event("vaultchange")); // for what else shows the vault
  if (!main || main.outerHTML === shown) return;
  const was = parse(shown).querySelector("main");
  shown = main.outerHTML;
  document.title = page.title;
  close();
  inPlace(() => patch(document.querySelector("main"), was, main));
  contentChanged();
}

// Makes of `live`, which was `was` before scripts changed it, what `now` is. Whatever is the same stays untouched.
function patch(live, was, now) {
  if (was.isEqualNode(now)) return;
  const [lives, olds, news] = [live, was, now].map((element) => [...element.children]);
  const fits = live.tagName === was.tagName && lives.length === olds.length;
  if (!fits || !news.length || hasText(was) || hasText(now) || !was.cloneNode().isEqualNode(now.cloneNode())) {
    replace(live, now);
    return;
  }
  const [a, b] = [olds, news].map((elements) => elements.map((element) => element.outerHTML));
  let [i, j] = [0, 0];
  for (const [x, y] of [...common(a, b), [a.length, b.length]]) {
    const [from, to] = [lives.slice(i, x), news.slice(j, y)];
    if (from.length === to.length) {
      from.forEach((element, number) => patch(element, olds[i + number], to[number]));
    } else {
      for (const element of to) live.insertBefore(element, lives[x] ?? null);
      for (const element of from) element.remove();
    }
    [i, j] = [x + 1, y + 1];
  }
}

// The longest row that two lists have in common, as pairs of places.
function common(a, b) {
  let [start, end] = [0, 0];
  const most = Math.min(a.length, b.length);
  while (start < most && a[start] === b[start]) start += 1;
  while (end < most - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const [rows, columns] = [a.length - end, b.length - end];
  const pairs = Array.from({ length: start }, (_, place) => [place, place]);
  const last = Array.from({ length: end }, (_, place) => [rows + place, columns + place]);
  if ((rows - start) * (columns - start) > MOST_CELLS) return [...pairs, ...last];
  const length = Array.from({ length: rows + 1 }, () => new Uint16Array(columns + 1));
  for (let i = rows - 1; i >= start; i -= 1) {
    for (let j = columns - 1; j >= start; j -= 1) {
      length[i][j] = a[i] === b[j] ? length[i + 1][j + 1] + 1 : Math.max(length[i + 1][j], length[i][j + 1]);
    }
  }
  for (let [i, j] = [start, start]; i < rows && j < columns;) {
    if (a[i] === b[j]) pairs.push([i++, j++]);
    else if (length[i + 1][j] >= length[i][j + 1]) i += 1;
    else j += 1;
  }
  return [...pairs, ...last];
}

const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());

// What the reader has opened or is at is so in the new element too.
function replace(live, now) {
  const inside = (element, selector) => [...(element.matches(selector) ? [element] : []), ...element.querySelectorAll(selector)];
  const named = (details) => details.querySelector("summary")?.textContent;
  const opened = new Map(inside(live, "details").map((details) => [named(details), details.open]));
  for (const details of inside(now, "details")) details.open = opened.get(named(details)) ?? details.open;
  const active = live.contains(document.activeElement) && document.activeElement;
  const number = active ? inside(live, active.tagName).indexOf(active) : -1;
  live.replaceWith(now);
  if (active) inside(now, active.tagName)[number]?.focus({ preventScroll: true });
}

// What was at the top of the window is there afterwards.
function inPlace(change) {
  const root = document.documentElement;
  const blocks = [...document.querySelectorAll(".column > *, .column :is(article, section, li) > *")];
  const seen = blocks.map((block) => [block, block.getBoundingClientRect().top]).sort(([, a], [, b]) => Math.abs(a) - Math.abs(b));
  const isAtTop = scrollY === 0;
  root.style.overflowAnchor = "none"; // the browser would do it once more
  change();
  const [block, top] = seen.find(([one]) => one.isConnected) ?? [];
  if (block && !isAtTop) scrollBy({ top: block.getBoundingClientRect().top - top, behavior: "instant" });
  requestAnimationFrame(() => { root.style.overflowAnchor = ""; });
}

if (stamp && sent) {
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    timer = 0;
    if (!document.hidden) look();
  });
  lookLater();
}
