import assert from "node:assert/strict";
import fc from "fast-check";
import { UsageError } from "../model/errors.ts";
import {
  cellsWithoutId,
  checkStripped,
  declaredParameters,
  injection,
  type Notebook,
  type NotebookCell,
  parseNotebook,
  readNotebook,
  sourceOf,
  titleOf,
} from "./ipynb.ts";
import { code, markdown, notebook } from "./testing.ts";

Deno.test("a notebook is read whether its sources are one text or lines", () => {
  const lines = { ...code(""), source: ["let a = 1;\n", "a"] };
  const read = parseNotebook(JSON.stringify(notebook(lines, code("let a = 1;\na"))), "x.ipynb");
  assert.equal(sourceOf(read.cells[0]!), sourceOf(read.cells[1]!));
});

Deno.test("what is no notebook is refused with the field at fault", () => {
  const cell = (fields: object) => JSON.stringify({ nbformat: 4, cells: [{ ...code(""), ...fields }] });
  const cases: [string, RegExp][] = [
    ["{", /not JSON/],
    ["[]", /not an object/],
    ['{"nbformat":3}', /nbformat is 3/],
    ['{"nbformat":4}', /no list of cells/],
    [cell({ cell_type: "heading" }), /cell_type of cell 1 is "heading"/],
    [cell({ source: [1] }), /source of cell 1/],
    [cell({ metadata: null }), /metadata of cell 1/],
  ];
  for (const [text, expected] of cases) {
    assert.throws(() => parseNotebook(text, "/a/b.ipynb"), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, expected);
      assert.match(error.message, /^Cannot read b\.ipynb as a Jupyter notebook/);
      return true;
    });
  }
});

Deno.test("an absent notebook is a usage error", async () => {
  await assert.rejects(readNotebook("/nowhere/at-all.ipynb"), UsageError);
});

Deno.test("the title is the first heading, else the file's name", () => {
  assert.equal(
    titleOf(notebook(code("# no"), markdown("Text\n\n## First *look* ##\n# Second")), "a.ipynb"),
    "First *look*",
  );
  assert.equal(titleOf(notebook(code("1")), "/b/tail-latency.ipynb"), "tail-latency");
});

Deno.test("parameters are assigned after the cell that declares them, whatever their text holds", () => {
  const declaring = notebook(
    markdown("# A"),
    code('let run = "latest"; let n = 1;\nlet on = true;', "parameters"),
  );
  fc.assert(fc.property(fc.string(), fc.integer(), fc.boolean(), (run, n, on) => {
    const { after, code } = injection(declaring, "a.ipynb", { run, n, on })!;
    assert.equal(after, 1);
    const assigned = new Function(`let run, n, on; ${code}; return { run, n, on };`)();
    assert.deepEqual(assigned, { run, n, on });
  }));
  assert.equal(injection(declaring, "a.ipynb", {}), null);
  assert.deepEqual(declaredParameters(declaring), ["run", "n", "on"]);
  assert.deepEqual(declaredParameters(notebook(code("let a = 1;"))), []);
});

Deno.test("a parameter that cannot be set is a usage error that suggests what can", () => {
  const refused = (source: string, tag: string, message: RegExp, next: RegExp) =>
    assert.throws(
      () => injection(notebook(code(source, tag)), "a.ipynb", { run: "x" }),
      (error) => error instanceof UsageError && message.test(error.message) && next.test(error.next ?? ""),
    );
  refused("let run = 1;", "other", /no cell tagged "parameters"/, /let run = "x";/);
  refused("let runs = 1;", "parameters", /does not declare it/, /Did you mean "runs"/);
  refused("const run = 1;", "parameters", /with const/, /let/);
});

Deno.test("what an execution left behind is found", () => {
  const ran = notebook(
    code("1"),
    markdown("#"),
    { ...code("2"), outputs: [{ output_type: "stream" }], execution_count: 3 },
  );
  assert.deepEqual(checkStripped(ran), [{ cell: 2, what: "outputs" }, { cell: 2, what: "execution_count" }]);
  assert.deepEqual(checkStripped(notebook(code("1"), markdown("#"))), []);
});

Deno.test("cells without an id of their own are found where the format demands one", () => {
  const { cells, ...rest } = notebook(code("1"), code("2"), code("3"));
  const [a, b, c] = cells as [NotebookCell, NotebookCell, NotebookCell];
  assert.deepEqual(cellsWithoutId({ ...rest, cells }), []);
  const doubtful = { ...rest, cells: [a, { ...b, id: a.id }, { ...c, id: undefined }] } as Notebook;
  assert.deepEqual(cellsWithoutId(doubtful), [1, 2]);
  assert.deepEqual(cellsWithoutId({ ...doubtful, nbformat_minor: 4 }), []);
});
