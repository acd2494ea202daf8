import type { ClientBase } from "pg";
import { observeSql } from "./postgres_source.ts";

/** What one statement has cost, in total since some moment. */
export interface StatementTotals {
  /** PostgreSQL's query id, as decimal digits (64 bits are more than a number holds). */
  readonly id: string;
  /** Normalised: constants are $1, $2 … */
  readonly query: string;
  readonly calls: number;
  readonly total_ms: number;
  readonly rows: number;
  readonly blocks_hit: number;
  readonly blocks_read: number;
  readonly temp_blocks: number;
  readonly wal_bytes: number;
}

const COUNTERS = [
  "calls",
  "total_ms",
  "rows",
  "blocks_hit",
  "blocks_read",
  "temp_blocks",
  "wal_bytes",
] as const;

/** A snapshot of pg_stat_statements for the client's database, or null where it cannot be read. */
export async function readStatements(client: Pick<ClientBase, "query">): Promise<StatementTotals[] | null> {
  try {
    return (await client.query<StatementTotals>(observeSql("statements"))).rows;
  } catch {
    return null;
  }
}

/**
 * What was executed between two snapshots, the most total time first. A statement whose counters shrank was
 * evicted or reset in between: what it has now is all that is known.
 */
export function statementDeltas(
  before: readonly StatementTotals[],
  after: readonly StatementTotals[],
  limit = 50,
): StatementTotals[] {
  const earlier = new Map(before.map((totals) => [totals.id, totals]));
  return after.flatMap((now) => {
    const was = earlier.get(now.id);
    if (was === undefined || was.calls > now.calls) return now.calls > 0 ? [now] : [];
    if (was.calls === now.calls) return [];
    const grown = Object.fromEntries(COUNTERS.map((name) => [name, Math.max(0, now[name] - was[name])]));
    return [{ ...now, ...grown } as StatementTotals];
  }).sort((a, b) => b.total_ms - a.total_ms).slice(0, limit);
}
