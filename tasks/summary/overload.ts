import type { Warning } from "../model/summary.ts";
import { formatCount } from "../model/units.ts";
import type { Rows } from "../store/runs.ts";
import { query } from "../store/sql.ts";

/** One row of summary/backlog.sql. */
export interface Backlog {
  readonly block: number;
  readonly arm: string;
  readonly n: number;
  /** Unanswered in the block's middle. */
  readonly middle: number;
  /** Unanswered at its end. */
  readonly end: number;
  readonly shed: number;
}

/** A warning for each arm with blocks in which demand exceeded capacity (open loop). */
export async function overloadWarnings(rows: Rows, runId: string): Promise<Warning[]> {
  return overloaded(await rows.rows<Backlog>(query("summary/backlog"), { run: runId }));
}

/**
 * A block is overloaded when it shed requests, or when its queue grew: more than 5 % of its requests were
 * unanswered at its end, and half as many again as in its middle. A system that is only slow has a long queue
 * that does not grow. The washout that follows drains it, so the next block would hide it.
 */
export function overloaded(blocks: readonly Backlog[]): Warning[] {
  const arms = [...new Set(blocks.map(({ arm }) => arm))];
  return arms.flatMap((arm) => {
    const own = blocks.filter((block) => block.arm === arm);
    const over = own.filter(({ n, middle, end, shed }) =>
      shed > 0 || (end > 0.05 * n && end > 1.5 * middle + 10)
    );
    if (over.length === 0) return [];
    const most = Math.max(...over.map(({ end, shed }) => end + shed));
    const text = `${arm} was overloaded in ${over.length} of ${own.length} blocks: up to ` +
      `${formatCount(most)} requests of a block were shed or still unanswered at its end.`;
    return [{ code: "overloaded", text }];
  });
}
