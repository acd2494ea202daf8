import type { Warning } from "../model/summary.ts";
import { formatCount } from "../model/units.ts";
import type { Rows } from "../store/runs.ts";
import { query } from "../store/sql.ts";

/** One row of summary/backlog.sql: a block, or neighbouring short ones of an arm. */
export interface Backlog {
  /** The first. */
  readonly block: number;
  readonly arm: string;
  /** How many blocks make a stretch; 1 where they are long. */
  readonly joined: number;
  readonly n: number;
  /** Unanswered in the blocks' middles. */
  readonly middle: number;
  /** Unanswered at their ends. */
  readonly end: number;
  readonly shed: number;
  /** Median response time of what fell due in the blocks' first halves, milliseconds. */
  readonly early: number | null;
  /** The same of their second halves. */
  readonly late: number | null;
}

/** A warning for each arm with blocks in which demand exceeded capacity (open loop). */
export async function overloadWarnings(rows: Rows, runId: string): Promise<Warning[]> {
  return overloaded(await rows.rows<Backlog>(query("summary/backlog"), { run: runId }));
}

/** In a queue that grows what comes later waits so many times as long. */
const LATER_LONGER = 1.3;

/**
 * A block is overloaded when it shed requests, or when its queue grew: more than 5 % of its requests were
 * unanswered at its end, half as many again as in its middle, and what fell due later waited longer. A system that is
 * only slow has a long queue that does not grow, or in a block shorter than its answers take, one of requests that
 * take as long as those before. The washout that follows drains it, so the next block would hide it.
 */
export function overloaded(blocks: readonly Backlog[]): Warning[] {
  const arms = [...new Set(blocks.map(({ arm }) => arm))];
  return arms.flatMap((arm) => {
    const own = blocks.filter((block) => block.arm === arm);
    const over = own.filter(({ n, middle, end, shed, early, late }) => {
      const longer = early === null || late === null || late > LATER_LONGER * early;
      return shed > 0 || (end > 0.05 * n && end > 1.5 * middle + 10 && longer);
    });
    if (over.length === 0) return [];
    const most = Math.max(...over.map(({ end, shed }) => end + shed));
    const joined = own[0]!.joined;
    const [what, which] = joined === 1
      ? ["blocks", "block were shed or still unanswered at its end"]
      : [`groups of ${joined} neighbouring blocks`, "group were shed or still unanswered when a block ended"];
    const text =
      `${arm} was overloaded in ${over.length} of ${own.length} ${what}: requests arrived faster than it ` +
      `answered them, and up to ${
        formatCount(most)
      } of one ${which}. Its response times include the wait in that ` +
      "growing queue and would differ in a longer run; a lower rate avoids it.";
    return [{ code: "overloaded", text }];
  });
}
