// Buttons to look into a picture with.

const template = document.getElementById("picture");
export const texts = template.dataset;

export function tools(figure, act) {
  const bar = template.content.firstElementChild.cloneNode(true);
  if (!document.fullscreenEnabled) bar.querySelector('[data-act="full"]').remove();
  bar.addEventListener("click", (event) => {
    const how = event.target.closest("button")?.dataset.act;
    if (how === "full") document.fullscreenElement ? document.exitFullscreen() : figure.requestFullscreen();
    else if (how) act(how);
  });
  return bar;
}
