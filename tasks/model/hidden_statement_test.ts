import assert from "node:assert/strict";
import { UsageError } from "./errors.ts";
import { HIDDEN, withoutWords } from "./hidden_statement.ts";

const said = Object.assign(new Error("the key is hunter2"), { code: "P0001", detail: "hunter2" });

Deno.test("of a statement that is not shown the server's words are not either; its code is", () => {
  const hidden = withoutWords(`DO $$BEGIN ${HIDDEN}`, said) as Error & { code: string };
  assert.equal(hidden.code, "P0001");
  assert.doesNotMatch(JSON.stringify({ ...hidden }) + hidden.message + hidden.stack, /hunter2/);
});

Deno.test("all other errors stay as they are", () => {
  assert.equal(withoutWords("SELECT 1/0", said), said);
  for (const error of [new UsageError("ours"), new Error("the connection was lost"), "text"]) {
    assert.equal(withoutWords(`DO ${HIDDEN}`, error), error);
  }
});
