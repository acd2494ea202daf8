import assert from "node:assert/strict";
import type { Phase } from "../model/run.ts";
import { newCall } from "../targets/target.ts";
import { Deadlines } from "../net/deadlines.ts";
import type { Captured } from "./mix.ts";
import type { LoadStream } from "./scenario.ts";
import { Sessions } from "./sessions.ts";

const STREAM: LoadStream = {
  name: "journey",
  arrivals: "poisson",
  rate: 1,
  stages: null,
  session: { think: { kind: "constant", seconds: 1 } },
  first: 2,
  count: 3,
};

const PHASE: Phase = {
  phaseId: 0,
  segment: "steady",
  measured: true,
  block: 0,
  arm: "sql",
  startUs: 0,
  endUs: Infinity,
};

interface Step {
  readonly slot: number;
  readonly operation: number;
  readonly atUs: number;
  readonly captured: Captured;
}

/** Runs sessions on a clock of their own; each answer takes 100 ms. */
function walk(
  answers: (operation: number) => { outcome: "ok" | "failed" | "timeout"; rows: unknown[] } | null,
  endUs = 1e9,
  result?: readonly string[],
) {
  let nowUs = 0;
  const steps: Step[] = [];
  const unsent: { slot: number; operation: number }[] = [];
  const deadlines = new Deadlines();
  const sessions = new Sessions({
    streams: [{ ...STREAM, name: "other", session: null }, STREAM],
    seed: 1,
    endUs,
    dispatcher: {
      ready(slot, operation, intendedUs, session) {
        steps.push({ slot, operation, atUs: intendedUs, captured: structuredClone(session!.captured) });
        const call = newCall(
          {
            operationId: operation,
            name: `op${operation}`,
            write: false,
            text: "",
            parameters: [],
            ...operation === 3 && { result },
          },
          [],
          true,
        );
        return { slot, arm: 0, phase: PHASE, operationId: operation, intendedUs, call };
      },
      send({ intendedUs, operationId, call }, _wokeUs, onEnd) {
        nowUs = Math.max(nowUs, intendedUs) + 100_000;
        const answer = answers(operationId);
        if (answer === null) return onEnd(null);
        call.outcome = answer.outcome;
        call.answer = answer.rows;
        onEnd(call);
      },
      unsent: (slot, operation) => void unsent.push({ slot, operation }),
    },
    nowUs: () => nowUs,
    later: (atUs, work) => deadlines.add(atUs, work),
  });
  sessions.begin(1, 4, sessions.ready(1, 4, 0), 0);
  while (deadlines.size > 0) {
    assert.equal(sessions.running, 1);
    nowUs = deadlines.nextUs;
    deadlines.take()();
  }
  assert.equal(sessions.running, 0);
  return { steps, unsent };
}

Deno.test("a session asks its steps in order, thinks between them and captures answers for later ones", () => {
  const { steps, unsent } = walk((operation) => ({ outcome: "ok", rows: [{ id: operation * 10 }] }));
  assert.deepEqual(steps.map(({ operation }) => operation), [2, 3, 4]);
  // The fourth session of two streams: (4 × 3 + step) × 2 + 1.
  assert.deepEqual(steps.map(({ slot }) => slot), [25, 27, 29]);
  assert.deepEqual(steps.map(({ atUs }) => atUs), [0, 1_100_000, 2_200_000]);
  assert.deepEqual(steps[2]!.captured, { op2: { id: 20 }, op3: { id: 30 } });
  assert.deepEqual(unsent, []);
});

Deno.test("a session that was not answered leaves its other steps as unsent", () => {
  for (
    const answer of [null, { outcome: "failed" as const, rows: [] }, { outcome: "ok" as const, rows: [] }]
  ) {
    const { steps, unsent } = walk((operation) => operation === 3 ? answer : { outcome: "ok", rows: [{}] });
    assert.deepEqual(steps.map(({ operation }) => operation), [2, 3]);
    assert.deepEqual(unsent, [{ slot: 29, operation: 4 }]);
  }
});

Deno.test("an answer that has no row where a row should be ends its session, and nothing else", () => {
  const deep = JSON.parse(`${'{"data":{"a":'.repeat(10_000)}1${"}}".repeat(10_000)}`);
  const odds = [
    [5],
    [null],
    [[[]]],
    "text",
    { data: 5 },
    { data: [7] },
    { data: { a: { nodes: [] } } },
    deep,
  ];
  for (const odd of odds) {
    const { steps, unsent } = walk(
      (operation) => ({ outcome: "ok", rows: operation === 3 ? odd as unknown[] : [{}] }),
      1e9,
      Array.isArray(odd) ? undefined : ["a", "nodes"],
    );
    assert.deepEqual(steps.map(({ operation }) => operation), [2, 3]);
    assert.deepEqual(unsent, [{ slot: 29, operation: 4 }]);
  }
});

Deno.test("what is captured from a GraphQL answer is the first row of its result, however deep it lies", () => {
  const answer = { data: { other: { id: 1 }, placeOrder: { order: { id: 30 } } } };
  const { steps } = walk(
    (operation) => ({ outcome: "ok", rows: operation === 3 ? answer as unknown as unknown[] : [{}] }),
    1e9,
    ["placeOrder", "order"],
  );
  assert.deepEqual(steps.at(-1)!.captured, { op2: {}, op3: { id: 30 } });
});

Deno.test("steps that would be due after the run's end are no slots", () => {
  const { steps, unsent } = walk(() => ({ outcome: "ok", rows: [{}] }), 1_100_000);
  assert.equal(steps.length, 1);
  assert.deepEqual(unsent, []);
});
