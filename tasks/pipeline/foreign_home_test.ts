import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { withTempHome } from "../stack/testing.ts";
import { callTask } from "./testing.ts";

const tasks = resolve(import.meta.dirname!, "..");

/** What each task is asked here; a task that is not named is asked without arguments. */
const ARGUMENTS: Readonly<Record<string, string[]>> = {
  bench: ["--scale", "tiny", "--duration", "1s", "--no-report"],
  clean: ["--yes"],
  compare: ["latest~1", "latest"],
  doctor: ["--no-calibrate"],
  export: ["latest"],
  notebook: ["--run"],
  publish: ["site"],
  selfbench: ["store", "--rounds", "1", "--rows", "1000", "--seconds", "1"],
  seed: ["--scale", "tiny"],
};
/** They need no home, or have homes of their own. */
const OTHERS = ["test", "ok", "docs", "setup"];

Deno.test("every task refuses a folder of the user's as its home, and leaves it as it was", async (t) => {
  const { tasks: all } = JSON.parse(await Deno.readTextFile(join(tasks, "../deno.json")));
  const names = Object.keys(all).filter((name) => !OTHERS.includes(name));
  assert.ok(names.length >= 11);
  await withTempHome(async (folder) => {
    const home = join(folder, "user");
    const files = [
      "notes.txt",
      "secrets/key",
      "logs/app.log",
      "notebooks/mine.ipynb",
      "postgres/18/base/1",
      "bench.lock",
      "stack.json",
    ];
    for (const file of files) {
      await Deno.mkdir(join(home, file, ".."), { recursive: true });
      await Deno.writeTextFile(join(home, file), "precious");
    }
    const before = await contents(home);
    const ask = async (name: string, args = ARGUMENTS[name] ?? []) => {
      const env = { BENCHBOOK_HOME: home, BENCHBOOK_REPORTS: join(folder, "reports") };
      const { code, stderr } = await callTask(name, args, env);
      await t.step(name, () => {
        assert.match(
          stderr,
          /^error: Cannot use .*user as Benchbook's home: it is not empty and bears no mark/,
        );
        assert.match(stderr, /Set BENCHBOOK_HOME to a new or an empty folder\./);
        assert.equal(code, 2);
      });
    };
    for (const name of names) await ask(name);
    for (const what of ["--writes", "--database"]) await ask("clean", [what, "--yes"]);
    assert.deepEqual(await contents(home), before);
  });
});

async function contents(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) found.push(`${path}/`, ...await contents(path));
    else found.push(`${path} ${await Deno.readTextFile(path)} ${(await Deno.lstat(path)).mtime?.getTime()}`);
  }
  return found.sort();
}
