import assert from "node:assert/strict";
import { fixtureRandom, normal } from "../testing_random.ts";
import { changeText } from "./change_text.ts";
import { AT_LIMIT, changesOf, quantilesOf } from "./quantiles.ts";
import type { Responses } from "./responses.ts";

const part = { segment: "baseline", startUs: 0, endUs: 20e6 };

/** Twenty seconds at 100/s, lognormal, whose seconds resemble each other as AR(0.5). */
function made(seed: number, shift = 0, sd = 0.1): Responses {
  const random = fixtureRandom(seed);
  let level = sd * normal(random);
  const units = Array.from({ length: 40 }, (_, unit) => {
    if (unit % 2 === 0) level = 0.5 * level + sd * Math.sqrt(0.75) * normal(random);
    return Array.from({ length: 50 }, () => shift + 10 * Math.exp(level + 0.3 * normal(random)));
  });
  return { part, unitsPerSecond: 2, n: 2000, units, shortestTimeoutMs: null };
}

Deno.test("quantiles are values that were measured, with an interval about each", () => {
  const responses = made(1);
  const all = responses.units.flat();
  for (const { value, low, high } of Object.values(quantilesOf(responses))) {
    assert.ok(all.includes(value!));
    assert.ok(low! < value! && value! < high!);
  }
});

Deno.test("the interval of a change holds the true one in about 95 of 100 runs, though seconds resemble each other", () => {
  const RUNS = 200;
  const held = { "0.5": 0, "0.95": 0 };
  for (let run = 0; run < RUNS; run++) {
    const changes = changesOf(quantilesOf(made(2 * run + 1)), quantilesOf(made(2 * run + 2, 3)));
    for (const level of ["0.5", "0.95"] as const) {
      const { low, high } = changes[level]!;
      if ((low ?? -Infinity) <= 3 && 3 <= (high ?? Infinity)) held[level]++;
    }
  }
  // Seeded: these are the counts of these runs.
  assert.ok(held["0.5"] >= 0.92 * RUNS && held["0.95"] >= 0.92 * RUNS, JSON.stringify(held));
  assert.ok(held["0.5"] <= 0.995 * RUNS, JSON.stringify(held));
});

Deno.test("a quantile of too few, or among those never served, has no value, and no change has one", () => {
  const few: Responses = { ...made(1), units: [[1, 2, 3, 4, 5, 6, 7]], n: 7 };
  const during = quantilesOf(few);
  assert.equal(during["0.5"]!.value, 4);
  assert.equal(during["0.95"]!.warnings[0]!.code, "not-estimable");
  const before = quantilesOf(made(1));
  assert.equal(changesOf(before, during)["0.95"]!.value, null);
  assert.equal(changesOf(before, during)["0.95"]!.warnings[0]!.code, "not-estimable");
  assert.ok(changesOf(before, during)["0.5"]!.value! < 0);
  const shed = quantilesOf({
    ...made(1),
    units: made(1).units.map((unit) => [...unit, ...unit.map(() => Infinity)]),
  });
  assert.equal(shed["0.95"]!.value, null);
  assert.equal(shed["0.95"]!.warnings[0]!.code, "unbounded");
  assert.equal(quantilesOf(null)["0.5"]!.warnings[0]!.code, "no-data");
});

Deno.test("of a quantile at the time limit of requests no change is told but what is known from below", () => {
  const limited = (ms: number) =>
    quantilesOf({
      ...made(1),
      units: made(1).units.map((unit) => unit.map(() => ms)),
      shortestTimeoutMs: 5000,
    });
  const [quick, first, second] = [limited(100), limited(5008), limited(5010)];
  const both = changesOf(first, second)["0.95"]!;
  assert.deepEqual([both.value, both.low, both.high, both.warnings[0]!.code], [null, null, null, AT_LIMIT]);
  assert.equal(changeText(both), "at limit");
  const after = changesOf(quick, second)["0.95"]!;
  assert.deepEqual([after.value, after.high], [4910, null], "no upper end");
  assert.equal(changeText(after), "≥ +4.91 s");
  const before = changesOf(first, quick)["0.95"]!;
  assert.deepEqual([before.value, changeText(before)], [null, "—"]);
  assert.equal(changeText(changesOf(quick, limited(112))["0.95"]), "+12 ms");
});
