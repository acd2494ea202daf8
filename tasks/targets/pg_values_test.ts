import assert from "node:assert/strict";
import { parameterText } from "./pg_values.ts";

Deno.test("parameters are texts, lists are array literals", () => {
  assert.equal(parameterText(null), null);
  assert.equal(parameterText(-1.5e300), "-1.5e+300");
  assert.equal(parameterText(""), "");
  assert.equal(parameterText([]), "{}");
  assert.equal(parameterText([1, NaN, -0.5]), "{1,NaN,-0.5}");
  assert.equal(parameterText(["NULL", "", 'a"b\\c', "{,}"]), String.raw`{"NULL","","a\"b\\c","{,}"}`);
});
