import assert from "node:assert/strict";
import { type Action, blockSchedule, outagesOf, type Schedule, turnsOf } from "./schedule.ts";

const blocks = blockSchedule({
  arms: ["sql", "graphql"],
  seed: 1,
  warmupSeconds: 0,
  durationSeconds: 2,
  blockSeconds: 1,
  washoutSeconds: 0,
});

function action(name: string, at: Action["at"]): Action {
  return { name, at, run: () => Promise.resolve() };
}

function told(schedule: Schedule): string[] {
  return [...turnsOf(schedule)].map((turn) =>
    `${turn.atUs} ${"action" in turn ? turn.action.name : `${turn.phase.phaseId} ${turn.state}`}`
  );
}

Deno.test("a schedule of blocks tells where each begins and ends, and does nothing else", () => {
  assert.deepEqual(told(blocks), ["0 0 began", "1000000 0 ended", "1000000 1 began", "2000000 1 ended"]);
});

Deno.test("actions come at their moments, and at a boundary after what begins there", () => {
  const actions = [
    action("last", { phaseId: 1, edge: "end" }),
    action("second", { phaseId: 1, edge: "start" }),
    action("first", { atUs: 0 }),
    action("third", { atUs: 1_500_000 }),
    action("also second", { phaseId: 0, edge: "end" }),
  ];
  assert.deepEqual(told({ ...blocks, actions }), [
    "0 0 began",
    "0 first",
    "1000000 0 ended",
    "1000000 1 began",
    "1000000 second",
    "1000000 also second",
    "1500000 third",
    "2000000 1 ended",
    "2000000 last",
  ]);
});

Deno.test("an action whose moment is none of the run's is refused", () => {
  for (
    const at of [{ atUs: 2_000_001 }, { atUs: -1 }, { atUs: NaN }, { phaseId: 2, edge: "start" }] as const
  ) {
    assert.throws(
      () => told({ ...blocks, actions: [action("index", at)] }),
      /^RangeError: The moment of "index" must lie within the schedule: it is \{/,
    );
  }
});

Deno.test("an outage lies between two moments of the run", () => {
  const outage = { instance: "postgres", from: { atUs: 10 }, until: { phaseId: 1, edge: "start" } } as const;
  assert.deepEqual(outagesOf({ ...blocks, outages: [outage] }), [
    { instance: "postgres", fromUs: 10, untilUs: 1_000_000 },
  ]);
  const late = { ...outage, until: { atUs: 2_000_001 } };
  assert.throws(
    () => outagesOf({ ...blocks, outages: [late] }),
    /^RangeError: The moment of "outage of postgres" must lie within the schedule/,
  );
});
