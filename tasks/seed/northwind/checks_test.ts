import assert from "node:assert/strict";
import { counter } from "../../random/counter.ts";
import { zipf } from "../../random/zipf.ts";
import type { Shape } from "../dataset.ts";
import { DECLARED } from "./distributions.ts";
import { northwind } from "./northwind.ts";
import { range, shapeOf, tablesOf } from "./testing.ts";
import { luckyTopShare, topDraws, zipfRanks } from "./top_share.ts";

async function rowsOfTables(shape: Shape): Promise<Record<string, number>> {
  return Object.fromEntries(Object.values(await tablesOf(shape)).map(({ name, rows }) => [name, rows]));
}

Deno.test("tolerances follow the sample: they narrow with the rows and never vanish", async () => {
  const tolerances = async (scale: string) => {
    const shape = shapeOf(scale, 1);
    return northwind.checks(shape, await rowsOfTables(shape));
  };
  const [tiny, medium] = [await tolerances("tiny"), await tolerances("medium")];
  for (const [column, { tolerance, expected }] of Object.entries(medium)) {
    assert(tolerance > 0 && tolerance < tiny[column]!.tolerance, column);
    assert(tolerance < 0.5 * Math.abs(expected), `${column}: ${expected} ± ${tolerance} says nothing`);
  }
});

Deno.test("the extremes of every distribution can be checked", async () => {
  const usual: Record<string, number> = {};
  const least = { customers: 1, employees: 1, products: 1, suppliers: 1, orders: 1 };
  for (const end of ["min", "max"] as const) {
    const extremes = Object.fromEntries(
      Object.entries(DECLARED).map(([name, declared]) => [
        name,
        declared.kind === "number" ? declared[end] : declared.default.map((_, n) => n === 0 ? 1 : 0),
      ]),
    );
    for (const counts of [usual, least]) {
      const shape = shapeOf("tiny", 3, counts, extremes);
      const checks = northwind.checks(shape, await rowsOfTables(shape));
      for (const [column, { expected, tolerance }] of Object.entries(checks)) {
        assert(Number.isFinite(expected) && tolerance > 0 && Number.isFinite(tolerance), `${column}, ${end}`);
      }
    }
  }
});

Deno.test("the share of the luckiest ranks is what drawing finds", () => {
  const random = counter(1, "lucky");
  for (const [n, skew, draws] of [[100, 0.8, 1_000], [300, 0, 3_000], [20, 1.2, 200]] as const) {
    const most = n / 10;
    const ranks = zipf(n, skew);
    const shares = range(60).map((round) => {
      const counts = new Int32Array(n);
      for (let draw = 0; draw < draws; draw++) counts[ranks.sample(random, round * draws + draw, n)]!++;
      return counts.toSorted((a, b) => b - a).slice(0, most).reduce((sum, count) => sum + count) / draws;
    });
    const expected = luckyTopShare(zipfRanks(n, skew, most), draws);
    const found = shares.reduce((sum, share) => sum + share) / shares.length;
    // Within the error of 60 rounds and half an error of one, which the checks' five leave room for.
    const error = Math.sqrt(expected * (1 - expected) / draws);
    assert(Math.abs(found - expected) < error * (5 / Math.sqrt(60) + 0.5), `${n}: ${found}, not ${expected}`);
  }
});

Deno.test("the top ranks among draws without replacement are what enumeration finds", () => {
  // All ordered draws of up to three from five ranks, the first of them the top.
  const weights = range(5).map((rank) => Math.pow(rank + 1, -1.2));
  const total = weights.reduce((sum, weight) => sum + weight);
  const enumerate = (size: number, taken: readonly number[], probability: number): number => {
    if (taken.length === size) return taken.includes(0) ? probability : 0;
    const left = total - taken.reduce((sum, rank) => sum + weights[rank]!, 0);
    return range(5).filter((rank) => !taken.includes(rank)).reduce(
      (sum, rank) => sum + enumerate(size, [...taken, rank], probability * weights[rank]! / left),
      0,
    );
  };
  const drawn = topDraws(zipfRanks(5, 1.2, 1), 3);
  for (const size of [1, 2, 3]) {
    assert(Math.abs(drawn[size - 1]! - enumerate(size, [], 1)) < 2e-4, `${size}: ${drawn[size - 1]}`);
  }
});
