import type { RunConfig } from "../model/run.ts";
import type { Rows } from "../store/runs.ts";
import { query } from "../store/sql.ts";

/** A block in which fewer were answered tells little of an operation: neighbours are joined. */
const MEDIAN_REQUESTS = 2;
/** A p95 over fewer requests is little more than their maximum. */
const P95_REQUESTS = 40;
/** Of all operations together: so many requests an operation, on average. */
const ALL_REQUESTS = 2;

/** What is compared by pairs: all operations together, each one's median, each one's p95. */
export const KINDS = ["all", "p50", "p95"] as const;
/** One of `KINDS`. */
export type Kind = typeof KINDS[number];

/** One row of summary/block_responses.sql. */
export interface BlockCount {
  readonly round: number;
  readonly arm: string;
  readonly operation: string;
  /** Requests that have a response time. */
  readonly responses: number;
}

/** One row of summary/block_groups.sql: an operation's times over neighbouring blocks of an arm, milliseconds. */
export interface GroupQuantiles {
  readonly kind: Kind;
  /** The group's first round. */
  readonly round: number;
  readonly arm: string;
  readonly operation: string;
  readonly n: number;
  /** Of kind `p95`, else null; Infinity among the never served. */
  readonly p95: number | null;
  /** Null of kind `p95`; else the response times themselves, or 16 of them evenly spaced by rank. */
  readonly times: readonly number[] | null;
}

/** Where a group of neighbouring rounds begins; it ends where the next one of its kind and operation begins. */
export interface GroupStart {
  readonly kind: Kind;
  readonly operation: string;
  readonly first: number;
  /** False of what lacks requests yet. */
  readonly whole: boolean;
}

/** Whether arrivals were drawn before the run: clients and sessions that wait for answers make the gaps themselves. */
export function gapsWereDrawn({ loop, streams }: Pick<RunConfig, "loop" | "streams">): boolean {
  return loop === "open" && (streams ?? []).every(({ session }) => !session);
}

/**
 * The quantiles of a stored run that its arms are compared by.
 * @param adjust for the generator's lag and for the gaps between requests: only where these were drawn before the run,
 * whatever the arms answered
 * @param goesOn the run does: what has not come to a whole group of blocks yet is left out
 */
export async function groupQuantiles(
  rows: Rows,
  runId: string,
  arms: readonly string[],
  operations: readonly string[],
  { adjust, goesOn = false }: { readonly adjust: boolean; readonly goesOn?: boolean },
): Promise<GroupQuantiles[]> {
  const blocks = await rows.rows<BlockCount>(query("summary/block_responses"), { run: runId });
  const starts = groupStarts(blocks, arms, operations, goesOn);
  const groups = JSON.stringify(starts.map(({ kind, operation, first }) => ({ kind, operation, first })));
  const found = await rows.rows<GroupQuantiles>(query("summary/block_groups"), {
    run: runId,
    groups,
    adjust,
  });
  const key = (...words: readonly (string | number)[]) => words.join(" ");
  const begun = new Set(
    starts.filter(({ whole }) => !whole).map(({ kind, operation, first }) =>
      key(kind, Number(first), operation)
    ),
  );
  return found.filter(({ kind, operation, round }) => !begun.has(key(kind, Number(round), operation)));
}

/**
 * Joins neighbouring rounds until each arm answered enough requests. Where most blocks hold enough, as they should, a
 * group is one round; what is left at the end belongs to the last group. Only counts decide, so that no choice depends
 * on what was measured.
 * @param goesOn the run does: what is left is a group that has only begun
 */
export function groupStarts(
  blocks: readonly BlockCount[],
  arms: readonly string[],
  operations: readonly string[],
  goesOn = false,
): GroupStart[] {
  const rounds = [...new Set(blocks.map(({ round }) => round))].sort((a, b) => a - b);
  const counts = new Map(
    blocks.map(({ round, arm, operation, responses }) => [`${round} ${operation} ${arm}`, responses]),
  );
  const count = (round: number, operation: string, arm: string) =>
    counts.get(`${round} ${operation} ${arm}`) ?? 0;
  const all = (round: number, arm: string) =>
    operations.reduce((sum, operation) => sum + count(round, operation, arm), 0);
  const together = joined(rounds, arms, ALL_REQUESTS * operations.length, all);
  return operations.flatMap((operation) => {
    const own = (least: number) => joined(rounds, arms, least, (round, arm) => count(round, operation, arm));
    const starts = { all: together, p50: own(MEDIAN_REQUESTS), p95: own(P95_REQUESTS) };
    return KINDS.flatMap((kind) =>
      starts[kind].filter(({ whole }) => whole || goesOn).map((start) => ({ kind, operation, ...start }))
    );
  });
}

/** The first rounds of groups in each of which every arm has at least so many, and of what is left at the end. */
function joined(
  rounds: readonly number[],
  arms: readonly string[],
  least: number,
  count: (round: number, arm: string) => number,
): Pick<GroupStart, "first" | "whole">[] {
  const starts: Pick<GroupStart, "first" | "whole">[] = [];
  let sums = arms.map(() => 0);
  let first: number | undefined;
  for (const round of rounds) {
    first ??= round;
    sums = sums.map((sum, at) => sum + count(round, arms[at]!));
    if (sums.some((sum) => sum < least)) continue;
    starts.push({ first, whole: true });
    sums = arms.map(() => 0);
    first = undefined;
  }
  if (first !== undefined) starts.push({ first, whole: false });
  return starts;
}

/** So many pairs of all operations together are to be expected of so many answers an arm, however short its blocks. */
export function pairsExpected(answers: number, operations: number): number {
  return answers / (ALL_REQUESTS * operations);
}
