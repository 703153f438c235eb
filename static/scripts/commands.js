// What can be done on any page, listed by the page itself (templates/commands.html): each with its keys, and all of
// them in the switcher.

import { onKey } from "./keys.js";
import { set } from "./settings.js";

const { copied } = document.body.dataset;
const find = (selector) => document.querySelector(selector);
const at = () => find("#tree")?.dataset.at;

function variant(step) {
  const links = [...document.querySelectorAll(".variants li a")];
  const now = links.findIndex((link) => link.hasAttribute("aria-current"));
  return links.length > 1 && links.at((now + Number(step)) % links.length);
}

// Each gives what is to be done, or nothing where there is nothing to do it with.
const kinds = {
  href: (address) => ({ href: address }),
  after: (address) => ({ href: `${address}?after=${encodeURIComponent(at() ?? "")}` }),
  click: (selector) => find(selector) && { run: () => { find(selector).focus(); find(selector).click(); } },
  variant: (step) => variant(step) && { href: variant(step).href },
  theme: (value) => ({ run: () => set("theme", value) }),
  open: (id) => ({ run: () => find(`#${id}`).showModal() }),
  do: () => navigator.clipboard && { run: copyLink },
  vault: (name) => at() && !at().endsWith("/")
    && { href: `obsidian://open?vault=${encodeURIComponent(name)}&file=${encodeURIComponent(at())}` },
};

async function copyLink() {
  await navigator.clipboard.writeText(location.href);
  const said = document.createElement("output");
  said.className = "said";
  document.body.append(said);
  said.textContent = copied;
  setTimeout(() => said.remove(), 2000);
}

export function commands() {
  return [...document.querySelectorAll(".commands li")].flatMap((item) => {
    const [kind, value] = Object.entries(item.dataset).find(([name]) => kinds[name]) ?? [];
    const action = kind && kinds[kind](value);
    return action ? [{ title: item.lastElementChild.textContent, keys: item.dataset.keys ?? "", ...action }] : [];
  });
}

export function perform({ href, run }) {
  if (run) run();
  else location.assign(href);
}

for (const item of document.querySelectorAll(".commands [data-keys]")) {
  const { keys } = item.dataset;
  onKey(keys, () => {
    const command = commands().find((one) => one.keys === keys);
    if (command) perform(command);
  });
}
for (const button of document.querySelectorAll("button[data-opens]")) {
  button.addEventListener("click", () => find(`#${button.dataset.opens}`).showModal());
}
