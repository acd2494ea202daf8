import assert from "node:assert/strict";
import fc from "fast-check";
import { type GroupQuantiles, groupStarts, type Kind, KINDS } from "./block_pairs.ts";
import { compareGroups } from "./comparisons.ts";

const MIX = [{ name: "x", weight: 1 }];

/** One operation, whose candidate is so many times the baseline in each round. */
function pairsOf(
  ratios: readonly number[],
  operation = "x",
  kinds: readonly Kind[] = KINDS,
): GroupQuantiles[] {
  return ratios.flatMap((ratio, round) => {
    const base = 10 + (round * 7) % 5;
    return kinds.flatMap((kind) => [
      { kind, round, arm: "a", operation, n: 100, p95: 3 * base, times: [base] },
      {
        kind,
        round,
        arm: "b",
        operation,
        n: 100,
        p95: 3 * base * ratio,
        times: [base * ratio],
      },
    ]);
  });
}

function scaled(row: GroupQuantiles, factor: number): GroupQuantiles {
  return {
    ...row,
    p95: row.p95! * factor,
    times: row.times!.map((time) => time * factor),
  };
}

const twice = (n: number) => Array.from({ length: n }, (_, round) => 2 + round / 1000);

Deno.test("each arm but the baseline is compared with it, whatever they are called; without arms nothing is", () => {
  assert.deepEqual(compareGroups([], [], MIX), []);
  const found = compareGroups(pairsOf(twice(10)), ["a", "b"], MIX, "b");
  assert.deepEqual([...new Set(found.map(({ baseline, candidate }) => `${candidate} / ${baseline}`))], [
    "a / b",
  ]);
  assert.ok(found.every(({ ratio }) => ratio! < 0.5));
});

Deno.test("pairs are of the same round: drift over the run cancels out", () => {
  const drifting = pairsOf(Array.from({ length: 10 }, (_, round) => 0.8 * (1 + round / 1000)))
    .map((row) => scaled(row, 2 ** row.round));
  const found = compareGroups(drifting.toReversed(), ["a", "b"], MIX);
  assert.deepEqual(found.map(({ operation, statistic }) => [operation, statistic]), [
    [null, "p50"],
    ["x", "p50"],
    ["x", "p95"],
  ]);
  for (const { verdict, ratio, n } of found) {
    assert.equal(verdict, "faster");
    assert(Math.abs(ratio! - 0.8) < 0.01);
    assert.equal(n, 10);
  }
});

Deno.test("a pair of blocks tells the median ratio of each request of the one to each of the other", () => {
  const pairs = pairsOf(twice(9), "x", ["p50"]).map((row) => ({
    ...row,
    // Of nine ratios 4/3 is the fifth; the medians have 5/4.
    times: row.arm === "a" ? [3, 4, 40] : [4, 5, 80],
  }));
  const p50 = compareGroups(pairs, ["a", "b"], MIX).find(({ operation }) => operation === "x")!;
  assert(Math.abs(p50.ratio! - 4 / 3) < 1e-9, `${p50.ratio}`);
});

Deno.test("a round that one arm lacks is no pair", () => {
  const pairs = pairsOf(twice(9)).filter(({ round, arm }) => !(round === 3 && arm === "b"));
  assert.deepEqual(compareGroups(pairs, ["a", "b"], MIX).map(({ n }) => n), [8, 8, 8]);
});

Deno.test("ratios that go either way are inconclusive, and say which change they could have shown", () => {
  const ratios = [0.5, 2, 0.7, 1.5, 0.9, 1.2, 0.6, 1.8, 1.1];
  const [all, p50] = compareGroups(pairsOf(ratios), ["a", "b"], MIX);
  assert.equal(p50!.verdict, "inconclusive");
  assert(p50!.low! < 1 && p50!.high! > 1);
  assert(p50!.detectable! > p50!.high!);
  // Less may be wrong about all operations, so that their change must be larger.
  assert(all!.detectable! > p50!.detectable!);
});

