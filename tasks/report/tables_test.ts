import assert from "node:assert/strict";
import { codeCounts } from "./tables.ts";

Deno.test("of very many codes the most frequent are shown, and the others counted", () => {
  assert.equal(codeCounts([{ code: "57014", n: 1200 }, { code: "500", n: 3 }]), "57014: 1,200, 500: 3");
  const many = Array.from({ length: 300 }, (_, index) => ({ code: `E${index}`, n: 2 }));
  const text = codeCounts(many);
  assert.ok(text.startsWith("E0: 2, ") && text.endsWith(", E11: 2, and 288 more: 576"), text);
});
