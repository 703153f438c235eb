// Buttons to look into a picture with.

const { larger, smaller, whole, full } = document.body.dataset;

export function tools(figure, act) {
  const bar = document.createElement("div");
  bar.className = "zoom-tools";
  const add = (sign, name, action) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = sign;
    button.title = name;
    button.setAttribute("aria-label", name);
    button.addEventListener("click", action);
    bar.append(button);
  };
  add("+", larger, () => act("larger"));
  add("\u2212", smaller, () => act("smaller"));
  add("0", whole, () => act("whole"));
  if (document.fullscreenEnabled) {
    add("\u2922\uFE0E", full, () => (document.fullscreenElement ? document.exitFullscreen() : figure.requestFullscreen()));
  }
  return bar;
}
