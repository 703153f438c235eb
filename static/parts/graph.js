// The map of all notes: drawn by the graphics card, moved by pointer, fingers and keys. What can't be drawn is a list.

import { onKey } from "../scripts/keys.js";
import { Canvas } from "./canvas.js";
import { Notes } from "./notes.js";

const box = document.querySelector("#map");
const form = document.querySelector(".graph-page form");
const { waiting, failed, keys, find, cut } = box.dataset;
const isCalm = matchMedia("(prefers-reduced-motion: reduce)");
const isDark = matchMedia("(prefers-color-scheme: dark)");
const STEP = 60; // pixels an arrow key moves the map by
const OPTIONS = 8;
const FURTHEST = 60;
let notes, canvas, camera, chosen = -1, moving = 0, frame = 0;

function make(parent, name, values = {}) {
  return parent.appendChild(Object.assign(document.createElement(name), values));
}

const said = make(box, "p", { className: "waiting", textContent: waiting });
said.setAttribute("role", "status");

// Any colour that CSS knows, as numbers: browsers say it in the form in which it was written.
const dot = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
function rgb(color) {
  dot.clearRect(0, 0, 1, 1);
  dot.fillStyle = color;
  dot.fillRect(0, 0, 1, 1);
  return [...dot.getImageData(0, 0, 1, 1).data.slice(0, 3)];
}

function paint() {
  const legend = [...document.querySelectorAll(".legend [data-rank]")];
  const lines = (look) => rgb(getComputedStyle(document.querySelector(`.legend .tie.${look}`)).stroke);
  const style = getComputedStyle(box);
  canvas.paint({
    tiers: legend.map((item) => rgb(getComputedStyle(item.querySelector("circle, path")).fill)),
    shapes: legend.map((item) => Number(item.dataset.rank)),
    ties: ["link", "embed", "same", "relation"].map(lines),
    type: style.fontFamily,
    strong: style.color,
    paper: style.backgroundColor,
  });
  draw();
}

function draw() {
  frame ||= requestAnimationFrame(() => {
    frame = 0;
    canvas.draw(camera);
    canvas.name(camera);
    box.dataset.zoom = (camera.scale / canvas.fit).toFixed(2);
  });
}

function point(note) {
  if (note === canvas.pointed) return;
  canvas.pointed = note;
  canvas.names.classList.toggle("over", note >= 0);
  draw();
}

function zoom(factor, px = canvas.width / 2, py = canvas.height / 2) {
  const scale = Math.min(Math.max(camera.scale * factor, canvas.fit / 2), Math.max(canvas.fit * FURTHEST, 0.4));
  const [dx, dy] = [px - canvas.width / 2, py - canvas.height / 2];
  camera.x += dx / camera.scale - dx / scale;
  camera.y += dy / camera.scale - dy / scale;
  camera.scale = scale;
  draw();
}

function shift(dx, dy) {
  camera.x += dx / camera.scale;
  camera.y += dy / camera.scale;
  draw();
}

function go(to) {
  cancelAnimationFrame(moving);
  const from = { ...camera };
  const begun = performance.now();
  const step = (now) => {
    const part = isCalm.matches ? 1 : Math.min(1, Math.max(0, (now - begun) / 350));
    const eased = part * (2 - part);
    for (const name of ["x", "y"]) camera[name] = from[name] + (to[name] - from[name]) * eased;
    camera.scale = from.scale * (to.scale / from.scale) ** eased;
    draw();
    if (part < 1) moving = requestAnimationFrame(step);
  };
  step(begun);
}

const all = () => go(canvas.whole());

function choose(note) {
  chosen = note;
  point(note);
  go({ x: notes.x[note], y: notes.y[note], scale: Math.max(camera.scale, canvas.fit * 5, 0.05) });
  said.textContent = notes.title(note);
  canvas.names.focus({ preventScroll: true });
}

const open = (note) => location.assign(notes.address(note));

// ── Pointer and fingers ──────────────────────────────────────────────────────

const fingers = new Map();
let travelled = 0;

function place(event) {
  const { left, top } = box.getBoundingClientRect();
  return [event.clientX - left, event.clientY - top];
}

function moved(event) {
  const [x, y] = place(event);
  const before = fingers.get(event.pointerId);
  if (!before) {
    point(canvas.under(x, y, camera));
    return;
  }
  const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
  travelled += Math.hypot(x - before[0], y - before[1]);
  if (other) {
    const apart = ([a, b]) => Math.max(1, Math.hypot(a - other[0], b - other[1]));
    zoom(apart([x, y]) / apart(before), (x + other[0]) / 2, (y + other[1]) / 2);
    shift((before[0] - x) / 2, (before[1] - y) / 2);
  } else {
    shift(before[0] - x, before[1] - y);
  }
  fingers.set(event.pointerId, [x, y]);
}

