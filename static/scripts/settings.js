// What a reader sets is kept by the server, in a cookie that scripts don't read.

export async function set(name, value) {
  document.documentElement.dataset[name] = value;
  await fetch("/-/settings", { method: "POST", body: new URLSearchParams({ [name]: value }), redirect: "manual" });
}
