import assert from "node:assert/strict";
import { isWithin } from "../summary/migration/predicted.ts";
import { movePlan } from "./move_steps.ts";
import { predictMove } from "./predict_move.ts";

/** About what the data set northwind is at the scale medium. */
const MEDIUM = { tables: 18, rows: 1_002_873, bytes: 80_400_000, entries: 3_000_000, looked: 1_800_000 };

Deno.test("a naive move is expected to hold clients for as long as copy and indexes take, as it did", () => {
  const { statements, stall, why } = predictMove(movePlan({ variant: "naive", andBack: false }), MEDIUM);
  assert.deepEqual(statements.map(({ step, statement }) => [step, statement]), [[3, 1], [4, 1]]);
  // Of a move at 500 requests/s on a machine of two cores, s.
  for (const [nth, ms] of [1690, 2040].entries()) assert.ok(isWithin(statements[nth]!.took!.ms, ms));
  assert.ok(isWithin(stall!.ms, 3820) && stall!.lowMs < stall!.ms && stall!.ms < stall!.highMs);
  assert.match(why, /^clients wait until 1,002,873 rows of 18 tables, 76\.7 MiB are copied/);
});

Deno.test("a safe move is expected to hold clients for the same time, however much is copied", () => {
  const plan = movePlan({ variant: "safe", andBack: true });
  const large = { ...MEDIUM, bytes: 1e12, rows: 1e10 };
  const [some, more] = [predictMove(plan, MEDIUM), predictMove(plan, large)];
  assert.deepEqual(some.stall, more.stall);
  assert.ok(isWithin(some.stall!.ms, 64.4));
  assert.deepEqual(some.statements.map(({ step }) => plan.steps[step - 1]!.file.split("/").at(-1)), [
    "03-copy",
    "04-indexes",
  ]);
  assert.ok(more.statements[0]!.took!.ms > 1000 * some.statements[0]!.took!.ms);
});
