import assert from "node:assert/strict";
import fc from "fast-check";
import type { RateProbeOutcome } from "../model/rate_search.ts";
import { counter } from "../random/counter.ts";
import { normalQuantile } from "./normal.ts";
import {
  answerSoFar,
  MAX_PROBES,
  nextStep,
  type ProbeResult,
  type ProbeStep,
  type RateAnswer,
  type SearchOptions,
} from "./rate_search.ts";

type System = (step: ProbeStep, nth: number) => RateProbeOutcome;

function search(
  system: System,
  given: Partial<SearchOptions> = {},
): { history: ProbeResult[]; steps: ProbeStep[]; answer: RateAnswer } {
  const options = { startRate: 100, seed: 7, lowest: 1, ...given };
  const history: ProbeResult[] = [];
  const steps: ProbeStep[] = [];
  while (true) {
    const step = nextStep(history, options);
    if (step.kind === "answer") return { history, steps, answer: step };
    steps.push(step);
    const { rate, confirmation } = step;
    history.push({ rate, confirmation, outcome: system(step, history.length) });
  }
}

const upTo = (limit: number): System => ({ rate }) => rate <= limit ? "holds" : "fails";

/** A limit that strays log-normally from probe to probe, by less in the longer confirmations. */
function straying(limit: number, spread: number, seed: number): System {
  const random = counter(seed, "straying");
  return ({ rate, confirmation }, nth) => {
    const z = normalQuantile((random.u32(nth) + 0.5) / 2 ** 32);
    return rate <= limit * Math.exp(spread * z / (confirmation ? Math.SQRT2 : 1)) ? "holds" : "fails";
  };
}

/** From a hundredth to a hundred times the start rate. */
const limits = fc.double({ min: -2, max: 2, noNaN: true }).map((power) => 100 * 10 ** power);

function assertClean(history: readonly ProbeResult[], { low, high, confirmed }: RateAnswer): void {
  const told = (rate: number | null) => history.filter((probe) => probe.rate === rate);
  assert(told(low).every(({ outcome }) => outcome !== "fails"), `${low} did not hold in a probe`);
  assert(told(high).every(({ outcome }) => outcome !== "holds"), `${high} held in a probe`);
  if (!confirmed) return;
  for (const end of [low, high].filter((rate) => rate !== null)) {
    const valid = told(end).filter(({ confirmation, outcome }) => confirmation && outcome !== "invalid");
    assert(valid.length >= 2, `${end} has ${valid.length} confirmations`);
  }
}

Deno.test("it doubles until it fails, bisects on the logarithm, and confirms both ends", () => {
  const { steps, answer } = search(upTo(530));
  assert.deepEqual(steps.map(({ rate, confirmation }) => [rate, confirmation]), [
    [100, false],
    [200, false],
    [400, false],
    [800, false],
    [565.7, false],
    [475.7, false],
    [518.8, false],
    [541.7, false],
    [518.8, true],
    [518.8, true],
    [541.7, true],
    [541.7, true],
  ]);
  assert.deepEqual(answer, { kind: "answer", low: 518.8, high: 541.7, confirmed: true, limitedBy: "system" });
  assert.equal(new Set(steps.map(({ seed }) => seed)).size, steps.length);
});

Deno.test("it halves until it holds", () => {
  const { steps, answer } = search(upTo(30));
  assert.deepEqual(steps.slice(0, 3).map(({ rate }) => rate), [100, 50, 25]);
  assert(answer.low! <= 30 && answer.high! > 30 && answer.high! / answer.low! <= 1.051);
});

Deno.test("a rate at which nothing holds is confirmed and then the answer", () => {
  const { history, answer } = search(() => "fails", { lowest: 20 });
  assert.deepEqual(history.map(({ rate }) => rate), [100, 50, 25, 20, 20, 20]);
  assert.deepEqual(answer, { kind: "answer", low: null, high: 20, confirmed: true, limitedBy: "system" });
});

Deno.test("500 sharp limits all lie within the interval, which has the resolution asked for", () => {
  fc.assert(
    fc.property(limits, fc.constantFrom(0.02, 0.05, 0.2), (limit, resolution) => {
      const { history, answer } = search(upTo(limit), { resolution, lowest: 0.1 });
      assert.equal(answer.confirmed, true);
      assert(answer.low! <= limit && limit < answer.high!, JSON.stringify(answer));
      assert(answer.high! / answer.low! <= (1 + resolution) * 1.001);
      assertClean(history, answer);
    }),
    { numRuns: 500 },
  );
});

