import type { ChangeWrites, LedgerEntry, MigrationConfig } from "../../model/migration.ts";
import type { ChecksumSummary, LedgerSummary } from "../../model/migration_summary.ts";
import { formatCount } from "../../model/units.ts";
import type { Rows } from "../../store/runs.ts";
import { query } from "../../store/sql.ts";

/** Some writes of a ledger that became the same. */
export interface LedgerCount extends Pick<LedgerEntry, "outcome" | "verified" | "problem"> {
  readonly n: number;
  readonly example: string;
}

/** One row of migration/checksums.sql. */
export interface RangePair {
  readonly relation: string;
  readonly fromKey: string;
  readonly toKey: string;
  readonly rowsBefore: number | null;
  readonly rowsAfter: number | null;
  readonly sumBefore: string | null;
  readonly sumAfter: string | null;
}

export async function readLedger(
  rows: Rows,
  of: { readonly run: string; readonly writes: string },
): Promise<LedgerSummary> {
  const counts = await rows.rows<LedgerCount>(query("migration/ledger_counts"), of);
  const [unrecorded] = await rows.rows<{ n: number }>(query("migration/unrecorded_writes"), of);
  return ledgerSummary(counts, unrecorded!.n);
}

/**
 * What a ledger comes to, the most frequent problem first. Of unknown writes those that are there have been verified.
 * @param unrecorded writes that were sent and have no entry
 */
export function ledgerSummary(counts: readonly LedgerCount[], unrecorded: number): LedgerSummary {
  const sum = (has: (count: LedgerCount) => boolean) =>
    counts.filter(has).reduce((total, { n }) => total + n, 0);
  const problems = [...Map.groupBy(counts, ({ problem }) => problem)].flatMap(([problem, own]) =>
    problem === null
      ? []
      : [{ problem, n: own.reduce((total, { n }) => total + n, 0), example: own[0]!.example }]
  ).sort((a, b) => b.n - a.n);
  return {
    ok: sum(({ outcome }) => outcome === "ok"),
    failed: sum(({ outcome }) => outcome === "failed"),
    unknown: sum(({ outcome }) => outcome === "unknown"),
    unknownPresent: sum(({ outcome, verified }) => outcome === "unknown" && verified === true),
    complete: unrecorded === 0 && counts.every(({ verified }) => verified !== null),
    problems,
  };
}

export async function readChecksums(
  rows: Rows,
  run: string,
  { own, move, place }: Pick<MigrationConfig, "own" | "move" | "place">,
): Promise<ChecksumSummary> {
  const pairs = await rows.rows<RangePair>(query("migration/checksums"), { run });
  // Only in place, and between two servers, is it ever asked.
  if (move === undefined || place !== "in-place") return checksumSummary(pairs, own);
  const [others] = await rows.rows<{ wrote: boolean }>(query("migration/others_wrote"), { run });
  return checksumSummary(pairs, own, others?.wrote ?? null);
}

/** Of a change that writes nothing that was there. */
const NO_WRITES: ChangeWrites = { sentences: [], code: [], remade: [] };

/**
 * Whether each range has the rows after the load that it had before.
 * @param own what the change itself writes
 * @param others whether others than the load have written what differs; null: they may have
 */
export function checksumSummary(
  pairs: readonly RangePair[],
  own: ChangeWrites = NO_WRITES,
  others: boolean | null = false,
): ChecksumSummary {
  const before = pairs.filter(({ rowsBefore }) => rowsBefore !== null);
  const lacking = pairs.length === 0
    ? "checksums were not compared"
    : before.length === 0
    ? "no checksums were taken before the load"
    : pairs.every(({ rowsAfter }) => rowsAfter === null)
    ? "no checksums were taken after the load"
    : null;
  const different = lacking === null ? pairs.filter(differ) : [];
  const isUnclear = ({ relation }: RangePair) =>
    others === null || own.code.length > 0 || own.remade.includes(relation);
  const kindOf = (pair: RangePair) => others ? "others" : isUnclear(pair) ? "unclear" : "damage";
  const textsOf = (kind: ReturnType<typeof kindOf>) =>
    different.filter((pair) => kindOf(pair) === kind).map(differenceText);
  return {
    ranges: before.length,
    rows: before.reduce((sum, { rowsBefore }) => sum + rowsBefore!, 0),
    different: textsOf("damage"),
    byOthers: textsOf("others"),
    unclear: textsOf("unclear"),
    own,
    lacking,
  };
}

function differ({ rowsBefore, rowsAfter, sumBefore, sumAfter }: RangePair): boolean {
  return rowsBefore !== rowsAfter || sumBefore !== sumAfter;
}

function differenceText({ relation, fromKey, toKey, rowsBefore, rowsAfter }: RangePair): string {
  const range = `${relation} ${fromKey} to ${toKey}`;
  if (rowsBefore === null || rowsAfter === null) {
    return `${range}: no checksum ${rowsBefore === null ? "before" : "after"}`;
  }
  return rowsBefore === rowsAfter
    ? `${range}: other values`
    : `${range}: ${formatCount(rowsBefore)} rows before, ${formatCount(rowsAfter)} after`;
}
