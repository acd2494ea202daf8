import assert from "node:assert/strict";
import { parts, partsAskedFor } from "./parts.ts";

Deno.test("without a name all parts are asked for, with one that part", () => {
  assert.deepEqual(partsAskedFor(undefined), Object.values(parts));
  assert.deepEqual(partsAskedFor("seed"), [parts["seed"]]);
});

Deno.test("an unknown part is a usage error with the nearest name", () => {
  assert.throws(() => partsAskedFor("sed"), { name: "UsageError", next: /Did you mean "seed"\?/ });
  assert.throws(() => partsAskedFor("constructor"), { name: "UsageError", next: /Known: seed/ });
});
