import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { ExitCode } from "../model/errors.ts";
import type { StepRecord } from "../model/migration.ts";
import { clusterPlace } from "../stack/postgres_cluster.ts";
import { readRecords } from "../stack/state.ts";
import {
  clonesIn,
  inTarget,
  interrupted,
  latest,
  LITTLE,
  NEXT,
  ofRun,
  stepsIn,
} from "./testing_migration.ts";
import { heldSwitch } from "./testing_switch.ts";
import { type RunningTask, until, withWorkbench, type Workbench } from "./testing.ts";

const MOVE = ["move-server", "--variant", "safe", ...LITTLE, "--duration", "3s"];

/** Starts a safe move, and waits until it has come so far. */
async function movingUntil(
  bench: Workbench,
  isThere: (step: StepRecord) => boolean,
  args: readonly string[] = [],
): Promise<RunningTask> {
  const running = bench.start("migrate", [...MOVE, ...args]);
  const spool = await bench.measuring();
  await until(() => stepsIn(spool).some(isThere) || null, "the move does not come so far");
  return running;
}

const copying = ({ file }: StepRecord) => file.endsWith("-copy");
const isSwitched = ({ file, statement, endUs }: StepRecord) =>
  file.endsWith("-switch") && statement === 6 && endUs !== null;

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

Deno.test("Ctrl-C while the tables are copied ends a move in order, with clients where they were", async () => {
  await withWorkbench(async (bench) => {
    // However late the signal is, clients have not gone over.
    const running = await movingUntil(bench, copying, heldSwitch(bench.folder).args);
    running.kill("SIGINT");
    const ended = await running.result;
    assert.equal(ended.code, ExitCode.interrupted, `${ended.stdout}\n${ended.stderr}`);
    const { migration } = await interrupted(bench, ended);
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

/** When a move is killed, and whether clients had gone over then. */
const KILLS:
  readonly (readonly [when: string, kill: (bench: Workbench) => Promise<void>, wentOver: boolean])[] = [
    ["while clients are held", async (bench) => {
      const held = heldSwitch(bench.folder);
      const running = bench.start("migrate", [...MOVE, ...held.args]);
      await held.during(() => killed(running));
    }, false],
    ["behind it", async (bench) => killed(await movingUntil(bench, isSwitched)), true],
  ];

async function killed(running: RunningTask): Promise<void> {
  running.kill("SIGKILL");
  await running.result;
}

Deno.test("after kill -9 in the switch and behind it the next start judges the writes where they are, then removes all", async (t) => {
  for (const [when, kill, wentOver] of KILLS) {
    await t.step(when, async () => {
      await withWorkbench(async (bench) => {
        await kill(bench);
        assert.equal(readdirSync(join(bench.home, "moves")).length, 1);
        const passfiles = () => filesIn(bench).filter((path) => path.endsWith(".pgpass"));
        assert.equal(passfiles().length, 2);
        if (wentOver) assert.equal((await loseOrder(bench)).length, 1);
        const { stdout, stderr } = await bench.call("bench", NEXT);
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

const killTarget = (bench: Workbench) =>
  process.kill(
    readRecords(bench.home).find(({ name }) => name === "postgres-target")!.process.pid,
    "SIGKILL",
  );

/** When the target dies, and at which server clients are then. */
const DEATHS: readonly (readonly [
  when: string,
  at: "source" | "target",
  (bench: Workbench) => Promise<RunningTask>,
])[] = [
  ["while it is copied to", "source", async (bench) => {
    const running = await movingUntil(bench, copying);
    killTarget(bench);
    return running;
  }],
  ["in the switch", "source", async (bench) => {
    const held = heldSwitch(bench.folder);
    const running = bench.start("migrate", [...MOVE, ...held.args]);
    await held.during(() => killTarget(bench));
    return running;
  }],
  ["behind it", "target", async (bench) => {
    const running = await movingUntil(bench, isSwitched);
    killTarget(bench);
    return running;
  }],
];

Deno.test("a target that dies ends the run with 3, with clients where they are said to be, and nothing is left", async (t) => {
  for (const [when, at, dying] of DEATHS) {
    await t.step(when, async () => {
      await withWorkbench(async (bench) => {
        const { code, stdout, stderr } = await (await dying(bench)).result;
        const said = `${stdout}\n${stderr}`;
        assert.equal(code, ExitCode.service, said);
        assert.doesNotMatch(said, /this is a defect/);
        const { migration } = await latest(bench);
        const { ledger, errors, moved } = migration!;
        assert.deepEqual(ledger.problems, []);
        if (at === "source") {
          // On a machine that is slow as well they may have waited too long.
          assert.deepEqual(errors.filter(({ code }) => code !== "timeout"), []);
          assert.deepEqual(moved!.switches.filter(({ to }) => to === "target"), []);
          assert.match(said, /Clients and data are at the source|The run was interrupted|postgres-target/);
        } else assert.deepEqual(moved!.switches.map(({ to }) => to), ["target"]);
        const next = await bench.call("bench", NEXT);
        assert.ok([ExitCode.ok, ExitCode.invalid].includes(next.code as 0), next.stderr);
        await assertNothingLeft(bench);
      });
    });
  }
});
