import assert from "node:assert/strict";
import fc from "fast-check";
import { cycleOf } from "../model/rounds.ts";
import { blockOrders } from "./block_order.ts";

const ARMS = ["sql", "graphql", "sql+cache", "matview", "aggregate", "graphql+cache"];

/** How often each value comes up. */
function counts(values: readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const value of values) found.set(value, (found.get(value) ?? 0) + 1);
  return found;
}

function assertEven(values: readonly string[], kinds: number, slack: number, what: string): void {
  const found = counts(values);
  const expected = values.length / kinds;
  assert.equal(found.size, kinds, what);
  for (const [value, n] of found) {
    assert(Math.abs(n - expected) <= slack, `${what}: ${value} ${n} of ${values.length}, ${kinds} kinds`);
  }
}

const cases = fc.record({
  n: fc.integer({ min: 2, max: ARMS.length }),
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  cycles: fc.integer({ min: 1, max: 12 }),
});

Deno.test("over whole cycles each arm stands in each place, before and right behind each other arm, equally often", () => {
  fc.assert(fc.property(cases, ({ n, seed, cycles }) => {
    const arms = ARMS.slice(0, n);
    const orders = blockOrders(arms, seed, cycles * cycleOf(n));
    assert(orders.every((order) => order.toSorted().join() === arms.toSorted().join()));
    assertEven(orders.flatMap((order) => order.map((arm, at) => `${arm} at ${at}`)), n * n, 0, "place");
    const pairs = n * (n - 1);
    const behind = (order: string[]) => order.slice(1).map((arm, at) => `${arm} behind ${order[at]}`);
    assertEven(orders.flatMap(behind), pairs, 0, "predecessor");
    const before = (order: string[]) =>
      order.flatMap((arm, at) => order.slice(at + 1).map((later) => `${arm} before ${later}`));
    assertEven(orders.flatMap(before), pairs, 0, "order");
  }));
});

Deno.test("with two or three arms each has each, itself included, as its predecessor equally often", () => {
  fc.assert(fc.property(cases, ({ n, seed, cycles }) => {
    const arms = ARMS.slice(0, Math.min(n, 3));
    const sequence = blockOrders(arms, seed, cycles * cycleOf(arms.length), arms[1]).flat();
    const pairs = sequence.map((arm, at) => `${arm} after ${at === 0 ? arms[1] : sequence[at - 1]}`);
    assertEven(pairs, arms.length ** 2, 1, "predecessor");
  }));
});

Deno.test("with more arms no jump from round to round comes up much more often than others", () => {
  for (const n of [4, 5, 6]) {
    const orders = blockOrders(ARMS.slice(0, n), 42, 20 * cycleOf(n));
    const jumps = orders.slice(1).map((order, at) => [orders[at]!.at(-1)!, order[0]!])
      .filter(([last, first]) => last !== first).map((pair) => pair.join());
    const most = Math.max(0, ...counts(jumps).values());
    assert(most <= 2 + 2 * jumps.length / (n * (n - 1)), `${n} arms: ${most} of ${jumps.length} jumps`);
  }
});

Deno.test("orders are drawn from the seed, and a longer run begins as a shorter one", () => {
  const arms = ARMS.slice(0, 3);
  const orders = (seed: number, rounds: number) => blockOrders(arms, seed, rounds).join(" ");
  assert.equal(orders(1, 18), orders(1, 18));
  assert.equal(new Set([1, 2, 3, 4, 5, 6, 7, 8].map((seed) => orders(seed, 6))).size > 3, true);
  assert(orders(1, 36).startsWith(orders(1, 7)));
  assert.deepEqual(blockOrders(["sql"], 1, 2), [["sql"], ["sql"]]);
});
