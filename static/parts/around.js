// The picture around a note: what the pointer is on stays bright with all that it is tied to.

const picture = document.querySelector(".around .drawing");
const nodes = [...picture.querySelectorAll(".node")];
const lines = [...picture.querySelectorAll(".tie")];
const place = (node) => node.querySelector("g").getAttribute("transform").match(/-?[\d.]+/g).join();
const byPlace = new Map(nodes.map((node) => [place(node), node]));
const ends = new Map(lines.map((line) => [line, ["1", "2"].map((end) => byPlace.get(`${line.getAttribute(`x${end}`)},${line.getAttribute(`y${end}`)}`))]));

function point(node) {
  const near = new Set([node]);
  for (const [line, both] of ends) {
    const isNear = both.includes(node);
    line.classList.toggle("near", isNear);
    if (isNear) both.forEach((end) => near.add(end));
  }
  for (const one of nodes) one.classList.toggle("near", near.has(one));
  picture.classList.toggle("pointed", Boolean(node));
}

for (const node of nodes) {
  node.addEventListener("pointerenter", () => point(node));
  node.addEventListener("pointerleave", () => point());
}
