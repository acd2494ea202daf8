import assert from "node:assert/strict";
import { planBlocks } from "./blocks.ts";
import { pausesOf, withPauses } from "./pauses.ts";

const ARMS = ["a", "b", "c"];
const PHASES = planBlocks({
  arms: ARMS,
  seed: 1,
  warmupSeconds: 3,
  durationSeconds: 18,
  blockSeconds: 1,
  washoutSeconds: 0.1,
});

Deno.test("a pause follows the last block of its round, asks the same arm, and all behind it comes later", () => {
  const paused = withPauses(PHASES, [2, 4], 10);
  const pauses = pausesOf(paused);
  assert.deepEqual(pauses.map(({ rounds }) => rounds), [2, 4]);
  assert.equal(paused.length, PHASES.length + 2);
  paused.forEach((phase, at) => {
    assert.equal(phase.phaseId, at);
    assert.equal(phase.startUs, paused[at - 1]?.endUs ?? 0);
  });
  for (const { phase, rounds } of pauses) {
    const before = paused[phase.phaseId - 1]!;
    assert.deepEqual([phase.measured, phase.arm, phase.block], [false, before.arm, before.block]);
    assert.equal(phase.endUs - phase.startUs, 10e6);
    const measured = paused.slice(0, phase.phaseId).filter((each) => each.measured);
    for (const arm of ARMS) assert.equal(measured.filter((each) => each.arm === arm).length, rounds);
  }
  const lengths = (phases: typeof paused) =>
    phases.filter(({ measured }) => measured).map(({ startUs, endUs, arm }) => [arm, endUs - startUs]);
  assert.deepEqual(lengths(paused), lengths(PHASES));
});

Deno.test("without pauses the phases are as they were", () => {
  assert.deepEqual(withPauses(PHASES, [], 10), PHASES);
  assert.deepEqual(pausesOf(PHASES), []);
});
