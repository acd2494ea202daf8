import assert from "node:assert/strict";
import { displayWidth } from "./safe_text.ts";
import { widthOf } from "./width.ts";
import { wrapText } from "./wrap.ts";

const at = (columns: number) => ({ columns, prose: columns });

Deno.test("a sentence is broken between words, and goes on under the text of its bullet", () => {
  assert.equal(
    wrapText("• one two three four\n  indented words go on\nshort", at(14)),
    "• one two\n  three four\n  indented\n  words go on\nshort",
  );
  assert.equal(wrapText("    deeper words go on", at(20)), "    deeper words go\n    on");
  assert.equal(wrapText("error: Cannot do this now", at(21)), "error: Cannot do this\n       now");
});

Deno.test("wide characters count as two columns, and a word that is too long is cut", () => {
  assert.deepEqual(wrapText("日本語日本語日本語", at(10)).split("\n").map(displayWidth), [10, 8]);
  assert.equal(wrapText("x".repeat(25), at(10)), `${"x".repeat(10)}\n${"x".repeat(10)}\n${"x".repeat(5)}`);
});

Deno.test("a path is never broken, for it would not be one when it is copied", () => {
  const path = `/home/somebody/${"folder/".repeat(5)}index.html`;
  assert.equal(wrapText(`Report  ${path}`, at(30)), `Report\n${path}`);
});

Deno.test("on a wide terminal sentences stay readable and tables take what there is", () => {
  const wide = widthOf({ isTTY: true, columns: 200 }, undefined);
  assert.deepEqual(wide, { columns: 200, prose: 100 });
  const sentence = "word ".repeat(30).trim();
  assert.equal(wrapText(sentence, wide).split("\n").length, 2);
  const row = `${"cell".repeat(20)}  ${"cell".repeat(20)}`;
  assert.equal(wrapText(row, wide), row);
});

Deno.test("the width is the terminal's, elsewhere that of COLUMNS, and 100 where nobody says it", () => {
  assert.equal(widthOf({ isTTY: true, columns: 60 }, "90").columns, 60);
  assert.equal(widthOf({ isTTY: false }, "132").columns, 132);
  assert.equal(widthOf({ isTTY: false }, "132").prose, 132);
  for (const unusable of [undefined, "", "wide", "-5", "0"]) {
    assert.equal(widthOf({ isTTY: false }, unusable).columns, 100);
  }
  assert.equal(widthOf({ isTTY: true, columns: 5 }, undefined).columns, 30);
});
