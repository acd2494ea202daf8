import assert from "node:assert/strict";
import { bodyEntries, rowEntries } from "./cache_entries.ts";
import type { Statement } from "./target.ts";

const STATEMENT: Statement = { operationId: 0, name: "one", write: false, text: "", parameters: [] };

Deno.test("rows come back as JSON keeps them, and none of them is nothing", () => {
  for (const rows of [[], [{ id: 1, text: "ä🐘\n" }], [{ a: null, b: [1, { c: "2" }] }, {}]]) {
    assert.deepEqual(rowEntries.read(rowEntries.textOf(rows)), rows);
    assert.equal(rowEntries.answerOf(rows), rows);
    assert.equal(rowEntries.isEmpty(rows, STATEMENT), rows.length === 0);
  }
});

Deno.test("a GraphQL answer comes back to the letter, whatever its length", () => {
  const long = JSON.stringify({ data: { text: "ä🐘".repeat(500), digits: 12345678901234 } });
  // Digits that a double does not hold are digits of the text.
  const exact = '{"data":{"id":12345678901234567890}}';
  for (const body of ['{"data":{"one":null}}', '{ "data" : {} , "errors" : [] }', long, exact]) {
    assert.equal(bodyEntries.textOf(body), body);
    assert.deepEqual(bodyEntries.read(body), JSON.parse(body));
    assert.deepEqual(bodyEntries.answerOf(body), JSON.parse(body));
  }
  // Believed where nobody reads it, as a long answer without a cache is; read it holds no data.
  const torn = `{"data":{"text":"${"x".repeat(2000)}}}`;
  assert.deepEqual([bodyEntries.answerOf(torn), bodyEntries.read(torn)], [{}, {}]);
});

Deno.test("a GraphQL answer is nothing where it has no rows in the place that its document names", () => {
  const asked = { ...STATEMENT, result: ["orders", "nodes"] };
  for (const orders of [null, { nodes: [] }, { nodes: null }, {}]) {
    assert.ok(bodyEntries.isEmpty(JSON.stringify({ data: { orders } }), asked), JSON.stringify(orders));
  }
  assert.ok(!bodyEntries.isEmpty('{"data":{"orders":{"nodes":[{}]}}}', asked));
  assert.ok(!bodyEntries.isEmpty('{"data":{"order":{}}}', { ...STATEMENT, result: ["order"] }));
  // Where it holds them is not known.
  assert.ok(!bodyEntries.isEmpty('{"data":{"order":null}}', STATEMENT));
});
