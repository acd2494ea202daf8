import assert from "node:assert/strict";
import { InterruptedError } from "../model/errors.ts";
import { listNotebooks, NotebookError, type RunCell, runNotebook } from "./run.ts";
import { code, markdown, temporaryDirectory, writeNotebook } from "./testing.ts";

const OPTIONS = { parameters: {}, timeoutMs: 60_000 };

Deno.test("a notebook runs to its end with parameters, imports beside it and typed outputs", async () => {
  await using directory = await temporaryDirectory();
  await Deno.writeTextFile(
    `${directory.path}/greet.ts`,
    "export const greet = (name: string) => `Hello ${name}`;",
  );
  const file = await writeNotebook(
    directory.path,
    "greeting.ipynb",
    markdown("# A greeting"),
    code('let name = "nobody";\nlet times: number = 1;', "parameters"),
    { cell_type: "raw", metadata: {}, source: "left out" },
    code('import { greet } from "./greet.ts";\nconsole.log(greet(name));', "figure:greeting"),
    code("Deno.jupyter.svg`<svg>${times * 2}</svg>`"),
    code(""),
  );
  const before = await Deno.readTextFile(file);
  const seen: RunCell[] = [];
  const run = await runNotebook({
    ...OPTIONS,
    file,
    parameters: { name: 'Ada "L"', times: 21 },
    onCell: (cell) => seen.push(cell),
  });
  assert.equal(run.title, "A greeting");
  assert.deepEqual(run.cells.map(({ index, kind, tags }) => [index, kind, ...tags]), [
    [0, "markdown"],
    [1, "code", "parameters"],
    [3, "code", "figure:greeting"],
    [4, "code"],
    [5, "code"],
  ]);
  assert.deepEqual(run.cells.map(({ outputs }) => outputs), [
    [],
    [],
    [{ stream: "stdout", text: 'Hello Ada "L"\n' }],
    [{ mime: { "image/svg+xml": "<svg>42</svg>" } }],
    [],
  ]);
  assert.deepEqual(seen, run.cells);
  assert.deepEqual(JSON.parse(JSON.stringify(run)), run);
  assert.equal(await Deno.readTextFile(file), before);
});

/** Runs a notebook whose third cell is `source` and gives the error. */
async function failing(source: string): Promise<NotebookError> {
  await using directory = await temporaryDirectory();
  await Deno.writeTextFile(
    `${directory.path}/deep.ts`,
    "\nexport function deep(): never {\n  throw new Error('deep down');\n}",
  );
  const file = await writeNotebook(
    directory.path,
    "broken.ipynb",
    markdown("# Broken"),
    code("const early: number[] = [];"),
    code(source),
    code("await Deno.writeTextFile('ran-on', '');"),
  );
  const ran = runNotebook({ ...OPTIONS, file });
  const error = await ran.then(() => assert.fail("it ran to its end"), (error) => error);
  assert.ok(error instanceof NotebookError, String(error));
  assert.equal(error.exitCode, 3);
  assert.equal(error.place.cell, 2);
  await assert.rejects(Deno.stat(`${directory.path}/ran-on`), "a cell after the failed one ran");
  return error;
}

Deno.test("a failing cell is named with its line in the source, not in transpiled code", async () => {
  const error = await failing(`interface Unused { a: string }

type T = { b: number };

const value = (t: T) => {

  if (t.b > 1) throw new TypeError("too much");
  return t.b;
};

value({ b: 1 });

value({ b: 2 });`);
  assert.equal(
    error.message,
    'Cannot run broken.ipynb to its end: cell 3, line 13 "value({ b: 2 });", threw TypeError: too much',
  );
});

Deno.test("each way of failing has a sentence of its own", async () => {
  const begins = "Cannot run broken.ipynb to its end: cell 3, ";
  const cases: [string, string | RegExp][] = [
    ["const a = 1;\n\nconst b = = 2;", 'line 3 "const b = = 2;", cannot be parsed: Expression expected'],
    ['\nthrow "plain";', 'which begins "throw "plain";", threw Error: plain'],
    [
      'import {\n  type Deep,\n  deep,\n} from "./deep.ts";\nimport type { A } from "./deep.ts";\n\nthrow 1 as Deep & A;',
      'which begins "import {", threw Error: 1',
    ],
    [
      'import {\n  type Deep,\n  deep,\n} from "./deep.ts";\n\nlet a: Deep;\nnosuch(a);',
      'line 7 "nosuch(a);", threw ReferenceError: nosuch is not defined',
    ],
    [
      'import { deep } from "./deep.ts";\n\nimport {\n  late,\n} from "./absent.ts";',
      /^line 5 "} from ".\/absent.ts";", threw TypeError: Module not found/,
    ],
    [
      "setInterval(() => Array.from({ length: 1e5 }, () => ({})), 1);\nawait new Promise(() => {});",
      /^which begins "setInterval.*", did not end: the kernel gave it up, as it does with a promise/,
    ],
    ["Deno.exit(3);", 'which begins "Deno.exit(3);", did not end: the kernel ended (exit code 3)'],
    [
      '\nvoid Promise.reject(new Error("lost"));',
      /line 2 "void Promise.*", left an error unhandled: Error: lost$/,
    ],
    [
      'import { deep } from "./deep.ts";\ndeep();',
      /line 2 "deep\(\);", threw Error: deep down \(thrown at file:.*deep\.ts:3:9\)$/,
    ],
    ['throw new Error("no postgres://me:hunter2@db/x");', /threw Error: no postgres:\/\/me:\*\*\*@db\/x$/],
  ];
  for (const [source, expected] of cases) {
    const { message } = await failing(source);
    assert.ok(message.startsWith(begins), message);
    const rest = message.slice(begins.length);
    if (typeof expected === "string") assert.equal(rest, expected);
    else assert.match(rest, expected);
  }
});

// The limit is for each cell: another before it could take as long on a busy machine.
Deno.test("a cell that does not end in time is named", async () => {
  await using directory = await temporaryDirectory();
  const file = await writeNotebook(directory.path, "late.ipynb", code("await new Promise(() => {});"));
  await assert.rejects(
    runNotebook({ ...OPTIONS, file, timeoutMs: 500 }),
    /cell 1, which begins "await new Promise\(\(\) => \{\}\);", did not end: .* within 500 ms$/,
  );
});

Deno.test("an abort before or during a run interrupts it", async () => {
  await using directory = await temporaryDirectory();
  const file = await writeNotebook(
    directory.path,
    "a.ipynb",
    code("1"),
    code("await new Promise(() => {});"),
  );
  const controller = new AbortController();
  const running = runNotebook({
    ...OPTIONS,
    file,
    signal: controller.signal,
    onCell: () => queueMicrotask(() => controller.abort()),
  });
  await assert.rejects(running, InterruptedError);
  await assert.rejects(runNotebook({ ...OPTIONS, file, signal: AbortSignal.abort() }), InterruptedError);
});

Deno.test("notebooks are listed by name, without checkpoints and other files", async () => {
  await using directory = await temporaryDirectory();
  for (const name of ["b.ipynb", "a.ipynb", ".c.ipynb", "notes.md"]) {
    await Deno.writeTextFile(`${directory.path}/${name}`, "");
  }
  const names = (await listNotebooks(directory.path)).map((file) => file.slice(directory.path.length + 1));
  assert.deepEqual(names, ["a.ipynb", "b.ipynb"]);
  await assert.rejects(listNotebooks(`${directory.path}/none`), /there is no such directory/);
});
