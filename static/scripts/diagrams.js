// Diagrams are drawn where a note holds one; what draws them is loaded only there.

import { onContent } from "./fresh.js";

onContent(async () => {
  const found = document.querySelectorAll("article pre > code.language-mermaid");
  const codes = [...found].filter((code) => !code.closest(".diagram"));
  if (!codes.length) return;
  const { draw } = await import("../parts/diagrams.js");
  codes.filter((code) => code.isConnected && !code.closest(".diagram")).forEach(draw);
});
