import type { Counter } from "./counter.ts";

/**
 * The items in a random order that is a function of (random, index): every order is equally likely
 * (Fisher and Yates). With a round's number as the index it gives balanced block orders.
 */
export function shuffle<T>(items: readonly T[], random: Counter, index: number): T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const chosen = random.integer(index, last, last + 1);
    [order[last], order[chosen]] = [order[chosen]!, order[last]!];
  }
  return order;
}
