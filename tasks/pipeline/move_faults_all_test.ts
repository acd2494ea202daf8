import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { ExitCode } from "../model/errors.ts";
import type { StepRecord } from "../model/migration.ts";
import { clusterPlace } from "../stack/postgres_cluster.ts";
import { readRecords } from "../stack/state.ts";
import { clonesIn, inTarget, latest, LITTLE, ofRun, stepsIn } from "./testing_migration.ts";
import { type RunningTask, until, withWorkbench, type Workbench } from "./testing.ts";

/** Starts a safe move, and waits until it has come so far. */
async function movingUntil(bench: Workbench, isThere: (step: StepRecord) => boolean): Promise<RunningTask> {
  const args = ["move-server", "--variant", "safe", ...LITTLE, "--duration", "3s"];
  const running = bench.start("migrate", args);
  const spool = await bench.measuring();
  await until(() => stepsIn(spool).some(isThere) || null, "the move does not come so far");
  return running;
}

const copying = ({ file }: StepRecord) => file.endsWith("-copy");

/** Where the servers of a home keep their data. */
function filesIn({ home }: Workbench): string[] {
  const folder = dirname(clusterPlace(home).data);
  return readdirSync(folder).map((name) => join(folder, name));
}

/** That nothing of a move is owed any more, and no database of its is left at the source. */
async function assertNothingLeft(bench: Workbench): Promise<void> {
  for (const folder of ["spool", "undo", "clones", "moves", "move-targets", "ledgers"]) {
    const path = join(bench.home, folder);
    assert.deepEqual(existsSync(path) ? readdirSync(path) : [], [], folder);
  }
  assert.deepEqual(await clonesIn(bench), []);
}

/** The shortest bench: it begins with what earlier runs have left. */
const NEXT = ["smoke", "--scale", "tiny", "--duration", "1500ms", "--paths", "sql", "--no-report"];

Deno.test("Ctrl-C while the tables are copied ends a move in order, with clients where they were", async () => {
  await withWorkbench(async (bench) => {
    const running = await movingUntil(bench, copying);
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

/** Takes an order away at the target that was acknowledged. @returns the databases there that bear a move's name */
function loseOrder(bench: Workbench): Promise<readonly string[]> {
  return inTarget(bench, async (client, databases) => {
    const { rowCount } = await client.query(
      "DELETE FROM northwind.orders WHERE order_id = (SELECT min(order_id) FROM northwind.orders WHERE order_id >= 1000000000)",
    );
    assert.equal(rowCount, 1);
    // Somebody else's, which bears such a name.
    await client.query("CREATE DATABASE benchbook_target_of_mine");
    return databases;
  });
}

Deno.test("after kill -9 in the switch and behind it the next start judges the writes where they are, then removes all", async (t) => {
  for (const [when, statement] of [["before it", 1], ["behind it", 6]] as const) {
    await t.step(when, async () => {
      await withWorkbench(async (bench) => {
        const running = await movingUntil(
          bench,
          (step) => step.file.endsWith("-switch") && step.statement === statement && step.endUs !== null,
        );
        running.kill("SIGKILL");
        await running.result;
        assert.equal(readdirSync(join(bench.home, "moves")).length, 1);
        const passfiles = () => filesIn(bench).filter((path) => path.endsWith(".pgpass"));
        assert.equal(passfiles().length, 2);
        const wentOver = statement === 6;
        if (wentOver) assert.equal((await loseOrder(bench)).length, 1);
        const { stdout, stderr } = await bench.run("bench", NEXT);
        const said = new RegExp(
          `Checked the writes of the run (\\S+) ${
            wentOver ? "at both servers" : "at the source"
          }: \\d+ acknowledged writes, ${wentOver ? "1 problem" : "none is missing or wrong"}\\.`,
        );
        assert.match(stdout, said, stderr);
        const [, runId] = said.exec(stdout)!;
        assert.match(stdout, /Removed what the move of run \S+ had left in /);
        assert.match(stdout, /Dropped the clone "benchbook_clone_\S+" of /);
        const { run, migration } = await ofRun(bench, runId!);
        const { ok, complete, problems } = migration!.ledger;
        assert.equal(run.status, "crashed");
        assert.ok(ok > 0 && complete, JSON.stringify(migration!.ledger));
        assert.deepEqual(problems.map(({ problem, n }) => [problem, n]), wentOver ? [["lost", 1]] : []);
        await assertNothingLeft(bench);
        assert.deepEqual(passfiles(), []);
        const databases = await inTarget(bench, (_, databases) => Promise.resolve(databases));
        assert.deepEqual(databases, wentOver ? ["benchbook_target_of_mine"] : []);
      });
    });
  }
});

Deno.test("a target that dies while it is copied to ends the run with 3, and nothing is left at the source", async () => {
  await withWorkbench(async (bench) => {
    const running = await movingUntil(bench, copying);
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
