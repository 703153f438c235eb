// Passkeys: the rest comes only to a page that has a button for them.

if (document.querySelector("form[data-passkey]")) import("../parts/passkeys.js");
