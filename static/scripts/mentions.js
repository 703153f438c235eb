// Unlinked mentions come into the note's page when they are asked for; without this they are a page of their own.

async function load(link) {
  const response = await fetch(link.href);
  if (!response.ok) throw new Error(response.status);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const heading = document.createElement("h2");
  heading.textContent = link.textContent;
  heading.tabIndex = -1;
  link.closest("section").append(heading, page.getElementById("mentions"));
  link.remove();
  heading.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.mentions");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  load(link).catch(() => { location.href = link.href; });
});
