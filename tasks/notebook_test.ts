import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { run } from "./notebook.ts";
import { temporaryDirectory } from "./notebook/testing.ts";
import { inProcess } from "./terminal/testing_in_process.ts";

const ENTRY = resolve(import.meta.dirname!, "notebook.ts");

/** Runs the task with nothing on PATH but `path`. */
async function notebookTask(home: string, path: string, ...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ENTRY, ...args],
    env: { PATH: path, BENCHBOOK_HOME: home, BENCHBOOK_REPORTS: join(home, "reports"), NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test("without Jupyter the task says how to install it", async () => {
  await using home = await temporaryDirectory();
  const { code, stderr } = await notebookTask(home.path, home.path);
  assert.equal(code, 3);
  assert.match(stderr, /^error: Cannot open the notebooks in Jupyter: .* on PATH\n {2}Install it with `pipx/);
});

Deno.test("Jupyter is opened on the notebooks with a Deno kernel of our own", async () => {
  await using home = await temporaryDirectory();
  await using programs = await temporaryDirectory();
  const jupyter = join(programs.path, "jupyter-lab");
  await Deno.writeTextFile(jupyter, '#!/bin/sh\nfor last; do :; done\necho "$last|$JUPYTER_PATH"\n', {
    mode: 0o755,
  });
  const { code, stdout, stderr } = await notebookTask(home.path, programs.path);
  assert.equal(code, 0, stderr);
  const [notebooks, jupyterPath] = stdout.trim().split("|");
  assert.equal(notebooks, resolve(import.meta.dirname!, "..", "notebooks"));
  const directory = join(home.path, "jupyter");
  assert.equal(jupyterPath!.split(":")[0], directory);
  const spec = JSON.parse(await Deno.readTextFile(join(directory, "kernels", "deno", "kernel.json")));
  assert.deepEqual(spec.argv, [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"]);
});

Deno.test("wrong use is refused with exit code 2", async () => {
  await using home = await temporaryDirectory();
  const env = { BENCHBOOK_HOME: home.path, BENCHBOOK_REPORTS: join(home.path, "reports") };
  const cases: [string[], RegExp][] = [
    [["--rum"], /Did you mean --run\?/],
    [["latest"], /only --run takes them/],
    [["--run", "--timeout", "5"], /the unit is missing/],
    [["--run"], /there are no runs yet/],
  ];
  for (const [args, expected] of cases) {
    const { code, stderr } = await inProcess(() => run(args), env);
    assert.equal(code, 2, stderr);
    assert.match(stderr, expected);
  }
});
