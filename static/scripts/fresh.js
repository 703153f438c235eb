// What is on the page, as the server sent it; and what is to be done with it now, and again when it changes.

const actions = [];

// As text: a copy of the elements would load their pictures and sounds again.
export const sent = document.querySelector("main")?.outerHTML;

// An action may be run on what it has seen before.
export function onContent(action) {
  actions.push(action);
  action();
}

export function contentChanged() {
  for (const action of actions) action();
}
