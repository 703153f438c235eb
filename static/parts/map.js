// A map that moves, in place of its outline: the same size, the same piece of the world.

import { control, divIcon, map as makeMap, marker, polygon, polyline, circleMarker, tileLayer } from "../vendor/leaflet.js";

const style = new URL("../vendor/leaflet.css", import.meta.url).href;

// Before the map is made: its parts would be all over the page.
function styled() {
  const link = document.querySelector(`link[href="${style}"]`) ?? Object.assign(document.createElement("link"), { rel: "stylesheet", href: style });
  if (link.sheet) return null;
  return new Promise((done, failed) => {
    link.addEventListener("load", done);
    link.addEventListener("error", failed);
    if (!link.isConnected) document.head.prepend(link); // ours comes behind it
  });
}

function named(text) {
  const name = document.createElement("bdi");
  name.textContent = text;
  return name;
}

// [longitude, latitude, longitude, …] as pairs the other way round.
function places(line) {
  const found = [];
  for (let at = 0; at < line.length; at += 2) found.push([line[at + 1], line[at]]);
  return found;
}

function drawn([kind, name, lines]) {
  const parts = lines.map(places);
  const options = { className: `map-${kind}`, weight: 1.5, bubblingMouseEvents: true };
  const layers = kind === "point" ? parts.flat().map((at) => circleMarker(at, { ...options, radius: 4 }))
    : [kind === "area" ? polygon(parts, { ...options, fillRule: "evenodd" }) : polyline(parts, options)];
  return layers.map((layer) => (name ? layer.bindTooltip(named(name), { sticky: true }) : layer));
}

// A real link, so that it opens as links do.
function pin({ at, title, href }) {
  const face = document.createElement(href ? "a" : "span");
  if (href) face.href = (document.body.dataset.root ?? "") + href; // of a site that was written to files
  face.setAttribute("aria-label", title);
  face.className = "map-pin";
  return marker(at, { icon: divIcon({ html: face, className: "map-stand", iconSize: [24, 24] }), keyboard: false })
    .bindTooltip(named(title), { direction: "top", offset: [0, -8] });
}

// A page that is scrolled past a map goes on: the map takes the wheel, and a finger, from a click on until they leave.
function tame(map, box) {
  const set = (isOn) => {
    map.scrollWheelZoom[isOn ? "enable" : "disable"]();
    if (matchMedia("(pointer: coarse)").matches) map.dragging[isOn ? "enable" : "disable"]();
  };
  set(false);
  map.on("click focus", () => set(true));
  document.addEventListener("pointerdown", ({ target }) => { if (!box.contains(target)) set(false); });
  box.addEventListener("pointerleave", ({ pointerType }) => { if (pointerType === "mouse") set(false); });
}

export async function show(figure) {
  const { map: address, label, in: zoomIn, out: zoomOut } = figure.dataset;
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(answer.statusText);
  const [found] = [await answer.json(), await styled()];
  if (!figure.isConnected || figure.classList.contains("live")) return;
  const box = document.createElement("div");
  box.className = "map-live";
  box.setAttribute("role", "application");
  box.setAttribute("aria-label", label);
  figure.querySelector(".map-box").append(box);
  figure.classList.add("live");
  const scale = Math.log2(box.clientWidth / found.width);
  const map = makeMap(box, {
    zoomControl: false, attributionControl: false, zoomSnap: 0, zoomDelta: 1, preferCanvas: false, worldCopyJump: true,
    minZoom: Math.min(found.zooms[0], found.zoom + scale), maxZoom: Math.max(found.zooms[1], found.zoom + scale),
    fadeAnimation: false, zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
  });
  map.setView(found.at, found.zoom + scale, { animate: false });
  control.zoom({ zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(map);
  if (found.tiles) {
    tileLayer(found.tiles.address, { maxZoom: 22 }).addTo(map);
    const thanks = document.createElement("span");
    thanks.textContent = found.tiles.attribution;
    if (found.tiles.attribution) control.attribution({ prefix: false }).addAttribution(thanks.innerHTML).addTo(map);
  }
  for (const layer of found.shapes.flatMap(drawn)) layer.addTo(map);
  for (const each of found.markers) pin(each).addTo(map);
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(box);
  tame(map, box);
}
