import assert from "node:assert/strict";
import type { Sample } from "../../model/run.ts";
import { openRun } from "../../store/read.ts";
import { withTempDir } from "../../store/testing.ts";
import { summarise } from "../summarise.ts";
import { movedSentences } from "./moved.ts";
import { migrationFixture, partTimes, SECOND, SECONDS } from "./testing.ts";

const { migrateUs } = partTimes(SECONDS);
const MOVE = { andBack: true, onSwitch: false };

/** A sample of the move, so long after it began, s. */
function sample(seconds: number, metric: string, value: number, labels: Sample["labels"] = {}): Sample {
  return { atUs: migrateUs + seconds * SECOND, source: "move", metric, labels, value };
}

Deno.test("a move tells how long clients were held, how far the other server was behind, and of which the ledger is", async () => {
  await withTempDir(async (dir) => {
    const { db, runId } = await migrationFixture(dir, {
      migration: { name: "move-server", move: MOVE, stallLimitMs: 1000 },
      samples: (samples) => [
        ...samples,
        sample(1, "lag_bytes", 5 * 2 ** 20),
        sample(1.2, "lag_ms", 12),
        sample(1.4, "lag_bytes", 100),
        sample(2, "pause_ms", 150, { to: "target" }),
        sample(3, "pause_ms", 90, { to: "source" }),
        sample(12, "proven", 1, { at: "source" }),
        sample(12, "proven", 0, { at: "target" }),
      ],
    });
    const { migration, reasons, verdict } = await summarise(await openRun(runId, { db }), runId);
    assert.deepEqual(migration!.moved, {
      switches: [
        { to: "target", startUs: migrateUs + 2 * SECOND - 150_000, endUs: migrateUs + 2 * SECOND },
        { to: "source", startUs: migrateUs + 3 * SECOND - 90_000, endUs: migrateUs + 3 * SECOND },
      ],
      mostLagBytes: 5 * 2 ** 20,
      mostLagMs: 12,
      provenAt: ["source", "target"],
    });
    assert.deepEqual(movedSentences(migration!.moved!), [
      "Clients were held for 150 ms from 12.9 s on, and went on at the new server.",
      "Clients were held for 90 ms from 13.9 s on, and went on at the old server.",
      "The replication was 5 MiB of log and 12 ms behind at most.",
      "Ledger and checksums were taken of the old server and the new server.",
    ]);
    assert.equal(migration!.stallLimitMs, 1000);
    assert.equal(verdict, "zero-downtime");
    for (const sentence of movedSentences(migration!.moved!)) assert.ok(reasons.includes(sentence), sentence);
  });
});

Deno.test("a target's stall limit holds for a move as for any migration, and where nothing moves nothing is told of it", async () => {
  await withTempDir(async (dir) => {
    const { db, runId } = await migrationFixture(dir, {
      config: { slo: "stall<100ms" },
      migration: { move: MOVE, stallLimitMs: 1000 },
    });
    const { migration } = await summarise(await openRun(runId, { db }), runId);
    assert.equal(migration!.stallLimitMs, 100);
    assert.deepEqual(movedSentences(migration!.moved!), []);
  });
  await withTempDir(async (dir) => {
    const { db, runId } = await migrationFixture(dir);
    const { migration } = await summarise(await openRun(runId, { db }), runId);
    assert.ok(!("moved" in migration!));
    assert.equal(migration!.stallLimitMs, 250);
  });
});