function listen(surface) {
  surface.addEventListener("pointerdown", (event) => {
    cancelAnimationFrame(moving);
    if (!fingers.size) travelled = 0;
    surface.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, place(event));
  });
  surface.addEventListener("pointermove", moved);
  surface.addEventListener("pointerleave", () => point(chosen));
  surface.addEventListener("pointercancel", (event) => fingers.delete(event.pointerId));
  surface.addEventListener("pointerup", (event) => {
    fingers.delete(event.pointerId);
    const note = canvas.under(...place(event), camera);
    if (travelled > 6 || fingers.size) return;
    if (note < 0) {
      chosen = -1;
      point(-1);
    } else if (event.pointerType === "mouse" || note === chosen) {
      if (event.ctrlKey || event.metaKey) window.open(notes.address(note));
      else open(note);
    } else {
      choose(note); // a finger hides what it touches: it opens with the second touch
    }
  });
  surface.addEventListener("wheel", (event) => {
    event.preventDefault();
    cancelAnimationFrame(moving);
    zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.03 : 0.0015)), ...place(event));
  }, { passive: false });
  surface.addEventListener("keydown", (event) => {
    const { key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = {
      ArrowLeft: () => shift(-STEP, 0),
      ArrowRight: () => shift(STEP, 0),
      ArrowUp: () => shift(0, -STEP),
      ArrowDown: () => shift(0, STEP),
      "+": () => zoom(1.4),
      "=": () => zoom(1.4),
      "-": () => zoom(1 / 1.4),
      0: all,
      Enter: () => chosen >= 0 && open(chosen),
      Escape: () => { chosen = -1; point(-1); },
    }[key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

// ── Finding a note, filters, buttons ─────────────────────────────────────────

function addFinder() {
  const finder = make(box, "div", { className: "finder" });
  const field = make(finder, "input", { type: "search", placeholder: find, autocomplete: "off", spellcheck: false, dir: "auto" });
  const list = make(finder, "div", { id: "found", role: "listbox" });
  let found = [];
  let at = 0;
  for (const [name, value] of Object.entries({ role: "combobox", "aria-label": find, "aria-controls": "found", "aria-expanded": "false", "aria-autocomplete": "list" })) field.setAttribute(name, value);
  list.setAttribute("aria-label", find);
  const show = () => {
    list.replaceChildren(...found.map((note, number) => {
      const option = Object.assign(document.createElement("div"), { id: `found-${number}`, role: "option", textContent: notes.title(note), dir: "auto", title: notes.path(note) });
      option.setAttribute("aria-selected", number === at);
      option.addEventListener("pointerdown", (event) => { event.preventDefault(); take(number); });
      return option;
    }));
    field.setAttribute("aria-expanded", found.length > 0);
    if (found.length) field.setAttribute("aria-activedescendant", `found-${at}`);
    else field.removeAttribute("aria-activedescendant");
  };
  const search = () => {
    [found, at] = [notes.find(field.value, OPTIONS), 0];
    show();
  };
  const take = (number) => {
    if (found[number] === undefined) return;
    const note = found[number];
    found = [];
    show();
    choose(note);
  };
  field.addEventListener("input", search);
  field.addEventListener("focus", search);
  field.addEventListener("blur", () => { found = []; show(); });
  field.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.isComposing) return;
    if (event.key === "Enter") take(at);
    else if (event.key === "Escape" && found.length) { found = []; show(); }
    else if (step && found.length) { at = (at + step + found.length) % found.length; show(); }
    else return;
    event.preventDefault();
  });
  onKey("/", () => { field.focus(); field.select(); });
}

function addButtons() {
  const zooms = make(box, "div", { className: "zoom" });
  const { larger, smaller, fit } = box.dataset;
  for (const [sign, name, action] of [["+", larger, () => zoom(1.5)], ["−", smaller, () => zoom(1 / 1.5)], ["⤢", fit, all]]) {
    const button = make(zooms, "button", { type: "button", textContent: sign, title: name });
    button.setAttribute("aria-label", name);
    button.addEventListener("click", action);
  }
}

// What the form says; the list below follows when it is sent.
function filter() {
  const { tag, in: folder, tier, kind } = Object.fromEntries(new FormData(form));
  const rank = form.elements.tier.selectedIndex - 1;
  notes.show({ tag, folder, tier: tier ? rank : -1, kind });
  canvas.show();
  if (chosen >= 0 && !notes.isShown[chosen]) chosen = -1;
  point(chosen);
  draw();
}

function fits() {
  canvas.resize();
  canvas.fit = canvas.whole().scale;
}

async function start() {
  const answer = await fetch(box.dataset.map);
  if (!answer.ok) throw new Error(answer.statusText);
  notes = new Notes(await answer.json());
  canvas = new Canvas(box, notes);
  fits();
  camera = canvas.whole();
  const { names } = canvas;
  names.tabIndex = 0;
  names.setAttribute("role", "application");
  names.setAttribute("aria-label", keys);
  listen(names);
  addFinder();
  addButtons();
  said.className = "unseen";
  said.textContent = cut ?? "";
  paint();
  // A site that was written to files has no form: its list below can't follow.
  if (form && [...new FormData(form).values()].some(Boolean)) {
    filter();
    camera = canvas.whole();
  }
  form?.addEventListener("input", filter);
  new ResizeObserver(() => { fits(); draw(); }).observe(box);
  new MutationObserver(paint).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  isDark.addEventListener("change", paint);
  canvas.picture.addEventListener("webglcontextlost", fail);
  const at = new URLSearchParams(location.search).get("at");
  const note = at ? notes.at(at) : -1;
  if (note >= 0) choose(note);
  requestAnimationFrame(() => performance.mark("map"));
}

function fail() {
  box.replaceChildren(said);
  said.className = "waiting";
  said.textContent = failed;
  box.classList.add("failed");
}

start().catch(fail);
