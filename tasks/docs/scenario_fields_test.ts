import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { parameterKinds, scenarioFields, TYPES_FILE } from "./scenario_fields.ts";

const types = Deno.readTextFileSync(join(resolve(import.meta.dirname!, "../.."), TYPES_FILE));

Deno.test("a field says what it may be, whether it is needed, and what it is for", () => {
  const fields = scenarioFields(types);
  assert.match(fields, /^- `timeout` \(required; a number above 0, at most 86,400\): After so long/m);
  assert.match(fields, /^- `undo` \(optional; a text\): A file of SQL/m);
});

Deno.test("a field or kind of the form without a comment in the types is refused by its name", () => {
  const withoutField = types.replace(/ {2}\/\*\*[^\n]*\n(?= {2}readonly block:)/, "");
  assert.notEqual(withoutField, types);
  assert.throws(() => scenarioFields(withoutField), /Scenario\.block has no comment/);
  const withoutKind = types.replace(/ {2}\/\*\*[^\n]*\n(?= {2}\| \{ readonly kind: "uniform")/, "");
  assert.notEqual(withoutKind, types);
  assert.throws(() => parameterKinds(withoutKind), /uniform has no comment/);
});
