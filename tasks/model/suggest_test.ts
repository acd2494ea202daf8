import assert from "node:assert/strict";
import { hint, nearest } from "./suggest.ts";

Deno.test("the nearest name is suggested only where it is near", () => {
  assert.equal(nearest("grapql", ["sql", "graphql", "sql+cache"]), "graphql");
  assert.equal(nearest("access", ["access-paths"]), "access-paths");
  assert.equal(nearest("zzzzzzzz", ["sql", "graphql"]), undefined);
});

Deno.test("a hint lists all names", () => {
  assert.equal(hint("smal", ["tiny", "small"]), 'Did you mean "small"? Known: tiny, small.');
  assert.equal(hint("smal", []), "There are none.");
});
