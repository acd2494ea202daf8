import assert from "node:assert/strict";
import { displayWidth } from "./safe_text.ts";
import { formatTable, type TextColumn } from "./table.ts";

const COLUMNS: readonly TextColumn[] = [
  { title: "path", align: "left", heads: true },
  { title: "operation", align: "left", least: 10 },
  { title: "p50", align: "right" },
  { title: "p99", align: "right", drop: 2 },
  { title: "max", align: "right", drop: 1 },
];
const ROWS = [
  ["sql", "all", "1.2 ms", "3.4 ms", "9.9 ms"],
  ["", "customer-orders", "1.3 ms", "3.5 ms", "9.8 ms"],
  ["graphql", "all", "2.2 ms", "4.4 ms", "8.9 ms"],
];

Deno.test("a table that fits stands as it is", async (t) => {
  await t.assertSnapshot(formatTable(COLUMNS, ROWS, 80));
});

Deno.test("in less room the first column becomes headings, before anything is left out", async (t) => {
  const text = formatTable(COLUMNS, ROWS, 44);
  assert.doesNotMatch(text, /left out/);
  await t.assertSnapshot(text);
});

Deno.test("in still less, columns are left out in order, and it is said which", async (t) => {
  const text = formatTable(COLUMNS, ROWS, 32);
  assert.match(text.replace(/\s+/g, " "), /columns left out to fit the width: max/);
  await t.assertSnapshot(text);
});

Deno.test("where no column can be spared each row is a paragraph", async (t) => {
  const columns = COLUMNS.map(({ title, align }) => ({ title, align, least: 20 }));
  await t.assertSnapshot(formatTable(columns, ROWS, 30));
});

Deno.test("no line is longer than the terminal, whatever is in the cells", () => {
  const rows = [...ROWS, ["日本語".repeat(40), "x".repeat(500), "1", "2", "3"], [
    "a\nb",
    "word ".repeat(40),
    "",
    "",
    "",
  ]];
  for (let width = 30; width <= 140; width++) {
    for (const line of formatTable(COLUMNS, rows, width).split("\n")) {
      assert.ok(displayWidth(line) <= width, `${displayWidth(line)} of ${width}: ${line}`);
    }
  }
});
