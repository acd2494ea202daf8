import assert from "node:assert/strict";
import type { MigrationPrediction, PlannedPrediction, Span } from "../../model/prediction.ts";
import { BESIDE_THE_LOAD, checkedPrediction, isWithin, stallText } from "./predicted.ts";
import { SECOND, step } from "./testing.ts";
import { stalledMigration } from "./testing_summary.ts";

const span = (ms: number): Span => ({ ms, lowMs: ms / 2, highMs: ms * 2 });
const STATEMENT: PlannedPrediction = {
  step: 1,
  statement: 1,
  lock: "AccessExclusiveLock",
  relation: "northwind.orders",
  rewrites: ["northwind.orders"],
  took: span(1400),
  why: "writes anew northwind.orders (270,000 rows, 36.4 MiB, 9 indexes)",
};
const PREDICTED: MigrationPrediction = {
  statements: [STATEMENT],
  stall: span(1400),
  why: "writes of northwind.orders wait for 1.4 s.",
  rates: "Rates were measured.",
};
const RAN = {
  ...step(11 * SECOND, 12.5 * SECOND, { lockMode: "AccessExclusiveLock", rewritten: ["northwind.orders"] }),
  locks: [],
};
const STALL = stalledMigration().stall!;

function checked(
  expected: Partial<PlannedPrediction>,
  ran: Partial<typeof RAN> = {},
  stallMs = 1500,
  predicted: Partial<MigrationPrediction> = {},
) {
  return checkedPrediction(
    { predicted: { ...PREDICTED, ...predicted, statements: [{ ...STATEMENT, ...expected }] } },
    { steps: [{ ...RAN, ...ran }], caused: { ...STALL, ms: stallMs }, wasOverloaded: false },
  )!;
}

Deno.test("a time may be off by a quarter of what was measured, or by 50 ms", () => {
  for (const [expected, measured] of [[1250, 1000], [750, 1000], [50, 0], [0, 50], [150, 100]] as const) {
    assert.ok(isWithin(expected, measured), `${expected} ${measured}`);
  }
  for (const [expected, measured] of [[1251, 1000], [749, 1000], [51, 0], [151, 100], [49, 100]] as const) {
    assert.ok(!isWithin(expected, measured), `${expected} ${measured}`);
  }
});

Deno.test("what came as it was expected is confirmed, and what did not says in what it differs", () => {
  const outcome = (...given: Parameters<typeof checked>) => {
    const [statement] = checked(...given).statements;
    return [statement!.outcome, ...statement!.differs];
  };
  assert.deepEqual(outcome({}), ["confirmed"]);
  assert.deepEqual(outcome({ took: span(400) }), ["mismatch", "took 1.5 s, not 400 ms"]);
  assert.deepEqual(outcome({ lock: "ShareLock" }), ["mismatch", "took AccessExclusiveLock, not ShareLock"]);
  assert.deepEqual(outcome({ rewrites: [] }), ["mismatch", "wrote northwind.orders anew"]);
  assert.deepEqual(outcome({}, { rewritten: [] }), ["mismatch", "did not write northwind.orders anew"]);
  // Waiting for the lock is nothing of the statement's own.
  assert.deepEqual(outcome({}, { endUs: 15 * SECOND, lockWaitUs: 2.5 * SECOND }), ["confirmed"]);
  // A lock that was too short to be seen contradicts nobody. Without a time, as of batches, there is nothing to confirm.
  assert.deepEqual(outcome({}, { lockMode: null }), ["confirmed"]);
  assert.deepEqual(outcome({ took: null }), [null]);
  assert.deepEqual(outcome({}, { batches: 12, attempts: 12 }), [null]);
  // Of several tries nobody knows how long the last one took; what they locked and wrote is seen all the same.
  assert.deepEqual(outcome({ took: span(2) }, { attempts: 3 }), [null]);
  assert.deepEqual(outcome({ lock: "ShareLock" }, { attempts: 3 })[0], "mismatch");
  assert.deepEqual(outcome({}, { endUs: null, rewritten: [] }), [null]);
});

Deno.test("the stall is held against what users saw, of a change that was made as a whole", () => {
  assert.equal(checked({}).outcome, "confirmed");
  assert.equal(checked({}, {}, 3000).outcome, "mismatch");
  assert.equal(checked({}, {}, 1500, { stall: null }).outcome, null);
  // For nobody's lock did they wait then: it was not the change.
  const without = (stallMs: number, expected: number) =>
    checkedPrediction({ predicted: { ...PREDICTED, stall: span(expected) } }, {
      steps: [RAN],
      caused: { ...STALL, lock: null, ms: stallMs },
      wasOverloaded: false,
    })!;
  const withoutLock = (...given: Parameters<typeof without>) => without(...given).outcome;
  assert.equal(withoutLock(215, 2), null);
  assert.match(stallText(without(215, 2)), /: not compared\. .* nobody waited for a lock\.$/);
  assert.equal(withoutLock(40, 2), "confirmed");
  assert.equal(withoutLock(40, 1400), "mismatch");
  assert.equal(checked({}, { error: "division by zero", errorCode: "22012" }).outcome, null);
  assert.equal(
    stallText(checked({}, {}, 3000)),
    "Predicted stall 1.4 s (700 ms to 2.8 s); measured 3 s: not as predicted, out of the range and off by more than 25 % of what was measured or 50 ms. Writes of northwind.orders wait for 1.4 s.",
  );
});

Deno.test("a time within the range that is shown came as predicted, and a later range says what corrected it", () => {
  const stall = { ms: 365, lowMs: 100, highMs: 632 };
  const rates = `${BESIDE_THE_LOAD} the same work took 2.26 times as long.`;
  const found = checked({}, {}, 283, { stall, rates });
  assert.equal(found.outcome, "confirmed");
  assert.match(
    stallText(found),
    /^Predicted stall 365 ms \(100 ms to 632 ms\), corrected by the rates measured beside the load; measured 283 ms: as predicted/,
  );
  assert.equal(checked({}, {}, 900, { stall }).outcome, "mismatch");
});

Deno.test("a stall that an overloaded load made longer is not held against the prediction, a shorter one is", () => {
  const of = (ms: number) =>
    checkedPrediction({ predicted: PREDICTED }, {
      steps: [RAN],
      caused: { ...STALL, ms },
      wasOverloaded: true,
    })!;
  assert.equal(of(10_800).outcome, null);
  assert.match(stallText(of(10_800)), /not compared\..* too much before the migration began/);
  assert.equal(of(100).outcome, "mismatch");
  assert.equal(of(1500).outcome, "confirmed");
});

Deno.test("a run of an older version has none", () => {
  assert.equal(checkedPrediction({}, { steps: [RAN], caused: STALL, wasOverloaded: false }), null);
});
