import assert from "node:assert/strict";
import { cellModule, checkNotebooks, formatProblem } from "./check.ts";
import { code, markdown, notebook, temporaryDirectory, writeNotebook } from "./testing.ts";

Deno.test("each line of the module leads back to its cell", () => {
  const { text, place } = cellModule(
    notebook(markdown("# A\nB"), code("let a = 1;\n\na;"), markdown(""), code("a + 1;")),
  );
  const lines = text.split("\n");
  assert.deepEqual(lines.map((line, i) => [line, place(i + 1)]), [
    ["let a = 1;", { cell: 1, line: 1 }],
    ["", { cell: 1, line: 2 }],
    ["a;", { cell: 1, line: 3 }],
    ["a + 1;", { cell: 3, line: 1 }],
    ["export {};", null],
    ["", null],
  ]);
});

Deno.test("type errors, lint and outputs are told with cell and line, in one go for all notebooks", async () => {
  await using directory = await temporaryDirectory();
  await Deno.writeTextFile(`${directory.path}/units.ts`, "export const ms = (n: number) => `${n} ms`;");
  const good = await writeNotebook(
    directory.path,
    "good.ipynb",
    code('let run = "latest";', "parameters"),
    code('import { ms } from "./units.ts";\nDeno.jupyter.html`<b>${ms(1)} ${run}</b>`;'),
  );
  const bad = await writeNotebook(
    directory.path,
    "bad.ipynb",
    markdown("# Bad"),
    code('import { ms } from "./units.ts";'),
    code('const text = ms("1");\ntext;\nlet never = 1;\nnever;'),
    { ...code("await Promise.resolve(1);"), execution_count: 2 },
  );
  const problems = await checkNotebooks([good, bad]);
  assert.deepEqual(problems.map(formatProblem).sort(), [
    "bad.ipynb, cell 3, line 1: TS2345: Argument of type 'string' is not assignable to parameter of type 'number'.",
    "bad.ipynb, cell 3, line 3: prefer-const: `never` is never reassigned",
    "bad.ipynb, cell 4: execution_count: a committed notebook has no execution counts",
  ]);
  assert.deepEqual(await checkNotebooks([good]), []);
  const left = Array.from(Deno.readDirSync(directory.path), ({ name }) => name).filter((name) =>
    name.startsWith(".")
  );
  assert.deepEqual(left, [], "a module was left behind");
});

Deno.test("a cell that cannot be parsed or imports what is not there is told once, with its line", async () => {
  await using directory = await temporaryDirectory();
  const syntax = await writeNotebook(directory.path, "syntax.ipynb", code("1;"), code("\nlet x = ;"));
  assert.deepEqual((await checkNotebooks([syntax])).map(({ cell, line, code }) => [cell, line, code]), [[
    1,
    2,
    "syntax",
  ]]);
  const absent = await writeNotebook(
    directory.path,
    "absent.ipynb",
    code('import { a } from "./no.ts";\na;'),
  );
  const [problem, ...more] = await checkNotebooks([absent]);
  assert.deepEqual(more, []);
  assert.deepEqual([problem?.cell, problem?.line], [0, 1]);
  assert.match(problem?.message ?? "", /no\.ts/);
});
