import assert from "node:assert/strict";
import fc from "fast-check";
import { type RegisterAttempt, RegisterHistory } from "./registers.ts";

/** The verdict of a history of which a write's value is left; -1: that from before. */
function verdict(attempts: readonly RegisterAttempt[], standing: number) {
  const history = new RegisterHistory();
  for (const attempt of attempts) history.add(attempt);
  for (const attempt of attempts) if (attempt.slot === standing) history.stands(attempt);
  return history.verdict(standing === -1 ? "first" : "other");
}

/**
 * Whether the writes can have taken effect in some order, each at a moment between its beginning and its answer, so that
 * the value is left: by trying all orders of all writes that may have taken effect.
 */
function isLinearizable(attempts: readonly RegisterAttempt[], standing: number): boolean {
  const must = attempts.filter(({ outcome }) => outcome === "ok");
  const may = attempts.filter(({ outcome }) => outcome === "unknown");
  const doneOf = ({ outcome, doneUs }: RegisterAttempt) => outcome === "ok" ? doneUs : Infinity;
  const tryFrom = (left: readonly RegisterAttempt[], last: number): boolean => {
    if (left.every(({ outcome }) => outcome !== "ok") && last === standing) return true;
    return left.some((next) => {
      const others = left.filter((other) => other !== next);
      // What was answered before it began took effect before it.
      if (others.some((other) => doneOf(other) < next.sentUs)) return false;
      return tryFrom(others, next.slot);
    });
  };
  const subsets = (list: readonly RegisterAttempt[]): RegisterAttempt[][] =>
    list.length === 0 ? [[]] : subsets(list.slice(1)).flatMap((rest) => [rest, [list[0]!, ...rest]]);
  return subsets(may).some((chosen) => tryFrom([...must, ...chosen], -1));
}

Deno.test("a last value is accepted exactly where some order of the writes explains it", () => {
  const attempt = fc.record({
    outcome: fc.constantFrom<RegisterAttempt["outcome"]>("ok", "ok", "unknown", "failed"),
    sentUs: fc.integer({ min: 0, max: 12 }),
    took: fc.integer({ min: 1, max: 6 }),
  });
  let [accepted, refused] = [0, 0];
  fc.assert(
    fc.property(fc.array(attempt, { maxLength: 5 }), fc.nat(), (drawn, which) => {
      const attempts = drawn.map(({ outcome, sentUs, took }, slot) => ({
        slot,
        outcome,
        sentUs,
        doneUs: sentUs + took,
      }));
      const standing = which % (attempts.length + 1) - 1;
      const explained = isLinearizable(attempts, standing);
      assert.equal(verdict(attempts, standing) === null, explained);
      if (explained) accepted++;
      else refused++;
    }),
    { numRuns: 2000 },
  );
  assert(accepted > 200 && refused > 200);
});

const write = (slot: number, sentUs: number, doneUs: number, outcome: RegisterAttempt["outcome"] = "ok") => ({
  slot,
  outcome,
  sentUs,
  doneUs,
});

Deno.test("what is left of overlapping writes may be either's; of one that was done before another, it is wrong", () => {
  const overlapping = [write(1, 0, 10), write(2, 5, 15)];
  assert.equal(verdict(overlapping, 1), null);
  assert.equal(verdict(overlapping, 2), null);
  const apart = [write(1, 0, 10), write(2, 11, 15)];
  assert.deepEqual(verdict(apart, 1), { slot: 2, problem: "reordered" });
  assert.equal(verdict(apart, 2), null);
});

Deno.test("a write that nobody answered may stand at any later time, also where a later attempt of it was answered", () => {
  assert.equal(verdict([write(1, 0, NaN, "unknown"), write(2, 50, 60)], 1), null);
  assert.equal(verdict([write(1, 0, NaN, "unknown"), write(1, 20, 30), write(2, 50, 60)], 1), null);
  // A refused attempt says nothing of the answered one.
  assert.equal(verdict([write(1, 0, 10), write(1, 20, 30, "failed")], 1), null);
  assert.deepEqual(verdict([write(1, 0, 10, "failed"), write(2, 50, 60)], 1), {
    slot: 1,
    problem: "refused but present",
  });
});
