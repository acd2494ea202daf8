import assert from "node:assert/strict";
import { rowsTable } from "./rows_table.ts";

/** What a kernel shows of a value. */
function shown(value: object): Record<string, string> {
  return (value as Record<symbol, () => Record<string, string>>)[Symbol.for("Jupyter.display")]!();
}

Deno.test("rows show themselves as a table in a notebook, with numbers as people read them", () => {
  const rows = [
    { name: "a & b", n: 12345, ms: 1.92654170821829, none: null, big: 5n },
    { name: "c", n: 0, ms: 1234.56, none: null, big: null },
  ];
  const table = rowsTable(rows);
  const { "text/html": html, "text/plain": plain } = shown(table);
  assert.equal(plain, "name\tn\tms\tnone\tbig\na & b\t12,345\t1.927\t—\t5\nc\t0\t1,235\t—\t—");
  assert.match(
    html!,
    /<tr><td>a &amp; b<\/td><td class="num">12,345<\/td><td class="num">1\.927<\/td><td>—<\/td><td class="num">5<\/td><\/tr>/,
  );
  // A cell may go on with them.
  assert.deepEqual(table.map(({ n }) => n), [12345, 0]);
});

Deno.test("of many rows the first are shown, and of none that there are none", () => {
  const { "text/html": html } = shown(rowsTable(Array.from({ length: 1000 }, (_, n) => ({ n }))));
  assert.match(html!, /The first 240 of 1,000 rows\./);
  assert.equal(html!.split("<tr>").length - 1, 241);
  assert.equal(shown(rowsTable([]))["text/plain"], "There are no rows.");
});
