import assert from "node:assert/strict";
import fc from "fast-check";
import { changePoints } from "./change_points.ts";
import { median } from "./robust.ts";

const OPTIONS = { minLength: 5, minChange: Math.log(1.1) };

/** mulberry32, uniform in [0, 1). */
function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Noise {
  readonly sigma: number;
  /** How much of a point's deviation the next one takes over. */
  readonly memory?: number;
}

/** Logarithms of medians: a level, log-normal noise, and one point in twenty two to six times too high. */
function series(
  seed: number,
  n: number,
  { sigma, memory = 0 }: Noise,
  level: (share: number) => number,
): number[] {
  const random = uniform(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  let deviation = normal();
  return Array.from({ length: n }, (_, at) => {
    deviation = memory * deviation + Math.sqrt(1 - memory * memory) * normal();
    const spike = random() < 0.05 ? Math.log(2 + 4 * random()) : 0;
    return Math.log(10) + level(at / n) + sigma * deviation + spike;
  });
}

/** In what share of 200 such series the found changes fulfil a condition. */
function share(
  n: number,
  noise: Noise,
  level: (share: number) => number,
  condition: (changes: readonly number[]) => boolean,
): number {
  const seeds = Array.from({ length: 200 }, (_, seed) => seed + 1);
  return seeds.filter((seed) => condition(changePoints(series(seed, n, noise, level), OPTIONS))).length / 200;
}

const any = (changes: readonly number[]) => changes.length > 0;

Deno.test("of 200 stationary series with spikes at most one in twenty is found to change, and far fewer", () => {
  for (const sigma of [0.01, 0.03, 0.08, 0.2]) {
    for (const n of [15, 18, 60, 300]) {
      const alarms = share(n, { sigma }, () => 0, any);
      assert.ok(alarms <= 0.02, `${alarms} of ${n} points, noise ${sigma}`);
    }
  }
  const alarms = share(60, { sigma: 0.08, memory: 0.3 }, () => 0, any);
  assert.ok(alarms <= 0.05, `${alarms} where noise hangs together`);
});

Deno.test("noise that hangs together from point to point is no change, and does not hide one of 20 %", () => {
  for (const memory of [0.3, 0.5, 0.8]) {
    for (const sigma of [0.03, 0.1]) {
      const alarms = share(60, { sigma, memory }, () => 0, any);
      assert.ok(alarms <= 0.05, `${alarms}, noise ${sigma}, AR(${memory})`);
    }
    const found = share(60, { sigma: 0.04, memory }, (at) => at < 0.4 ? 0 : Math.log(1.2), any);
    assert.ok(found >= 0.95, `${found} with AR(${memory})`);
  }
});

Deno.test("a level shift of 20 % is found within two seconds of where it is", () => {
  for (
    const [n, sigma, least] of [[60, 0.03, 0.99], [60, 0.08, 0.9], [300, 0.1, 0.99], [18, 0.03, 0.9]] as const
  ) {
    for (const factor of [1.2, 1 / 1.2]) {
      const found = share(n, { sigma }, (at) => at < 0.4 ? 0 : Math.log(factor), any);
      assert.ok(found >= least, `${found} of ${n} points, noise ${sigma}, × ${factor}`);
    }
  }
  const near = share(
    60,
    { sigma: 0.03 },
    (at) => at < 0.4 ? 0 : Math.log(1.2),
    ([first]) => Math.abs(first! - 24) <= 2,
  );
  assert.ok(near >= 0.95, `${near}`);
});

Deno.test("a drift shows as changes up to its end", () => {
  for (
    const [factor, sigma, least] of [[1.3, 0.03, 0.99], [1.3, 0.08, 0.8], [1.5, 0.08, 0.98], [
      0.6,
      0.08,
      0.98,
    ]] as const
  ) {
    const found = share(60, { sigma }, (at) => at * Math.log(factor), any);
    assert.ok(found >= least, `${found} of × ${factor}, noise ${sigma}`);
  }
  const lateOnes = share(60, { sigma: 0.05 }, (at) => at * Math.log(1.5), (changes) => changes.at(-1)! > 20);
  assert.ok(lateOnes >= 0.95, `${lateOnes}`);
});

Deno.test("several levels without noise are found where they are, and small steps are none", () => {
  const levels = [0, 1, 0.5, 2];
  const values = levels.flatMap((level) => Array<number>(10).fill(level));
  assert.deepEqual(changePoints(values, OPTIONS), [10, 20, 30]);
  assert.deepEqual(changePoints(values, { ...OPTIONS, minChange: 0.7 }), [10, 30]);
  assert.deepEqual(changePoints(values, { ...OPTIONS, minChange: 5 }), []);
  assert.deepEqual(changePoints(Array<number>(40).fill(3), OPTIONS), []);
  assert.deepEqual(changePoints([], OPTIONS), []);
  assert.deepEqual(changePoints([0, 0, 0, 0, 0, 9, 9, 9, 9], OPTIONS), []);
});

Deno.test("changes leave segments that are long enough and differ enough, whatever the values and their order", () => {
  const values = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { maxLength: 80 });
  fc.assert(fc.property(values, fc.integer({ min: 1, max: 8 }), (some, minLength) => {
    const options = { minLength, minChange: 0.5 };
    const changes = changePoints(some, options);
    const bounds = [0, ...changes, some.length];
    const segments = bounds.slice(1).map((to, at) => some.slice(bounds[at]!, to));
    if (changes.length > 0) segments.forEach(({ length }) => assert.ok(length >= minLength));
    segments.slice(1).forEach((segment, at) =>
      assert.ok(Math.abs(median(segment)! - median(segments[at]!)!) >= 0.5)
    );
    // A shift of the whole series and its mirror image change nothing of it.
    assert.deepEqual(changePoints(some.map((value) => -value), options).length, changes.length);
  }));
});

Deno.test("an hour of seconds has its one change", () => {
  assert.equal(changePoints(series(1, 3600, { sigma: 0.1 }, (at) => at < 0.5 ? 0 : 0.2), OPTIONS).length, 1);
});
