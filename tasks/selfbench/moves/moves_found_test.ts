import assert from "node:assert/strict";
import { racesFound } from "./moves_found.ts";
import { wrongOf } from "./races.ts";

const WENT = { done: true, at: "target", stopped: null } as const;
const STAYED = {
  done: false,
  at: "source",
  stopped: "Cannot switch: both servers must hold the same rows: …",
} as const;
const BOTH = { acknowledged: [1, 2], refused: ["25006"] };
const TAKEN = { acknowledged: [1, 2], refused: [] };

Deno.test("a write that races with the switch is caught where it is at the new server or refused, and nowhere else", () => {
  assert.equal(wrongOf(WENT, BOTH, 0, false), null);
  assert.match(wrongOf(WENT, BOTH, 1, false)!, /1 of 2 acknowledged writes missing at the target/);
  assert.match(wrongOf(WENT, TAKEN, 0, false)!, /refused no write/);
  assert.match(wrongOf(WENT, { ...BOTH, refused: ["25006", "42P01"] }, 0, false)!, /ended with 42P01/);
  assert.match(wrongOf(STAYED, TAKEN, 0, false)!, /must hold the same rows/);
});

Deno.test("a write past the fence is caught where clients stay, for its sake", () => {
  assert.equal(wrongOf(STAYED, TAKEN, 0, true), null);
  assert.match(wrongOf(WENT, TAKEN, 0, true)!, /clients went over/);
  assert.match(wrongOf({ ...STAYED, stopped: "The target died." }, TAKEN, 0, true)!, /died/);
});

Deno.test("races of either kind are counted apart, with what went wrong", () => {
  const race = { acknowledged: 5, refused: 1 };
  const found = racesFound([
    { ...race, past: false, wrong: null },
    { ...race, past: true, wrong: null },
    { ...race, past: false, wrong: "a write ended with 42P01" },
  ]);
  assert.deepEqual(found.map(({ ours, unit, reached }) => [ours!.median, unit, reached]), [
    [1, "of 2", false],
    [1, "of 1", true],
  ]);
  assert.match(found[0]!.note!, /42P01/);
});