Deno.test("a candidate whose blocks shed is slower without a number; two such arms have no ratio", () => {
  const shed = pairsOf(twice(9)).map((row) => row.arm === "b" ? scaled(row, Infinity) : row);
  for (const { verdict, ratio, detectable, warnings } of compareGroups(shed, ["a", "b"], MIX)) {
    assert.equal(verdict, "slower");
    assert.equal(ratio, null);
    assert.equal(detectable, null);
    assert(warnings.some(({ code }) => code === "unbounded"));
  }
  const both = shed.map((row) => scaled(row, Infinity));
  for (const { n, verdict, warnings } of compareGroups(both, ["a", "b"], MIX)) {
    assert.equal(n, 0);
    assert.equal(verdict, "inconclusive");
    assert.deepEqual(warnings.map(({ code }) => code), ["unserved-pairs", "few-pairs"]);
    assert.equal(warnings.at(-1)!.text, "Too few pairs for a verdict: 0 of 8.");
  }
});

Deno.test("all operations together are weighted by the mix, whatever a block lacks", () => {
  const mix = [{ name: "x", weight: 30 }, { name: "y", weight: 10 }];
  const pairs = [...pairsOf(Array(12).fill(2), "x"), ...pairsOf(Array(12).fill(1), "y")];
  const [all] = compareGroups(pairs, ["a", "b"], mix);
  assert(Math.abs(all!.ratio! - 2 ** 0.75) < 1e-9);
  const lacking = pairs.filter(({ operation, round }) => !(operation === "x" && round % 2 === 0));
  // Where only a quarter of the mix was asked, nothing is told of all operations.
  assert.equal(compareGroups(lacking, ["a", "b"], mix)[0]!.n, 6);
  const most = pairs.filter(({ operation, round }) => !(operation === "y" && round % 2 === 0));
  const [partly] = compareGroups(most, ["a", "b"], mix);
  assert.equal(partly!.n, 12);
  assert.equal(partly!.verdict, "slower");
});

Deno.test("the 5 % are shared out, so that what eight pairs can decide of six operations are three", () => {
  const mix = ["u", "v", "w", "x", "y", "z"].map((name, at) => ({ name, weight: 1 + at }));
  const found = (rounds: number) =>
    compareGroups(mix.flatMap(({ name }) => pairsOf(twice(rounds), name)), ["a", "b"], mix);
  const slower = (rounds: number, statistic: string) =>
    found(rounds).filter((row) => row.statistic === statistic && row.verdict === "slower")
      .map(({ operation }) => operation);
  assert.deepEqual(slower(7, "p50"), []);
  assert.deepEqual(slower(8, "p50"), [null, "x", "y", "z"]);
  assert.deepEqual(slower(8, "p95"), ["z"]);
  assert.deepEqual(slower(9, "p50"), [null, "u", "v", "w", "x", "y", "z"]);
  assert.deepEqual(slower(11, "p95"), ["u", "v", "w", "x", "y", "z"]);
  const left = found(8).find(({ operation, statistic }) => operation === "w" && statistic === "p50")!;
  assert.equal(left.detectable, null);
  assert.deepEqual(left.warnings, [{
    code: "few-pairs-for-all",
    text: "8 pairs cannot decide 4 such comparisons at once: 9 are needed. Measure for longer.",
  }]);
  // 0.0039 of nine pairs, times six, times 5 ÷ 3.
  const p = found(9).find(({ operation, statistic }) => operation === "u" && statistic === "p50")!.p!;
  assert(Math.abs(p - 2 / 2 ** 9 * 6 * 5 / 3) < 1e-9);
});