for (const spread of [0.01, 0.02, 0.03]) {
  Deno.test(`of 500 limits that stray by ${spread * 100} %, at least 95 % lie within the interval`, () => {
    let confirmed = 0;
    let inside = 0;
    let probes = 0;
    for (let seed = 0; seed < 500; seed++) {
      const limit = 100 * 10 ** (4 * counter(seed, "limit").float(0) - 2);
      const { history, answer } = search(straying(limit, spread, seed), { lowest: 0.1 });
      assertClean(history, answer);
      probes += history.length;
      if (!answer.confirmed) continue;
      confirmed++;
      if (answer.low! <= limit && limit <= answer.high!) inside++;
    }
    assert(confirmed >= 495, `${confirmed} confirmed`);
    assert(inside >= 0.95 * confirmed, `${inside} of ${confirmed}`);
    assert(probes / 500 < 17, `${probes / 500} probes a search`);
  });
}

Deno.test("whatever the probes say, it ends, and no end is a rate that a probe contradicts", () => {
  const outcomes = fc.array(fc.constantFrom<RateProbeOutcome>("holds", "fails", "invalid"), {
    minLength: MAX_PROBES,
    maxLength: MAX_PROBES,
  });
  fc.assert(fc.property(outcomes, (said) => {
    const { history, steps, answer } = search((_, nth) => said[nth]!, { highest: 10_000 });
    assert(history.length <= MAX_PROBES);
    assertClean(history, answer);
    if (answer.low !== null && answer.high !== null) assert(answer.low < answer.high);
    assert(steps.every(({ rate }) => rate >= 1 && rate <= 10_000));
    // The same history leads to the same steps.
    assert.deepEqual(search((_, nth) => said[nth]!, { highest: 10_000 }).steps, steps);
  }));
});

Deno.test("a confirmation that contradicts its rate widens the interval around it", () => {
  const { history, answer } = search(({ rate, confirmation }) =>
    rate === 518.8 && confirmation ? "fails" : rate <= 530 ? "holds" : "fails"
  );
  assert(answer.confirmed);
  assert(answer.low! < 518.8 && answer.high! > 518.8);
  assert(answer.high! / answer.low! > 1.05);
  assert.equal(history.filter(({ rate, confirmation }) => rate === answer.low && confirmation).length, 3);
});

Deno.test("a fluke far from the limit is found out by the confirmation", () => {
  const { answer } = search(({ rate }, nth) => nth === 0 ? "fails" : rate <= 1000 ? "holds" : "fails");
  assert(answer.confirmed);
  assert(
    answer.low! <= 1000 && answer.high! > 1000 && answer.high! / answer.low! < 1.06,
    JSON.stringify(answer),
  );
});

Deno.test("a generator at its limit ends the way up: the answer is the highest rate that holds below it", () => {
  const { history, answer } = search(({ rate }) => rate > 700 ? "invalid" : "holds");
  assert.deepEqual(history.slice(0, 5).map(({ rate }) => rate), [100, 200, 400, 800, 800]);
  assert(history.every(({ rate }) => rate <= 800));
  assert.equal(answer.high, null);
  assert.equal(answer.limitedBy, "generator");
  assert(answer.low! > 650 && answer.low! <= 700 && answer.confirmed);
});

Deno.test("below the generator's limit the system's own is still found", () => {
  const { answer } = search(({ rate }) => rate > 750 ? "invalid" : rate > 500 ? "fails" : "holds");
  assert.equal(answer.limitedBy, "system");
  assert(answer.low! <= 500 && answer.high! > 500 && answer.high! / answer.low! <= 1.051);
});

Deno.test("one invalid probe is made again and costs nothing else", () => {
  const { history, answer } = search(({ rate }, nth) =>
    nth === 3 || nth === 8 ? "invalid" : rate <= 530 ? "holds" : "fails"
  );
  assert.equal(history[3]!.rate, history[4]!.rate);
  assert.deepEqual(answer, search(upTo(530)).answer);
});

Deno.test("where every probe is invalid it soon gives up", () => {
  const { history, answer } = search(() => "invalid");
  assert.deepEqual(history.map(({ rate }) => rate), [100, 100, 50, 50, 25, 25]);
  assert.deepEqual([answer.low, answer.high, answer.confirmed], [null, null, false]);
});

Deno.test("a limit that only contradictions show is the system's, though no rate is sure to fail", () => {
  const probe = (rate: number, outcome: RateProbeOutcome) => ({ rate, outcome, confirmation: false });
  const answer = answerSoFar([probe(300, "holds"), probe(600, "fails"), probe(600, "holds")]);
  assert.deepEqual([answer.low, answer.high, answer.limitedBy], [300, null, "system"]);
});

Deno.test("the highest rate allowed is not exceeded", () => {
  const { history, answer } = search(() => "holds", { highest: 300 });
  assert.equal(Math.max(...history.map(({ rate }) => rate)), 300);
  assert.deepEqual([answer.low, answer.high, answer.limitedBy], [300, null, "generator"]);
});
