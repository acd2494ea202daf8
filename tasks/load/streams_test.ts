import assert from "node:assert/strict";
import fc from "fast-check";
import { constantRate, ramp, spike } from "../model/stages.ts";
import { type ArrivalPlan, arrivals } from "./arrivals.ts";
import { type MergedArrivals, mergeStreams } from "./streams.ts";
import { planOf, SECONDS, slotsOf, stagings } from "./testing_stages.ts";

interface Due {
  readonly atUs: number;
  readonly stream: number;
  readonly nth: number;
  readonly slot: number;
}

function all(due: MergedArrivals): Due[] {
  const found: Due[] = [];
  for (; due.atUs !== Infinity; due.next()) {
    const { atUs, stream, nth, slot } = due;
    found.push({ atUs, stream, nth, slot });
  }
  return found;
}

/** The order that streams are promised to come in, said by sorting. */
function inOrder(due: readonly Due[]): Due[] {
  return due.toSorted((a, b) => a.atUs - b.atUs || a.stream - b.stream || a.nth - b.nth);
}

/** One to five streams over the same seed, of both kinds. */
const streamLists: fc.Arbitrary<ArrivalPlan[]> = fc.tuple(
  fc.maxSafeInteger(),
  fc.array(fc.tuple(stagings, fc.constantFrom("poisson", "constant")), { minLength: 1, maxLength: 5 }),
).map(([seed, list]) => list.map(([staging, kind], index) => planOf(staging, kind, seed, `stream-${index}`)));

const constant = (ratePerSecond: number, stream: string): ArrivalPlan => ({
  kind: "constant",
  ratePerSecond,
  seed: 1,
  endUs: SECONDS,
  stream,
});

Deno.test("streams come in order of time, and at one moment in the order they are listed in", () => {
  const merged = all(mergeStreams([constant(2, "reads"), constant(4, "writes"), constant(2, "reports")]));
  assert.deepEqual(
    merged.map(({ atUs, stream, nth }) => [atUs / SECONDS, stream, nth]),
    [[0, 0, 0], [0, 1, 0], [0, 2, 0], [0.25, 1, 1], [0.5, 0, 1], [0.5, 1, 2], [0.5, 2, 1], [0.75, 1, 3]],
  );
  assert.deepEqual(merged.map(({ slot }) => slot), [0, 1, 2, 4, 3, 7, 5, 10]);
});

Deno.test("merging is sorting: nothing is lost, nothing doubled, and the order is total", () => {
  fc.assert(fc.property(streamLists, (plans) => {
    const each = plans.flatMap((plan, stream) =>
      slotsOf(arrivals(plan)).map(([nth, atUs]) => ({ atUs, stream, nth, slot: nth * plans.length + stream }))
    );
    const merged = all(mergeStreams(plans));
    assert.deepEqual(merged, inOrder(each));
    assert.equal(new Set(merged.map(({ slot }) => slot)).size, merged.length);
  }));
});

Deno.test("any number of workers share the streams' slots, each in order and with its part of every stream", () => {
  fc.assert(fc.property(streamLists, fc.integer({ min: 1, max: 7 }), (plans, workers) => {
    const whole = all(mergeStreams(plans));
    for (let worker = 0; worker < workers; worker++) {
      assert.deepEqual(
        all(mergeStreams(plans, worker, workers)),
        whole.filter(({ nth }) => nth % workers === worker),
      );
    }
  }));
});

Deno.test("a stream's arrivals do not depend on the streams beside it", () => {
  const timesOf = (due: readonly Due[], stream: number) =>
    due.filter((slot) => slot.stream === stream).map(({ atUs }) => atUs);
  fc.assert(fc.property(streamLists, (plans) => {
    const forwards = all(mergeStreams(plans));
    const backwards = all(mergeStreams(plans.toReversed()));
    plans.forEach((plan, stream) => {
      const alone = all(mergeStreams([plan])).map(({ atUs }) => atUs);
      assert.deepEqual(timesOf(forwards, stream), alone);
      assert.deepEqual(timesOf(backwards, plans.length - 1 - stream), alone);
    });
  }));
});

Deno.test("the same streams give the same slots, and another seed others", () => {
  const list = (seed: number): ArrivalPlan[] => [
    { kind: "poisson", stages: spike(50, 500, 1, 0.5), seed, endUs: 3 * SECONDS, stream: "reads" },
    { kind: "poisson", stages: ramp(100, 2), startRate: 10, seed, endUs: 3 * SECONDS, stream: "writes" },
  ];
  assert.deepEqual(all(mergeStreams(list(1))), all(mergeStreams(list(1))));
  assert.notDeepEqual(all(mergeStreams(list(1))), all(mergeStreams(list(2))));
});

Deno.test("a stream that ends or pauses leaves the others going", () => {
  const list: ArrivalPlan[] = [
    { kind: "constant", stages: constantRate(10, 1), seed: 1, endUs: 9e6, stream: "short" },
    {
      kind: "constant",
      stages: [...constantRate(0, 2), ...constantRate(10, 1)],
      seed: 1,
      endUs: 9e6,
      stream: "late",
    },
    { kind: "constant", stages: constantRate(1, 4), seed: 1, endUs: 9e6, stream: "long" },
  ];
  const due = mergeStreams(list);
  const counted = all(due).map(({ stream }) => stream);
  assert.deepEqual([0, 1, 2].map((stream) => counted.filter((one) => one === stream).length), [10, 10, 4]);
  due.next();
  assert.equal(due.atUs, Infinity);
});

Deno.test("one stream without a name is the run's arrivals as they are without streams", () => {
  const plan: ArrivalPlan = { kind: "poisson", ratePerSecond: 200, seed: 5, endUs: 3 * SECONDS };
  assert.deepEqual(all(mergeStreams([plan])).map(({ slot, atUs }) => [slot, atUs]), slotsOf(arrivals(plan)));
});

Deno.test("streams without names of their own are refused, as is none", () => {
  assert.throws(
    () => mergeStreams([constant(1, "a"), constant(2, "b"), constant(3, "a")]),
    /two are called "a"/,
  );
  assert.throws(() => mergeStreams([]), RangeError);
});

Deno.test("streams that end earlier lose what is due from then on, and nothing before it", () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(fc.property(streamLists, share, fc.nat(50), share, (plans, place, taken, when) => {
    const whole = all(mergeStreams(plans));
    const endUs = place * Math.max(...plans.map((plan) => plan.endUs));
    const due = mergeStreams(plans);
    const before: Due[] = [];
    // Some are taken before it is known, up to that moment.
    for (let n = 0; n < taken && due.atUs < when * endUs; n++, due.next()) {
      const { atUs, stream, nth, slot } = due;
      before.push({ atUs, stream, nth, slot });
    }
    due.endAt(endUs);
    assert.deepEqual([...before, ...all(due)], whole.filter(({ atUs }) => atUs < endUs));
  }));
});
