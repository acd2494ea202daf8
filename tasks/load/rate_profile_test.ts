import assert from "node:assert/strict";
import fc from "fast-check";
import { constantRate, ramp, spike, steps } from "../model/stages.ts";
import { type RateProfile, rateProfile } from "./rate_profile.ts";
import { SECONDS, type Staging, stagings } from "./testing_stages.ts";

/**
 * Checks a property of profiles.
 * @param shares how many numbers in [0, 1) it needs besides
 * @param check gets as its last argument what counts of that size may be off by through rounding
 */
function forProfiles(
  shares: number,
  check: (profile: RateProfile, staging: Staging, shares: number[], slack: number) => void,
): void {
  const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const property = fc.property(
    stagings,
    fc.array(share, { minLength: shares, maxLength: shares }),
    (staging, drawn) => {
      const profile = rateProfile(staging.stages, staging.startRate);
      const highest = Math.max(staging.startRate, ...staging.stages.map(({ rate }) => rate));
      check(profile, staging, drawn, 3e-13 * (1 + highest * profile.endUs / SECONDS));
    },
  );
  fc.assert(property, { numRuns: 1000 });
}

/** When each stage begins, and the last ends. */
function boundaries({ stages }: Staging): number[] {
  let seconds = 0;
  return [0, ...stages.map(({ duration }) => Math.round((seconds += duration) * SECONDS))];
}

Deno.test("a ramp up rises in a straight line, and its slots come closer together", () => {
  const profile = rateProfile(ramp(10, 10));
  assert.equal(profile.endUs, 10 * SECONDS);
  assert.deepEqual([0, 2.5, 9].map((at) => profile.rateAt(at * SECONDS)), [0, 2.5, 9]);
  assert.deepEqual([0, 2, 5, 10].map((at) => profile.expectedUntil(at * SECONDS)), [0, 2, 12.5, 50]);
  // Without a start rate: 2 = t² / 2.
  assert.deepEqual([0, 2, 12.5, 32].map(profile.timeOf), [0, 2 * SECONDS, 5 * SECONDS, 8 * SECONDS]);
});

Deno.test("a ramp down mirrors the ramp up", () => {
  const profile = rateProfile(ramp(0, 10), 10);
  assert.deepEqual([0, 2.5, 9].map((at) => profile.rateAt(at * SECONDS)), [10, 7.5, 1]);
  assert.deepEqual([0, 2, 5, 10].map((at) => profile.expectedUntil(at * SECONDS)), [0, 18, 37.5, 50]);
  assert.deepEqual([0, 18, 37.5, 48].map(profile.timeOf), [0, 2 * SECONDS, 5 * SECONDS, 8 * SECONDS]);
});

Deno.test("a stage without a shape is a ramp, and one of no length a jump", () => {
  const profile = rateProfile([{ duration: 0, rate: 20, shape: "step" }, { duration: 10, rate: 40 }]);
  assert.deepEqual([0, 5].map((at) => profile.rateAt(at * SECONDS)), [20, 30]);
  assert.deepEqual([0, 5, 10].map((at) => profile.expectedUntil(at * SECONDS)), [0, 125, 300]);
  assert.deepEqual([0, 125].map(profile.timeOf), [0, 5 * SECONDS]);
});

Deno.test("the last slots before a rate reaches 0 are due just before it does", () => {
  for (let rate = 1; rate < 2000; rate += 0.7) {
    const profile = rateProfile(ramp(0, 7), rate);
    const last = profile.timeOf(profile.expectedUntil(profile.endUs) * (1 - 2 ** -53));
    assert.ok(last < profile.endUs && last > profile.endUs - 5, `${last}`);
  }
});

Deno.test("a step holds its rate from its first moment, and a ramp goes on from it", () => {
  const profile = rateProfile([...steps([10, 30], 2), ...ramp(10, 4)]);
  assert.deepEqual([0, 1.999999, 2, 4, 6, 7].map((at) => profile.rateAt(at * SECONDS)), [
    10,
    10,
    30,
    30,
    20,
    15,
  ]);
  assert.deepEqual([2, 4, 8].map((at) => profile.expectedUntil(at * SECONDS)), [20, 80, 160]);
});

