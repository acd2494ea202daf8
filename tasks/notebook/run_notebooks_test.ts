import assert from "node:assert/strict";
import { ExitCode, InterruptedError } from "../model/errors.ts";
import { runAll } from "./run_notebooks.ts";
import { code, markdown, temporaryDirectory, writeNotebook } from "./testing.ts";

Deno.test("every notebook runs and is told of, also after one has failed", async () => {
  await using directory = await temporaryDirectory();
  await writeNotebook(
    directory.path,
    "a.ipynb",
    code('let run = "";', "parameters"),
    code('if (run !== "r1") throw 1;'),
  );
  await writeNotebook(directory.path, "b-broken.ipynb", markdown("# B"), code('throw new Error("no");'));
  await writeNotebook(directory.path, "c.ipynb", code("1;"));
  const lines: string[] = [];
  const print = (line: string) => lines.push(line.replace(/[\d.]+ m?s$/, "TIME"));
  const options = { directory: directory.path, parameters: { run: "r1" }, timeoutMs: 60_000, print };
  assert.equal(await runAll(options), ExitCode.service);
  assert.deepEqual(lines, [
    "✓ a.ipynb         ok      2 cells, TIME",
    '✗ b-broken.ipynb  failed  Cannot run b-broken.ipynb to its end: cell 2, line 1 "throw new Error("no");", threw Error: no',
    "  Fix that cell, then try it with `deno task notebook --run`.",
    "✓ c.ipynb         ok      1 cell, TIME",
  ]);
  await Deno.remove(`${directory.path}/b-broken.ipynb`);
  lines.length = 0;
  assert.equal(await runAll(options), ExitCode.ok);
  assert.match(lines.at(-1)!, /^Every cell ran without an error\. Outputs are not kept/);
  await assert.rejects(runAll({ ...options, signal: AbortSignal.abort() }), InterruptedError);
});
