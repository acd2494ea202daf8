import assert from "node:assert/strict";
import { roundsOf, secondsFor } from "./rounds.ts";

Deno.test("whole cycles of balanced rounds fill the duration where that changes a block by a tenth at most", () => {
  const rounds = (durationSeconds: number, arms = 3) =>
    roundsOf({ arms, durationSeconds, blockSeconds: 0.5 });
  assert.equal(rounds(54), 36);
  assert.equal(rounds(55), 36);
  assert.equal(rounds(32), 21);
  assert.equal(rounds(35), 24);
  assert.equal(rounds(12), 8);
  assert.equal(rounds(1), 1);
  assert.equal(rounds(10.1, 1), 20);
  assert.equal(rounds(1e6), 10_002);
});

Deno.test("the least seconds for so many rounds hold them, and one second less does not", () => {
  for (const arms of [1, 2, 3, 7]) {
    for (const blockSeconds of [0.3, 0.5, 2]) {
      for (const rounds of [1, 8, 9, 36]) {
        const seconds = secondsFor(rounds, { arms, blockSeconds });
        const held = (durationSeconds: number) => roundsOf({ arms, blockSeconds, durationSeconds });
        assert(held(seconds) >= rounds);
        assert(seconds === 1 || held(seconds - 1) < rounds);
      }
    }
  }
});
