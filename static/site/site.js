// A wiki that was written to files (wiki/export): no server answers, and from a disk browsers load neither modules nor
// data, only scripts. So what is looked for comes in scripts of one call each.

(() => {
  const root = document.documentElement;
  const base = new URL(document.body.dataset.root, location.href).href;
  const at = (file) => base + file;
  const waiting = new Map();
  const loaded = new Map();
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  window.strata = (name, data) => {
    waiting.get(name)?.(data);
    waiting.delete(name);
  };

  function load(name, file) {
    if (!loaded.has(name)) {
      loaded.set(name, new Promise((done, failed) => {
        const script = document.createElement("script");
        waiting.set(name, done);
        script.addEventListener("error", () => { loaded.delete(name); failed(new Error(file)); });
        script.addEventListener("load", () => script.remove());
        script.src = at(file);
        document.head.append(script);
      }));
    }
    return loaded.get(name);
  }

  function element(name, properties = {}, ...content) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...content);
    return made;
  }

  function link(file, text) {
    const made = element("a", { href: at(file), dir: "auto" }, text);
    if (made.pathname === location.pathname) made.setAttribute("aria-current", "page");
    return made;
  }

  // ── Folders and contents at the side ───────────────────────────────────────

  const isColumn = (drawer) => getComputedStyle(drawer).position !== "fixed";

  function show(button, drawer, isOpen) {
    drawer.classList.toggle("open", isOpen);
    root.classList.toggle("drawn", isOpen);
    button.setAttribute("aria-expanded", isOpen);
    (isOpen ? drawer : button).focus();
  }

  for (const button of all(".fold")) {
    const id = button.getAttribute("aria-controls");
    const drawer = document.getElementById(id);
    button.addEventListener("click", () => {
      const isFolded = root.dataset[id] === "closed";
      root.dataset[id] = "open";
      if (!isColumn(drawer)) {
        show(button, drawer, !drawer.classList.contains("open"));
      } else {
        root.dataset[id] = isFolded ? "open" : "closed";
        button.setAttribute("aria-expanded", isFolded);
      }
      if (id === "tree") openTree();
    });
    document.addEventListener("keydown", ({ key }) => {
      if (key === "Escape" && drawer.classList.contains("open")) show(button, drawer, false);
    });
    document.addEventListener("click", ({ target }) => {
      if (drawer.classList.contains("open") && !target.closest(".drawer, .fold")) show(button, drawer, false);
    });
    if (!isColumn(drawer)) button.setAttribute("aria-expanded", false);
  }

  async function folder(number, path) {
    const { folders, notes } = await load(`tree ${number}`, `-/tree/${number}.js`);
    const list = element("ul");
    for (const [name, inner, file] of folders) {
      const twist = element("button", { className: "twist", type: "button", ariaExpanded: "false", ariaLabel: name });
      const item = element("li", {}, element("div", { className: "row" }, twist, link(file, name)));
      const unfold = async () => {
        twist.ariaExpanded = "true";
        item.append(await folder(inner, `${path}${name}/`));
      };
      twist.addEventListener("click", () => {
        if (twist.ariaExpanded === "false") return unfold();
        twist.ariaExpanded = "false";
        return item.querySelector("ul")?.remove();
      });
      list.append(item);
      if (tree.dataset.at.startsWith(`${path}${name}/`)) await unfold();
    }
    for (const [title, file, tier, shade] of notes) {
      const name = link(file, title);
      name.title = `${title} · ${tier}`;
      name.append(element("span", { className: "unseen" }, ` ${tier}`));
      list.append(element("li", {}, element("div", { className: "row" }, element("span", { className: `dot tier-${shade}` }), name)));
    }
    return list;
  }

  const tree = document.getElementById("tree");
  async function openTree() {
    if (tree.firstChild || !tree.checkVisibility({ visibilityProperty: true })) return;
    const list = await folder(0, "");
    if (!tree.firstChild) tree.append(list);
    tree.querySelector("[aria-current]")?.scrollIntoView({ block: "center", behavior: "instant" });
  }
  openTree();

  // ── Words, as wiki/search/words.py has them ────────────────────────────────

  const LETTERS = { ł: "l", ø: "o", đ: "d", ħ: "h", ı: "i", æ: "ae", œ: "oe", þ: "th", ð: "d" };
  const WORD = /[\p{L}\p{N}]+(?:[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0dff\u0e31-\u0e4e\u0eb1-\u0ece\u0f18-\u0fbc\u1000-\u109f\u135d-\u135f\u17b4-\u17dd\u200c\u200d]+[\p{L}\p{N}]*)*/gu;
  const UNSPACED = "\\u0e01-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u3040-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uac00-\\ud7a3\\uf900-\\ufaff\\u{20000}-\\u{3ffff}";
  const RUN = new RegExp(`[${UNSPACED}]+|[^${UNSPACED}]+`, "gu");
  const IS_UNSPACED = new RegExp(`^[${UNSPACED}]`, "u");

  // Upper case first: "ß" is "SS" there, and a sigma at the end of a word is like any other. Of Cherokee the capitals
  // came first, and are what Unicode folds to.
  function fold(text) {
    const bare = text.toLowerCase().toUpperCase().toLowerCase().replaceAll("ς", "σ").normalize("NFKD").replace(/[\u0300-\u036f]+/g, "");
    const plain = bare.replace(/[łøđħıæœþð]/g, (letter) => LETTERS[letter]).normalize("NFC");
    return plain.replace(/[\u13f8-\u13fd\uab70-\uabbf]/g, (letter) => letter.toUpperCase());
  }

  // The last word may be only begun, but not what something follows.
  function wanted(query) {
    const found = [];
    for (const word of fold(query).match(WORD) ?? []) {
      for (const run of word.match(RUN)) {
        const letters = [...run];
        if (!IS_UNSPACED.test(run) || letters.length === 1) found.push({ word: run, isBegun: IS_UNSPACED.test(run) });
        else for (let n = 0; n + 1 < letters.length; n += 1) found.push({ word: letters[n] + letters[n + 1], isBegun: false });
      }
    }
    if (found.length && /[\p{L}\p{N}]$/u.test(query)) found.at(-1).isBegun = true;
    return found;
  }
  window.strata.fold = fold;
  window.strata.wanted = wanted;

  // ── Search ─────────────────────────────────────────────────────────────────

  const MOST_PARTS = 60;
  const PAGE = 20;
  const bytes = new TextEncoder();
  const hex = (text) => Array.from(bytes.encode(text), (byte) => byte.toString(16).padStart(2, "0")).join("");

  // What each document counts for one word.
  async function look({ word, isBegun }, table) {
    const own = table.parts.filter((part) => word.startsWith(part)).sort((a, b) => b.length - a.length).slice(0, 1);
    const longer = isBegun ? table.parts.filter((part) => part !== word && part.startsWith(word)) : [];
    const names = [...own, ...longer].slice(0, MOST_PARTS);
    const parts = await Promise.all(names.map((part) => load(part, `-/search/words/${hex(part)}.js`)));
    const found = new Map();
    for (const part of parts) {
      for (const [said, rows] of Object.entries(part)) {
        if (said !== word && !(isBegun && said.startsWith(word))) continue;
        const share = said === word ? 1 : 0.5;
        for (let place = 0, number = 0; place < rows.length; place += 2) {
          number += rows[place];
          found.set(number, Math.max(found.get(number) ?? 0, rows[place + 1] * share));
        }
      }
    }
    return found;
  }

  async function search(query) {
    const table = await load("index", "-/search/index.js");
    const each = await Promise.all(wanted(query).map((one) => look(one, table)));
    if (!each.length) return [];
    each.sort((a, b) => a.size - b.size);
    const hits = [];
    for (const [number] of each[0]) {
      if (!each.every((one) => one.has(number))) continue;
      // A rare word says more than a frequent one.
      hits.push([number, each.reduce((sum, one) => sum + one.get(number) * Math.log(1 + table.documents / one.size), 0)]);
    }
    return hits.sort(([a, x], [b, y]) => y - x || a - b).map(([number]) => number);
  }

  async function documents(numbers) {
    const { each } = await load("index", "-/search/index.js");
    const rows = (number) => load(Math.floor(number / each), `-/search/documents/${Math.floor(number / each)}.js`);
    return Promise.all(numbers.map(async (number) => (await rows(number))[number % each]));
  }

  function hit([title, file, tier, shade, path, text]) {
    const name = element("a", { className: "hit", href: at(file), dir: "auto" }, title);
    const chip = element("span", { className: `tier tier-${shade}` }, tier);
    const lines = [element("h2", {}, name, " ", chip), element("p", { className: "path", dir: "auto" }, path)];
    return element("li", {}, ...lines, element("p", { dir: "auto" }, text));
  }

  const page = document.querySelector("main.searching");
  const field = document.querySelector(".find input");

  async function answer(query, isAsked) {
    const [count, list, more] = [".count", ".hits", ".more button"].map((selector) => page.querySelector(selector));
    try {
      const found = query.trim() ? await search(query) : [];
      if (!isAsked()) return;
      const next = async (from) => {
        const rows = await documents(found.slice(from, from + PAGE));
        if (!isAsked()) return;
        if (!from) list.replaceChildren();
        list.append(...rows.map(hit));
        more.hidden = from + PAGE >= found.length;
        more.onclick = () => next(from + PAGE);
      };
      await next(0);
      const { found: some, none } = count.dataset;
      count.textContent = query.trim() ? (found.length ? some.replace("{}", found.length) : none) : "";
    } catch {
      count.textContent = count.dataset.failed;
    }
  }

  if (page) {
    let asked = 0;
    const ask = () => {
      const mine = asked += 1;
      answer(field.value, () => mine === asked);
    };
    field.value = new URLSearchParams(location.search).get("q") ?? "";
    field.addEventListener("input", ask);
    field.form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask();
    });
    ask();
    field.focus();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input, textarea, select")) return;
    if (event.key === "/") {
      event.preventDefault();
      field.focus();
    }
  });

  // ── Graph and maps can be moved ────────────────────────────────────────────

  const graph = document.getElementById("map");
  const part = (name) => import(at(`-/static/parts/${name}`));
  const onServer = location.protocol !== "file:"; // from a disk there are lists and outlines
  if (!onServer) graph?.remove();
  else if (graph) part("graph.js");

  const sight = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      sight.unobserve(target);
      part("map.js").then(({ show }) => show(target)).catch(() => {}); // the outline stays
    }
  }, { rootMargin: "200px" });
  for (const figure of onServer ? all("figure.map[data-map]") : []) sight.observe(figure);

  // ── Diagrams are drawn, and canvases looked into ───────────────────────────

  const each = (name, act, found) => {
    if (onServer && found.length) part(name).then((module) => found.forEach(module[act])).catch(() => {}); // it stays as it is
  };
  each("diagrams.js", "draw", all("article pre > code.language-mermaid").filter((code) => !code.closest(".canvas")));
  each("canvases.js", "lookInto", all(".canvas:has(svg)"));

  // ── Code can be copied ─────────────────────────────────────────────────────

  const { copy, copied } = document.body.dataset;
  for (const pre of navigator.clipboard ? all("article pre") : []) {
    const button = element("button", { className: "copy", type: "button" }, copy);
    const box = element("div", { className: "code" });
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(pre.textContent.replace(/\n$/, ""));
      button.textContent = copied;
      setTimeout(() => { button.textContent = copy; }, 2000);
    });
    pre.replaceWith(box);
    box.append(pre, button);
  }
})();
