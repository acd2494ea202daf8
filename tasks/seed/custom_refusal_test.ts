import assert from "node:assert/strict";
import { refusedPlace } from "./custom_refusal.ts";

const place = (where: string, code = "22P02", column?: string) =>
  refusedPlace({ code, where, column }, "events_2025_01", ["amount", "page_path"]);

Deno.test("line and column are read out of what a server says, in whatever language", () => {
  const found = { line: 70, column: "amount" };
  for (
    const where of [
      'COPY events_2025_01, line 70, column amount: "page_path: 3, line 9"',
      "COPY events_2025_01, line 70, column amount: null input",
      "COPY events_2025_01, Zeile 70, Spalte amount: »x«",
      "COPY events_2025_01, ligne 70, colonne amount : « x »",
      'テーブル"events_2025_01"のCOPY、行70、列amount: "x"',
    ]
  ) {
    assert.deepEqual(place(where), found, where);
  }
});

Deno.test("the column of a broken constraint is said apart", () => {
  const where = 'COPY events_2025_01, line 3: "1\tpage_path: x"';
  assert.deepEqual(place(where, "23502", "amount"), { line: 3, column: "amount" });
  assert.equal(place(where, "23514"), null);
});

Deno.test("what is about another column, no value or no COPY is left alone", () => {
  assert.equal(place('COPY events_2025_01, line 70, column event_id: "x"'), null);
  assert.equal(place('COPY events_2025_01, line 70, column amount: "x"', "57014"), null);
  assert.equal(place("COPY events_2025_01"), null);
  assert.equal(refusedPlace({ code: "22P02" }, "orders", ["amount"]), null);
});