Deno.test("a spike raises the rate while it lasts, and the calm around it is the same", () => {
  const profile = rateProfile(spike(5, 100, 2, 0.5));
  assert.deepEqual([1.9, 2, 2.4, 2.5, 4].map((at) => profile.rateAt(at * SECONDS)), [5, 100, 100, 5, 5]);
  assert.deepEqual([2, 2.5, 4.5].map((at) => profile.expectedUntil(at * SECONDS)), [10, 60, 70]);
  assert.deepEqual([9, 10, 11, 60, 61].map(profile.timeOf), [1.8e6, 2e6, 2.01e6, 2.5e6, 2.7e6]);
});

Deno.test("no slot falls into a pause: one that is due as it begins waits for its end", () => {
  const profile = rateProfile(steps([10, 0, 0, 10, 0], 3));
  assert.deepEqual([29, 30, 31].map(profile.timeOf), [2.9, 9, 9.1].map((at) => at * SECONDS));
  assert.equal(profile.expectedUntil(5 * SECONDS), 30);
  assert.equal(profile.rateAt(5 * SECONDS), 0);
  assert.equal(profile.timeOf(60), Infinity, "a pause at the end has no end to wait for");
});

Deno.test("outside of the stages nothing is expected", () => {
  const profile = rateProfile(constantRate(10, 1));
  assert.deepEqual([-1, SECONDS, 2 * SECONDS].map(profile.rateAt), [0, 0, 0]);
  assert.deepEqual([-1, SECONDS, 2 * SECONDS].map(profile.expectedUntil), [0, 10, 10]);
  assert.deepEqual([9.5, 10, 11].map(profile.timeOf), [0.95 * SECONDS, Infinity, Infinity]);
  assert.equal(rateProfile([]).timeOf(0), Infinity);
  assert.equal(rateProfile(constantRate(0, 1)).timeOf(0), Infinity);
});

Deno.test("decimal rates expect the requests that decimal arithmetic says", () => {
  assert.equal(8.3 * 30, 249.00000000000003);
  const one = rateProfile(constantRate(8.3, 30));
  assert.equal(one.expectedUntil(one.endUs), 249);
  assert.equal(one.timeOf(249), Infinity);
  // In binary the first stage holds 122.99999999999999: slot 123 would miss the pause by a last digit, late.
  const paused = rateProfile(steps([4.1, 0, 4.1], 30));
  assert.equal(paused.timeOf(123), 60 * SECONDS);
  const more = rateProfile(constantRate(100.000001, 10));
  assert.ok(more.timeOf(1000) < 10 * SECONDS, "a part of a request counts, however small");
});

Deno.test("boundaries of many short stages do not drift", () => {
  const profile = rateProfile(steps(Array.from({ length: 100_000 }, (_, index) => index % 2 * 20), 0.1));
  assert.equal(profile.endUs, 10_000 * SECONDS);
  assert.equal(profile.expectedUntil(profile.endUs), 100_000);
  for (let n = 0; n < 100_000; n += 777) {
    assert.equal(profile.timeOf(n), (n >> 1) * 200_000 + 100_000 + n % 2 * 50_000);
  }
});

Deno.test("the integral grows by the rate: over part of a stage, by the rate at its middle", () => {
  forProfiles(3, (profile, staging, [which, ...parts], slack) => {
    const bounds = boundaries(staging);
    const stage = Math.floor(which! * staging.stages.length);
    const [low, high] = parts.map((part) => bounds[stage]! + part * (bounds[stage + 1]! - bounds[stage]!))
      .sort((a, b) => a - b) as [number, number];
    const grown = profile.expectedUntil(high) - profile.expectedUntil(low);
    assert.ok(Math.abs(grown - profile.rateAt((low + high) / 2) * (high - low) / SECONDS) <= slack);
  });
});

