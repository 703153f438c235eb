// Ctrl-K: notes by title, alias and path, and commands, as one types. A combobox with a list, as ARIA 1.2 has it.

import { commands, perform } from "./commands.js";

const dialog = document.getElementById("switcher");
const [field, list, status] = dialog.children;
const asked = { controller: null, timer: 0, waiting: false };
let options = [];
let chosen = 0;

function element(name, className, ...content) {
  const made = document.createElement(name);
  made.className = className;
  made.append(...content);
  return made;
}

// Where the words are in a text, or else its letters one by one.
function places(text, query) {
  const lower = text.toLowerCase();
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = new Set();
  if (lower.length !== text.length) return found;
  if (words.every((word) => lower.includes(word))) {
    for (const word of words) {
      for (let i = 0; i < word.length; i += 1) found.add(lower.indexOf(word) + i);
    }
    return found;
  }
  let last = -1;
  for (const letter of words.join("")) {
    last = lower.indexOf(letter, last + 1);
    if (last < 0) return new Set();
    found.add(last);
  }
  return found;
}

function marked(text, query) {
  const found = places(text, query);
  const made = document.createElement("bdi");
  let part;
  for (let i = 0; i < text.length; i += 1) {
    if (!part || found.has(i) !== found.has(i - 1)) {
      part = document.createElement(found.has(i) ? "mark" : "span");
      made.append(part);
    }
    part.append(text[i]);
  }
  made.normalize();
  return made;
}

// Marked is only where it was found.
function note({ url, title, tier, shade, path, alias }, query) {
  const inTitle = !alias && places(title, query).size;
  const name = marked(title, inTitle ? query : "");
  const option = element("a", "", element("span", "title", name, " ", element("span", `tier tier-${shade}`, tier)));
  if (alias) option.append(element("span", "alias", marked(alias, query)));
  option.append(element("span", "path", marked(path, inTitle || alias ? "" : query)));
  option.href = url;
  return [option, { href: url }];
}

function command(one, query) {
  const keys = one.keys.split(" ").filter(Boolean).map((key) => element("kbd", "", key));
  const option = element("a", "command", element("span", "title", marked(one.title, query)), ...keys);
  if (one.href) option.href = one.href;
  return [option, one];
}

function matching(query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return commands().filter(({ title }) => words.every((word) => ` ${title.toLowerCase()}`.includes(` ${word}`)));
}

function show(found) {
  options = found;
  list.replaceChildren(...found.map(([option, action], number) => {
    option.id = `switch-${number}`;
    option.role = "option";
    option.tabIndex = -1;
    option.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      go(action);
    });
    return option;
  }));
  status.textContent = found.length || !field.value ? "" : status.dataset.none;
  field.setAttribute("aria-expanded", found.length > 0);
  choose(0);
  if (asked.waiting && found.length) go(options[0][1]);
  asked.waiting = false;
}

function choose(number) {
  options[chosen]?.[0].removeAttribute("aria-selected");
  chosen = options.length && (number + options.length) % options.length;
  const option = options[chosen]?.[0];
  option?.setAttribute("aria-selected", true);
  option?.scrollIntoView({ block: "nearest", behavior: "instant" });
  if (option) field.setAttribute("aria-activedescendant", option.id);
  else field.removeAttribute("aria-activedescendant");
}

function go(action, inNewTab = false) {
  if (inNewTab && action.href) return open(action.href, "_blank", "noopener");
  dialog.close();
  return perform(action);
}

async function ask() {
  const query = field.value.trim();
  asked.timer = 0;
  if (query.startsWith(">")) {
    const rest = query.slice(1);
    show(matching(rest).map((one) => command(one, rest)));
    return;
  }
  const { signal } = asked.controller = new AbortController();
  try {
    const answer = await fetch(`/-/switch.json?q=${encodeURIComponent(query)}`, { signal });
    const notes = await answer.json();
    asked.controller = null;
    show([...notes.map((one) => note(one, query)), ...(query ? matching(query) : []).map((one) => command(one, query))]);
  } catch {
    // Another letter was typed, or there is no server: what is shown stays.
  }
}

function askSoon(delay) {
  asked.controller?.abort();
  asked.controller = null; // else Enter would wait for what never comes
  clearTimeout(asked.timer);
  asked.timer = setTimeout(ask, delay);
}

const moves = { ArrowDown: () => chosen + 1, ArrowUp: () => chosen - 1, Home: () => 0, End: () => -1 };

field.addEventListener("input", () => askSoon(60));
field.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key in moves && !event.shiftKey) {
    event.preventDefault();
    choose(moves[event.key]());
  } else if (event.key === "Enter") {
    event.preventDefault();
    // What is typed faster than it is answered still leads to what is found for it.
    if (asked.timer || asked.controller) asked.waiting = true;
    else if (options[chosen]) go(options[chosen][1], event.ctrlKey || event.metaKey);
  }
});
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});
dialog.addEventListener("close", () => {
  field.value = "";
  show([]);
});
field.addEventListener("focus", () => askSoon(0));
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
  event.preventDefault();
  for (const other of document.querySelectorAll("dialog[open]")) other.close();
  dialog.showModal();
});
