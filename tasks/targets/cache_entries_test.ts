import assert from "node:assert/strict";
import { bodyEntries, rowEntries } from "./cache_entries.ts";

const NO_ENTRY = /an entry is not what was stored there/;

Deno.test("rows come back as JSON keeps them, and are counted", () => {
  for (const rows of [[], [{ id: 1, text: "ä🐘\n" }], [{ a: null, b: [1, { c: "2" }] }, {}]]) {
    assert.deepEqual(rowEntries.read(rowEntries.textOf(rows), true), { rows: rows.length, answer: rows });
    assert.equal(rowEntries.answerOf(rows), rows);
  }
});

Deno.test("a GraphQL answer comes back to the letter, whatever its length, and is read for who keeps it", () => {
  const long = JSON.stringify({ data: { text: "ä🐘".repeat(500), digits: 12345678901234 } });
  // Digits that a double does not hold are digits of the text.
  const exact = '{"data":{"id":12345678901234567890}}';
  for (const body of ['{"data":{"one":null}}', '{ "data" : {} , "errors" : [] }', long, exact]) {
    assert.equal(bodyEntries.textOf(body), body);
    assert.deepEqual(bodyEntries.read(body, true), { rows: -1, answer: JSON.parse(body) });
    assert.equal((bodyEntries.read(body, false) as { rows: number }).rows, -1);
    assert.deepEqual(bodyEntries.answerOf(body), JSON.parse(body));
  }
});

Deno.test("what is no answer is no entry, for who keeps it and for who does not", () => {
  const errors = JSON.stringify({ errors: [{ message: "no" }], data: { text: "x".repeat(2000) } });
  const late = JSON.stringify({ data: { text: "x".repeat(2000) }, errors: [{ message: "no" }] });
  for (const text of ["", "OK", "null", "[]", '{"data":null}', '{"errors":[{}]}', errors, late]) {
    for (const keep of [true, false]) assert.match(String(bodyEntries.read(text, keep)), NO_ENTRY, text);
  }
  for (const text of ["", "OK", "null", "{}", "[1]", "[null]", '{"data":{}}']) {
    assert.match(String(rowEntries.read(text, true)), NO_ENTRY, text);
  }
  // Believed where nobody reads it, as a long answer without a cache is; read it holds no data.
  const torn = `{"data":{"text":"${"x".repeat(2000)}}}`;
  assert.ok(!(bodyEntries.read(torn, false) instanceof Error));
  assert.match(String(bodyEntries.read(torn, true)), NO_ENTRY);
  assert.deepEqual(bodyEntries.answerOf(torn), {});
});
