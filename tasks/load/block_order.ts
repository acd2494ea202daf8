import { counter } from "../random/counter.ts";
import { shuffle } from "../random/shuffle.ts";

/** So many walks through a cycle are tried; most find one without a jump where there is one at all. */
const TRIES = 24;

/**
 * The order of the arms in each round: a pure function of (arms, seed, rounds). Over each whole cycle every arm stands
 * in every place equally often (what drifts falls on all alike), before every other arm in half of the rounds, and
 * right behind every other arm of its round equally often. Rounds are chained so that one begins with the arm that
 * ended the last wherever that is possible: with two and three arms always, and then each arm has each arm, itself
 * included, as its predecessor equally often, so that what an arm leaves behind falls on all alike too.
 * @param before the arm that runs before the first round, if any
 */
export function blockOrders(
  arms: readonly string[],
  seed: number,
  rounds: number,
  before?: string,
): string[][] {
  const random = counter(seed, "block order");
  const jumps = new Map<string, number>();
  const orders: string[][] = [];
  let last = before ?? shuffle(arms, random, 0)[0];
  for (let cycle = 0; orders.length < rounds; cycle++) {
    const rows = williams(shuffle(arms, random, 1 + cycle * (TRIES + 1)));
    let best: Walk | undefined;
    for (let trial = 0; trial < TRIES && best?.cost !== 0; trial++) {
      const walk = chained(shuffle(rows, random, 2 + cycle * (TRIES + 1) + trial), last, jumps);
      if (best === undefined || walk.cost < best.cost) best = walk;
    }
    for (const order of best!.rows.slice(0, rounds - orders.length)) {
      if (order[0] !== last) jumps.set(`${last} ${order[0]}`, (jumps.get(`${last} ${order[0]}`) ?? 0) + 1);
      orders.push(order);
      last = order.at(-1)!;
    }
  }
  return orders;
}

interface Walk {
  readonly rows: string[][];
  /** 0: every round begins with the arm that ended the one before. */
  readonly cost: number;
}

/** The rows one after another, each beginning where the one before ended; else by the rarest jump so far. */
function chained(
  rows: readonly string[][],
  before: string | undefined,
  jumps: ReadonlyMap<string, number>,
): Walk {
  const left = [...rows];
  const walk: string[][] = [];
  let [last, cost] = [before, 0];
  while (left.length > 0) {
    const costs = left.map(([first]) => first === last ? 0 : 1 + (jumps.get(`${last} ${first}`) ?? 0));
    const least = costs.reduce((a, b) => Math.min(a, b));
    const [next] = left.splice(costs.indexOf(least), 1);
    cost += least;
    walk.push(next!);
    last = next!.at(-1);
  }
  return { rows: walk, cost };
}

/** Williams' Latin square over the arms, and its mirror image where their number is odd. */
function williams(arms: readonly string[]): string[][] {
  const n = arms.length;
  // 0, 1, n−1, 2, n−2 …: the steps between neighbours are all different.
  const zigzag = Array.from({ length: n }, (_, at) => at % 2 === 1 ? (at + 1) / 2 : (n - at / 2) % n);
  const square = arms.map((_, shift) => zigzag.map((place) => arms[(place + shift) % n]!));
  return n > 1 && n % 2 === 1 ? [...square, ...square.map((row) => row.toReversed())] : square;
}