Deno.test("the inverse of the integral is exact: so many requests are expected until the time of that many", () => {
  forProfiles(1, (profile, staging, [share], slack) => {
    const count = share! * profile.expectedUntil(profile.endUs);
    const atUs = profile.timeOf(count);
    if (atUs === Infinity) return assert.ok(share! > 1 - 1e-12);
    assert.ok(
      Math.abs(profile.expectedUntil(atUs) - count) <= slack,
      `${profile.expectedUntil(atUs)} ${count}`,
    );
    const bounds = boundaries(staging);
    const stage = bounds.findIndex((bound) => bound > atUs) - 1;
    assert.ok(profile.rateAt((bounds[stage]! + bounds[stage + 1]!) / 2) > 0, "and not in a pause");
  });
});

Deno.test("the integral of the inverse is exact: a moment is the time of the requests expected until it", () => {
  forProfiles(1, (profile, _staging, [share], slack) => {
    const atUs = share! * profile.endUs;
    // A count that is off by so much is off in time by that many periods, which at next to no rate is long.
    const slackUs = 2 * slack / profile.rateAt(atUs) * SECONDS;
    if (!(slackUs < 1)) return;
    const foundUs = profile.timeOf(profile.expectedUntil(atUs));
    assert.ok(
      Math.abs(foundUs - atUs) <= slackUs || foundUs === Infinity && share! > 0.999,
      `${foundUs} ${atUs}`,
    );
  });
});

Deno.test("more requests take longer, and a stage holds exactly the slots that its integral says", () => {
  forProfiles(2, (profile, staging, shares) => {
    const total = profile.expectedUntil(profile.endUs);
    const [fewer, more] = shares.map((share) => share * total).sort((a, b) => a - b) as [number, number];
    assert.ok(more - fewer < 1e-9 || profile.timeOf(fewer) <= profile.timeOf(more));
    for (const bound of boundaries(staging)) {
      const slots = Math.ceil(profile.expectedUntil(bound));
      assert.ok(
        slots === 0 || profile.timeOf(slots - 1) < bound,
        `slot ${slots - 1} belongs before ${bound}`,
      );
      assert.ok(profile.timeOf(slots) >= bound, `slot ${slots} belongs after ${bound}`);
      const justBelow = bound * (1 - 2 ** -53);
      assert.ok(
        profile.expectedUntil(justBelow) <= profile.expectedUntil(bound),
        `no going back at ${bound}`,
      );
      assert.ok(profile.rateAt(justBelow) >= 0, `no rate below 0 at ${bound}`);
    }
  });
});

Deno.test("a slope next to zero changes times next to nothing, up or down", () => {
  const level = rateProfile(constantRate(1000, 100));
  for (let digits = 3; digits <= 16; digits++) {
    for (const sign of [-1, 1]) {
      const tilt = sign * 10 ** -digits;
      const profile = rateProfile(ramp(1000 * (1 + tilt), 100), 1000);
      for (const n of [0, 1, 2, 777, 49_999, 99_900]) {
        const wanted = level.timeOf(n);
        // To first order a slot comes earlier by half of what the rate has grown by until then.
        const shifted = wanted - tilt * wanted ** 2 / (200 * SECONDS);
        const slack = 1e-7 + tilt ** 2 * wanted;
        assert.ok(Math.abs(profile.timeOf(n) - shifted) <= slack, `slope ${tilt}: slot ${n}`);
      }
    }
  }
});

Deno.test("slots at a level rate are slot × period to the last digit", () => {
  for (const rate of [3, 7, 49, 1000, 9999, 123_457]) {
    const profile = rateProfile(constantRate(rate, 10_000));
    for (let n = 1; n < 10_000_000; n = n * 3 + 1) {
      assert.equal(profile.timeOf(n), n < rate * 10_000 ? n * 1e6 / rate : Infinity);
    }
  }
});

Deno.test("what is no rate or no duration is refused", () => {
  assert.throws(
    () => rateProfile(constantRate(-1, 1)),
    /rate of stage 0 must be finite and not negative: it is -1/,
  );
  assert.throws(() => rateProfile([...ramp(1, 1), ...ramp(1, NaN)]), /duration of stage 1 .* NaN/);
  assert.throws(() => rateProfile(ramp(1, 1), Infinity), RangeError);
});
