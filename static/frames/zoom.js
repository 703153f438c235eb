// A picture to look into: which part of it is shown is its viewBox. By keys, by the wheel with Ctrl, by dragging.

const STEP = 1.3;
const MOST = 40;
const SHIFT = 0.15;

export function zoomable(svg, target) {
  const whole = svg.viewBox.baseVal;
  const all = { x: whole.x, y: whole.y, width: whole.width, height: whole.height };
  let now = { ...all };
  let drag;

  function show(next) {
    const within = (value, from, size, shown) => Math.min(Math.max(value, from - shown / 2), from + size - shown / 2);
    now = { ...next, x: within(next.x, all.x, all.width, next.width), y: within(next.y, all.y, all.height, next.height) };
    if (next.width >= all.width) now = { ...all };
    svg.setAttribute("viewBox", [now.x, now.y, now.width, now.height].map((value) => +value.toFixed(6)).join(" "));
    const isZoomed = now.width < all.width;
    svg.style.touchAction = isZoomed ? "none" : "";
    svg.style.cursor = isZoomed ? "grab" : "";
  }

  function zoom(factor, at = { x: now.x + now.width / 2, y: now.y + now.height / 2 }) {
    const width = Math.min(Math.max(now.width / factor, all.width / MOST), all.width);
    const share = width / now.width;
    show({ x: at.x - (at.x - now.x) * share, y: at.y - (at.y - now.y) * share, width, height: now.height * share });
  }

  const move = (x, y) => show({ ...now, x: now.x + x * now.width, y: now.y + y * now.height });
  const place = (event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
  const actions = { larger: () => zoom(STEP), smaller: () => zoom(1 / STEP), whole: () => show(all) };
  const keys = {
    "+": actions.larger, "=": actions.larger, "-": actions.smaller, "_": actions.smaller, "0": actions.whole,
    ArrowLeft: () => move(-SHIFT, 0), ArrowRight: () => move(SHIFT, 0), ArrowUp: () => move(0, -SHIFT), ArrowDown: () => move(0, SHIFT),
  };

  target.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    // With nothing out of sight the arrows scroll the page.
    if (event.key.startsWith("Arrow") && now.width >= all.width) return;
    event.preventDefault();
    keys[event.key]();
  });
  svg.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoom(event.deltaY < 0 ? STEP : 1 / STEP, place(event));
  }, { passive: false });
  svg.addEventListener("pointerdown", (event) => {
    if (event.button || now.width >= all.width) return;
    drag = { from: place(event), id: event.pointerId, x: event.clientX, y: event.clientY, moved: false };
  });
  svg.addEventListener("pointermove", (event) => {
    if (drag?.id !== event.pointerId) return;
    if (!drag.moved && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < 4) return;
    if (!drag.moved) svg.setPointerCapture(drag.id);
    drag.moved = true;
    const to = place(event);
    show({ ...now, x: now.x + drag.from.x - to.x, y: now.y + drag.from.y - to.y });
  });
  for (const name of ["pointerup", "pointercancel"]) {
    svg.addEventListener(name, () => {
      if (drag?.moved) svg.addEventListener("click", (event) => event.preventDefault(), { capture: true, once: true });
      drag = undefined;
    });
  }
  svg.addEventListener("dragstart", (event) => { if (drag) event.preventDefault(); });
  return actions;
}
