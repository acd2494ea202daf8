import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { ExitCode } from "../model/errors.ts";
import { readRecords } from "../stack/state.ts";
import type { Called } from "../terminal/testing_in_process.ts";
import {
  BRIEF,
  clonesIn,
  inClone,
  interrupted,
  latest,
  leftAtOnce,
  LITTLE,
  NEXT,
  ofRun,
  ownFile,
  SLOW,
  startedUntil,
  type When,
} from "./testing_migration.ts";
import { withWorkbench, type Workbench } from "./testing.ts";

const PHASES: readonly When[] = ["baseline", "migrate", "recovery"];

/** That nothing of a run is owed any more. */
async function assertNothingLeft(bench: Workbench): Promise<void> {
  for (const folder of ["spool", "undo", "clones", "ledgers", "in-place"]) {
    const path = join(bench.home, folder);
    assert.deepEqual(existsSync(path) ? readdirSync(path) : [], [], folder);
  }
  assert.deepEqual(await clonesIn(bench), []);
}

/** That a run which was ended says so, with what is stored of it and without a verdict. */
function assertToldOfCtrlC(ended: Called): void {
  const { stdout, stderr } = ended;
  const said = "Interrupted: stopping cleanly and keeping what was measured … (again: exit now)";
  assert.equal(stderr.split(said).length, 2, stderr);
  // On a machine that is too busy to end it in order there is nothing more to tell.
  if (leftAtOnce(ended)) return;
  assert.match(
    stdout,
    /^INTERRUPTED: The run was interrupted: it has no verdict, and its numbers cover only what was measured until then\.$/m,
  );
  assert.doesNotMatch(stdout, /^(PASS|FAIL|ZERO-DOWNTIME|BRIEF PAUSE|INCONCLUSIVE)/m);
  assert.match(stdout, /^✔ Check every write: /m);
  assert.match(stdout, / Made on a clone of northwind, which is dropped\.$/m);
  assert.match(stdout, /^Run (\S+)\nReport {2}not made: deno task report \1 makes it$/m);
}

Deno.test("a migration that fails half-way fails, and says what is done and what is not", async () => {
  await withWorkbench(async (bench) => {
    const file = ownFile(
      bench,
      "ALTER TABLE northwind.orders ADD COLUMN note text;\nUPDATE northwind.orders SET note = 1/0;\n",
    );
    const { code, stdout, stderr } = await bench.call("migrate", [file, ...LITTLE, "--duration", "1s"]);
    assert.equal(code, ExitCode.verdictFailed, stderr);
    assert.match(
      stdout,
      /^FAIL: The migration failed \(\S+change\.sql, statement 2\): division by zero \(22012\)\./m,
    );
    assert.match(stdout, /Of the 2 statements of \S+change\.sql the first one is done/);
    const { verdict, migration } = await latest(bench);
    assert.equal(verdict, "fail");
    assert.deepEqual(migration!.steps.map(({ errorCode }) => errorCode), [null, "22012"]);
    assert.ok(migration!.ledger.complete && migration!.ledger.problems.length === 0);
    await assertNothingLeft(bench);
  });
});

Deno.test("Ctrl-C in each part of a run ends it in order, with what it knows of each write", async (t) => {
  for (const when of PHASES) {
    await t.step(when, async () => {
      await withWorkbench(async (bench) => {
        const running = await startedUntil(bench, when, [ownFile(bench, when === "recovery" ? BRIEF : SLOW)]);
        running.kill("SIGINT");
        const ended = await running.result;
        assert.equal(ended.code, ExitCode.interrupted, `${ended.stdout}\n${ended.stderr}`);
        assertToldOfCtrlC(ended);
        const { migration } = await interrupted(bench, ended);
        assert.deepEqual(migration!.ledger.problems, []);
        await assertNothingLeft(bench);
      });
    });
  }
});