Deno.test("neighbouring rounds are joined until every arm answered enough", () => {
  const blocks = [7, 30, 12, 50, 3, 41, 60, 2].flatMap((responses, round) => [
    { round, arm: "a", operation: "x", responses },
    { round, arm: "b", operation: "x", responses: 45 },
  ]);
  const firsts = (kind: Kind) =>
    groupStarts(blocks, ["a", "b"], ["x"]).filter((each) => each.kind === kind).map(({ first }) => first);
  assert.deepEqual(firsts("all"), [0, 1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual(firsts("p50"), [0, 1, 2, 3, 4, 5, 6, 7]);
  // 7 + 30 + 12, 50, 3 + 41, 60, and the last round with it.
  assert.deepEqual(firsts("p95"), [0, 3, 4, 6]);
  assert.deepEqual(groupStarts([], ["a", "b"], ["x"]), []);
});

Deno.test("while a run goes on, what is left at its end is a group that has only begun", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(60), fc.nat(60)), { maxLength: 40 }), fc.nat(40), (counts, over) => {
      const blocks = counts.flatMap(([a, b], round) => [
        { round, arm: "a", operation: "x", responses: a },
        { round, arm: "b", operation: "x", responses: b },
      ]);
      const startsOf = (of: typeof blocks, goesOn: boolean) => groupStarts(of, ["a", "b"], ["x"], goesOn);
      const whole = startsOf(blocks, false);
      const known = startsOf(blocks.filter(({ round }) => round < over), true);
      // Those that are complete stay so whatever comes, and no kind has more than one that has begun.
      for (const kind of KINDS) {
        const own = known.filter((each) => each.kind === kind);
        const complete = own.filter((each) => each.whole);
        assert.deepEqual(complete, whole.filter((each) => each.kind === kind).slice(0, complete.length));
        assert.ok(own.length - complete.length <= 1);
      }
    }),
  );
});

Deno.test("every group but none has enough requests of every arm, and none could end earlier", () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(60), fc.nat(60)), { maxLength: 40 }), (counts) => {
    const blocks = counts.flatMap(([a, b], round) => [
      { round, arm: "a", operation: "x", responses: a },
      { round, arm: "b", operation: "x", responses: b },
    ]);
    const starts = groupStarts(blocks, ["a", "b"], ["x"]).filter(({ kind }) => kind === "p95");
    starts.forEach(({ first }, at) => {
      const until = starts[at + 1]?.first ?? counts.length;
      const least = (to: number) =>
        [0, 1].map((arm) => counts.slice(first, to).reduce((sum, each) => sum + each[arm]!, 0))
          .reduce((a, b) => Math.min(a, b));
      assert(least(until) >= 40);
      if (at + 1 < starts.length) assert(least(until - 1) < 40);
    });
  }));
});

Deno.test("equivalence is adjusted over its family, as verdicts are", () => {
  // Two of thirteen pairs lie beyond the margin: p is about 0.01, enough for a question by itself at 5 % and not for
  // one of six.
  const ratios = [1.2, 1.07, 1.001, 0.999, 1.002, 0.998, 1.003, 0.997, 1.004, 0.996, 1.005, 0.995, 1];
  const names = ["u", "v", "w", "x", "y", "z"];
  const rows = names.flatMap((name) => pairsOf(ratios, name, ["p50"]));
  const found = compareGroups(rows, ["a", "b"], names.map((name) => ({ name, weight: 1 })))
    .filter(({ operation, statistic }) => operation !== null && statistic === "p50");
  assert.deepEqual(found.map(({ verdict }) => verdict), names.map(() => "inconclusive"));
  const many = names.flatMap((name) =>
    pairsOf([...ratios, ...ratios, ...ratios].map((r) => Math.min(r, 1.005)), name, ["p50"])
  );
  assert.ok(
    compareGroups(many, ["a", "b"], names.map((name) => ({ name, weight: 1 })))
      .filter(({ operation, statistic }) => operation !== null && statistic === "p50")
      .every(({ verdict }) => verdict === "equivalent"),
  );
});
