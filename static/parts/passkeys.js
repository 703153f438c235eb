// Buttons for passkeys: a challenge is fetched, the device answers it, and the answer is sent as any form is.

const kinds = {
  create: (options) => navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
  get: (options) => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
};

class Refused extends Error {}

async function answer(form) {
  const asked = await fetch(form.dataset.challenge, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  if (!asked.ok) throw new Refused(form.dataset[`status${asked.status}`] ?? form.dataset.failed);
  return (await kinds[form.dataset.passkey](await asked.json())).toJSON();
}

async function submit(event) {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector("button");
  const problem = form.querySelector(".problem");
  problem.textContent = "";
  button.disabled = true;
  try {
    form.elements.credential.value = JSON.stringify(await answer(form));
    form.submit();
  } catch (error) {
    problem.textContent = error instanceof Refused ? error.message : form.dataset.failed;
    button.disabled = false;
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (window.PublicKeyCredential?.parseRequestOptionsFromJSON) form.addEventListener("submit", submit);
  else form.querySelector("button").disabled = true;
}
