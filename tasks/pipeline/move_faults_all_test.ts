import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { ExitCode } from "../model/errors.ts";
import { readRecords } from "../stack/state.ts";
import { clonesIn, latest, LITTLE, stepsIn } from "./testing_migration.ts";
import { type RunningTask, until, withWorkbench, type Workbench } from "./testing.ts";

/** Starts a safe move, and waits until a step has begun. @param stem the end of its file's name */
async function movingUntil(bench: Workbench, stem: string): Promise<RunningTask> {
  const args = ["move-server", "--variant", "safe", ...LITTLE, "--duration", "3s"];
  const running = bench.start("migrate", args);
  const spool = await bench.measuring();
  const begun = () => stepsIn(spool).some(({ file }) => file.endsWith(`-${stem}`)) || null;
  await until(begun, `the step ${stem} does not begin`);
  return running;
}

/** That nothing of a move is owed any more, and no database of its is left at the source. */
async function assertNothingLeft(bench: Workbench): Promise<void> {
  for (const folder of ["spool", "undo", "clones", "moves"]) {
    const path = join(bench.home, folder);
    assert.deepEqual(existsSync(path) ? readdirSync(path) : [], [], folder);
  }
  assert.deepEqual(await clonesIn(bench), []);
}

/** The shortest bench: it begins with what earlier runs have left. */
const NEXT = ["smoke", "--scale", "tiny", "--duration", "1500ms", "--paths", "sql", "--no-report"];

Deno.test("Ctrl-C while the tables are copied ends a move in order, with clients where they were", async () => {
  await withWorkbench(async (bench) => {
    const running = await movingUntil(bench, "copy");
    running.kill("SIGINT");
    const { code, stdout, stderr } = await running.result;
    assert.equal(code, ExitCode.interrupted, `${stdout}\n${stderr}`);
    const { run, migration } = await latest(bench);
    assert.deepEqual([run.status, run.verdict], ["interrupted", null]);
    assert.deepEqual(migration!.ledger.problems, []);
    assert.deepEqual(migration!.moved!.switches, []);
    await assertNothingLeft(bench);
  });
});

Deno.test("after kill -9 behind the switch the next start removes what the move had made, and the clone", async () => {
  await withWorkbench(async (bench) => {
    const running = await movingUntil(bench, "switch");
    running.kill("SIGKILL");
    await running.result;
    assert.equal(readdirSync(join(bench.home, "moves")).length, 1);
    const { stdout, stderr } = await bench.run("bench", NEXT);
    assert.match(stdout, /Removed what the move of run \S+ had left in /, stderr);
    assert.match(stdout, /Dropped the clone "benchbook_clone_\S+" of /);
    await assertNothingLeft(bench);
  });
});

Deno.test("a target that dies while it is copied to ends the run with 3, and nothing is left at the source", async () => {
  await withWorkbench(async (bench) => {
    const running = await movingUntil(bench, "copy");
    const { pid } = readRecords(bench.home).find(({ name }) => name === "postgres-target")!.process;
    process.kill(pid, "SIGKILL");
    const { code, stdout, stderr } = await running.result;
    assert.equal(code, ExitCode.service, `${stdout}\n${stderr}`);
    assert.doesNotMatch(`${stdout}${stderr}`, /this is a defect/);
    const { migration } = await latest(bench);
    assert.deepEqual([migration!.ledger.problems, migration!.errors], [[], []]);
    const next = await bench.run("bench", NEXT);
    assert.ok([ExitCode.ok, ExitCode.invalid].includes(next.code as 0), next.stderr);
    await assertNothingLeft(bench);
  });
});
