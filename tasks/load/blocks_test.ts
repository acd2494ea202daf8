import assert from "node:assert/strict";
import fc from "fast-check";
import { UsageError } from "../model/errors.ts";
import { planBlocks, truncatePhases } from "./blocks.ts";

const PLAN = {
  arms: ["sql", "graphql", "sql+cache"],
  seed: 42,
  warmupSeconds: 4.5,
  durationSeconds: 48,
  blockSeconds: 2,
  washoutSeconds: 0.2,
};

Deno.test("a run of 48 s with three arms has eight rounds of 2 s blocks", () => {
  const phases = planBlocks(PLAN);
  assert.equal(phases.filter(({ measured }) => measured).length, 24);
  assert.equal(phases.filter(({ segment }) => segment === "warmup").length, 3);
  assert.equal(phases.at(-1)!.endUs, 52_500_000);
});

Deno.test("phases follow each other without gaps and every round holds every arm once", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    fc.double({ min: 2, max: 200, noNaN: true }),
    fc.double({ min: 0, max: 10, noNaN: true }),
    (count, seed, durationSeconds, warmupSeconds) => {
      const arms = ["a", "b", "c", "d", "e"].slice(0, count);
      const phases = planBlocks({ ...PLAN, arms, seed, durationSeconds, warmupSeconds });
      phases.forEach((phase, index) => {
        assert.equal(phase.phaseId, index);
        assert.equal(phase.startUs, index === 0 ? 0 : phases[index - 1]!.endUs);
      });
      assert.equal(phases.at(-1)!.endUs, Math.round((warmupSeconds + durationSeconds) * 1e6));
      const steady = phases.filter(({ measured }) => measured);
      for (let at = 0; at < steady.length; at += count) {
        assert.deepEqual(steady.slice(at, at + count).map(({ arm }) => arm).sort(), arms);
      }
    },
  ));
});

Deno.test("the order of the arms changes from round to round and comes from the seed", () => {
  const orders = (seed: number) => planBlocks({ ...PLAN, seed }).map(({ arm }) => arm).join();
  assert.equal(orders(1), orders(1));
  assert.notEqual(orders(1), orders(2));
});

Deno.test("a duration too short for one block of each arm is refused", () => {
  assert.throws(() => planBlocks({ ...PLAN, durationSeconds: 0.3 }), UsageError);
});

Deno.test("a run that ended early has no later phases and cuts the current one", () => {
  const cut = truncatePhases(planBlocks(PLAN), 10_000_000);
  assert.equal(cut.at(-1)!.endUs, 10_000_000);
  assert.ok(cut.every(({ startUs }) => startUs < 10_000_000));
});
