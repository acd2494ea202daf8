import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { withTempHome } from "../stack/testing.ts";
import { failureLines } from "./failures.ts";
import { closingLines, countsIn, type FileResult, runFiles } from "./run_files.ts";

const FILES: Readonly<Record<string, string>> = {
  "z_test.ts": 'Deno.test(Deno.env.get("TOLD"), (t) => t.step("b", () => {}).then(() => {}));',
  "fails_test.ts": 'Deno.test("c", () => { throw new Error("no"); }); Deno.test("d", () => {});',
  "broken_test.ts": 'import "./nowhere.ts";',
  "ends_test.ts": 'Deno.test("e", () => Deno.kill(Deno.pid, "SIGKILL"));',
};

Deno.test("files run in the order in which they stand, each counted, also where one fails or cannot be loaded", () =>
  withTempHome(async (home) => {
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(home, name), text);
    const files = Object.keys(FILES).map((name) => join(home, name));
    const ended: string[] = [];
    const results = await runFiles(files.map((file) => [file]), {
      jobs: 1,
      env: { TOLD: "a word" },
      onEnd: ({ file }) => ended.push(file),
    });
    assert.deepEqual(ended, files);
    const counts = results.map(({ passed, steps, failed }) => [passed, steps, failed]);
    assert.deepEqual(counts, [[1, 1, 0], [1, 0, 1], [0, 0, 1], [0, 0, 1]]);
    const [told, failed, broken] = results as [FileResult, FileResult, FileResult];
    assert.match(told.said, /^running 1 test[\s\S]*^a word \.\.\. ok /m);
    assert.doesNotMatch(told.said, /passed/);
    assert.match(failed.said, /^ FAILURES $[\s\S]*^c => /m);
    assert.match(broken.said, /nowhere\.ts/);
    const lines = closingLines(results, 5);
    assert.match(lines.join("\n"), /^Failed: \S*fails_test\.ts \(1\)$/m);
    // Why, of a test, of a file that cannot be loaded, and of a process that ended without a word.
    const [head, ...why] = lines.slice(0, lines.findIndex((line) => line.startsWith("The longest")));
    assert.equal(head, "What failed:");
    assert.match(why[0]!, /^ {2}c => \S*fails_test\.ts:1:6$/);
    assert.equal(why[1], "    error: Error: no");
    assert.match(why.join("\n"), /^ {2}\S*broken_test\.ts, exit code 1$[\s\S]*nowhere\.ts/m);
    assert.match(why.join("\n"), /^ {2}\S*ends_test\.ts, exit code 137$/m);
    assert.equal(lines.at(-1), "FAILED | 2 passed (1 steps) | 3 failed (5 s)");
    assert.equal(closingLines([told], 61).at(-1), "ok | 1 passed (1 steps) | 0 failed (1 min 1 s)");
  }));

Deno.test("as many files as there are jobs run at once, and the next begins when one ends", () =>
  withTempHome(async (home) => {
    const at = (name: string) => JSON.stringify(join(home, name));
    // Each of the first two waits for the other; the third runs when one of them has ended.
    const waits = (own: string, other: string) => `
      Deno.writeTextFileSync(${at(own)}, "");
      Deno.test("t", async () => {
        while (true) {
          try { Deno.statSync(${
      at(other)
    }); break; } catch { await new Promise((resolve) => setTimeout(resolve, 5)); }
        }
      });`;
    writeFileSync(join(home, "a_test.ts"), waits("a", "b"));
    writeFileSync(join(home, "b_test.ts"), waits("b", "a"));
    writeFileSync(join(home, "c_test.ts"), 'Deno.test("t", () => {});');
    const files = ["a", "b", "c"].map((name) => join(home, `${name}_test.ts`));
    const results = await runFiles(files.map((file) => [file]), { jobs: 2, onEnd: () => {} });
    assert.deepEqual(results.map(({ passed }) => passed), [1, 1, 1]);
  }));

Deno.test("a group shares a process, is counted as one, and a failure in it is told by its own file", () =>
  withTempHome(async (home) => {
    const pid =
      'import { appendFileSync } from "node:fs"; appendFileSync(Deno.env.get("PIDS"), `${Deno.pid} `);';
    writeFileSync(join(home, "a_test.ts"), `${pid} Deno.test("a", () => {}); Deno.test("b", () => {});`);
    writeFileSync(join(home, "b_test.ts"), `${pid} Deno.test("c", () => { throw new Error("no"); });`);
    const groups = [["a", "b"].map((name) => join(home, `${name}_test.ts`))];
    const results = await runFiles(groups, { jobs: 1, env: { PIDS: join(home, "pids") }, onEnd: () => {} });
    const [one, other, ...more] = Deno.readTextFileSync(join(home, "pids")).trim().split(" ");
    assert.deepEqual([one, more], [other, []]);
    const [{ passed, failed, said }] = results as [FileResult];
    assert.deepEqual([results.length, passed, failed], [1, 2, 1]);
    assert.match(said, /^running 3 tests from \S+: a_test\.ts, b_test\.ts$/m);
    const lines = closingLines(results, 1);
    assert.match(lines[1]!, /^ {2}c => \S*b_test\.ts:1:\d+$/);
    assert.match(lines.join("\n"), /^Failed: \S+ \(2 files\) \(1\)$/m);
  }));

Deno.test("what was ignored or filtered out does not hide the counts, and no counts at all are a failure", () => {
  const counts = (code: number, stdout: string) => {
    const { passed, steps, failed } = countsIn(code, stdout, "");
    return [passed, steps, failed];
  };
  const ok = "\x1b[32mok\x1b[0m | 12 passed (2 steps) | 0 failed | 1 ignored | 3 filtered out (3s)";
  assert.deepEqual(counts(0, `running\n\n${ok}\n\n`), [12, 2, 0]);
  assert.deepEqual(counts(1, "FAILED | 3 passed (1 step) | 2 failed (1 step) (1m3s)\nerror: Test failed"), [
    3,
    1,
    2,
  ]);
  assert.deepEqual(counts(1, ok), [12, 2, 1]);
  assert.deepEqual(counts(0, "nothing"), [0, 0, 1]);
});

Deno.test("of a long error the first lines and the last are shown, and of many failures the first", () => {
  const error = (name: string, lines: number) =>
    [`${name} => ./a_test.ts:3:6`, ...Array.from({ length: lines }, (_, n) => `line ${n}`)].join("\n");
  const of = (...errors: string[]) =>
    failureLines([{
      file: "a_test.ts",
      code: 1,
      failed: errors.length,
      said: `running\n\n ERRORS \n\n${errors.join("\n\n")}\n\n FAILURES \n\na => ./a_test.ts:3:6`,
    }]);
  const [, name, ...lines] = of(error("long ... a step", 100));
  assert.equal(name, "  long ... a step => ./a_test.ts:3:6");
  assert.deepEqual([lines[0], lines[29], lines[30], lines[31], lines.at(-1)], [
    "    line 0",
    "    line 29",
    "    … 60 lines …",
    "    line 90",
    "    line 99",
  ]);
  const many = of(...Array.from({ length: 25 }, (_, n) => error(`test ${n}`, 1)));
  assert.equal(many.at(-2), "    line 0");
  assert.equal(many.at(-1), "  … and 5 more");
  assert.deepEqual(failureLines([]), []);
});
