import assert from "node:assert/strict";
import type { CellFailure } from "./failure.ts";
import { locate, projectFrame, topPosition } from "./locate.ts";

const failure = (kind: CellFailure["kind"], ...traceback: string[]): CellFailure => ({
  kind,
  name: "Error",
  message: "",
  traceback,
});

Deno.test("the outermost frame of a cell is the one that the reader looks for", () => {
  const trace = [
    "Error: no",
    "    at inner (<anonymous>:2:9)",
    "    at Array.map (<anonymous>)",
    "    at file:///a/tasks/charts/plot.ts:3:4",
    "    at async <anonymous>:7:1",
  ];
  assert.deepEqual(topPosition(trace), { line: 7, column: 1 });
  assert.deepEqual(topPosition(trace.slice(0, 4)), { line: 2, column: 9 });
  assert.deepEqual(
    topPosition([
      "Error",
      "    at x (<anonymous>:3:1)",
      "    at format (ext:cli/40_jupyter.js:1:2)",
      "    at <anonymous>:2:51",
    ]),
    { line: 3, column: 1 },
  );
  assert.equal(topPosition(["Error: no"]), null);
});

Deno.test("the project's nearest file is named, packages are not", () => {
  const trace = [
    "Error",
    "    at f (file:///p/node_modules/pg/lib.js:1:2)",
    "    at g (file:///p/tasks/store/read.ts:9:5)",
    "    at <anonymous>:1:1",
  ];
  assert.equal(projectFrame(trace), "file:///p/tasks/store/read.ts:9:5");
  assert.equal(projectFrame(["Error", "    at <anonymous>:1:1"]), null);
});

Deno.test("a position in transpiled code is found again in the source", async () => {
  const source = `interface Row { n: number }

// A comment that stays.
const rows: Row[] = [{ n: 1 },
  { n: 2 }] as Row[];


rows.at(5)!.n;`;
  // As the kernel sees it: two lines for the array's elements each, and no interface.
  const location = await locate(source, failure("error", "TypeError: x", "    at <anonymous>:10:12"));
  assert.deepEqual(location, { line: 8, text: "rows.at(5)!.n;" });
  const first = await locate("nosuch;", failure("error", "ReferenceError", "    at <anonymous>:1:22"));
  assert.deepEqual(first, { line: 1, text: "nosuch;" });
});

Deno.test("a syntax error's line and reason come from the parser", async () => {
  assert.deepEqual(await locate("let a = 1;\n\nlet b = ;\n", failure("syntax")), {
    line: 3,
    text: "let b = ;",
    syntax: "Expression expected",
  });
});

Deno.test("a failure without a position has no line", async () => {
  assert.equal(await locate("1", failure("timeout")), null);
  assert.equal(await locate("throw 1", failure("error", "")), null);
});