Deno.test("after kill -9 in each part of a run the next start judges its writes on the clone, and drops that", async (t) => {
  for (const when of PHASES) {
    await t.step(when, async () => {
      await withWorkbench(async (bench) => {
        const running = await startedUntil(bench, when, [ownFile(bench, when === "recovery" ? BRIEF : SLOW)]);
        running.kill("SIGKILL");
        await running.result;
        // What nobody can know but who looks into the clone.
        const lost = when === "recovery" ? await loseOrder(bench) : 0;
        // Before the run is in a store, or after.
        const cleaned = when === "baseline" ? await bench.call("clean", ["--writes", "--yes"]) : null;
        const next = await bench.call("bench", NEXT);
        const [, runId] = /Recovered run (\S+) \(crashed\)/.exec(next.stdout) ?? [];
        assert.ok(runId !== undefined, next.stdout);
        const said = (cleaned ?? next).stdout;
        assert.match(
          said,
          new RegExp(
            `Checked the writes of the run ${runId} on its clone: \\d+ acknowledged writes, ${
              lost === 0 ? "none is missing or wrong" : "1 problem"
            }\\.`,
          ),
        );
        assert.match(said, /Dropped the clone "benchbook_clone_\S+" of /);
        const { run, migration } = await ofRun(bench, runId);
        assert.equal(run.status, "crashed");
        const { ok, complete, problems } = migration!.ledger;
        assert.ok(ok > 0 && complete, JSON.stringify(migration!.ledger));
        assert.deepEqual(problems.map(({ problem, n }) => [problem, n]), lost === 0 ? [] : [["lost", 1]]);
        await assertNothingLeft(bench);
      });
    });
  }
});

/** Takes an order away that was acknowledged long before the kill. @returns how many */
async function loseOrder(bench: Workbench): Promise<number> {
  const [clone] = await clonesIn(bench);
  const { rowCount } = await inClone(bench, clone!, (client) =>
    client.query(
      "DELETE FROM northwind.orders WHERE order_id = (SELECT min(order_id) FROM northwind.orders WHERE order_id >= 1000000000)",
    ));
  return rowCount!;
}

Deno.test("a server that dies in the middle of a migration ends the run with 3, and the next start judges its writes", async () => {
  await withWorkbench(async (bench) => {
    const running = await startedUntil(bench, "migrate", [ownFile(bench, SLOW)]);
    const { pid } = readRecords(bench.home).find(({ name }) => name === "postgres")!.process;
    process.kill(pid, "SIGKILL");
    const { code, stdout, stderr } = await running.result;
    assert.equal(code, ExitCode.service, `${stdout}\n${stderr}`);
    const said = `${stdout}${stderr}`;
    assert.doesNotMatch(said, /this is a defect/);
    assert.match(said, /Check every write: \d+ acknowledged writes, [\d,]+ could not be looked at/);
    assert.match(said, /Made on a clone of \S+, which is left: the next deno task bench drops it\./);
    assert.match(said, /do(es)? not write have\s+changed is unknown:\s+checksums\s+were\s+not\s+compared\./);
    const { run: { runId }, migration: unseen } = await latest(bench);
    assert.equal(unseen!.ledger.complete, false);
    const next = await bench.call("bench", NEXT);
    assert.ok([ExitCode.ok, ExitCode.invalid].includes(next.code as 0), next.stderr);
    assert.match(
      next.stdout,
      new RegExp(
        `Checked the writes of the run ${runId} on its clone: \\d+ acknowledged writes, none is missing or wrong\\.`,
      ),
    );
    assert.match(next.stdout, /Dropped the clone "benchbook_clone_\S+" of /);
    const { ledger: { ok, complete, problems } } = (await ofRun(bench, runId)).migration!;
    assert.ok(ok > 0 && complete, JSON.stringify({ ok, complete }));
    assert.deepEqual(problems, []);
    await assertNothingLeft(bench);
  });
});
