import type { MigrationSummary, SegmentError, Stall } from "../../model/migration_summary.ts";
import type { Run } from "../../model/run.ts";
import type { Rows } from "../../store/runs.ts";
import { query } from "../../store/sql.ts";
import { baselineDoubts, FAILING, OVERLOADED } from "./baseline.ts";
import { declaredRisks } from "./declared.ts";
import { readSteps, readWaits } from "./evidence.ts";
import { impactOf } from "./impacts.ts";
import { readInvalidations } from "./invalidations.ts";
import { loadSeconds, readAnswers } from "./load_seconds.ts";
import { readMoved } from "./moved.ts";
import { affected, type Part, partsOf } from "./parts.ts";
import { readPlanChanges } from "./plans.ts";
import { checkedPrediction } from "./predicted.ts";
import { readChecksums, readLedger } from "./proofs.ts";
import { ascending } from "./quantiles.ts";
import { recoveryOf } from "./recovery.ts";
import { type Group, groupsOf, readResponses, responsesOf } from "./responses.ts";
import { longest, stallsIn, withLocks } from "./stalls.ts";
import { unseenLocks } from "./unseen.ts";

/** What is known of a migration: its summary, and for the verdict what was there before. */
export interface MigrationFindings {
  readonly summary: MigrationSummary;
  /** What clients saw before it began. */
  readonly baselineErrors: readonly SegmentError[];
}

/** Whose rows, and the names of the operations that write, as JSON. */
interface Of {
  readonly run: string;
  readonly writes: string;
}

const ALL: Group = { path: null, kind: "all" };

/**
 * What a migration did to those who used the database meanwhile, computed from the stored rows of its run alone.
 * @param stallLimitMs what the targets allow a stall to be
 */
export async function migrationFindings(
  rows: Rows,
  { runId: run, config }: Pick<Run, "runId" | "config">,
  stallLimitMs: number,
): Promise<MigrationFindings> {
  const writes = JSON.stringify(config.operations.filter(({ write }) => write).map(({ name }) => name));
  const of = { run, writes };
  const parts = await partsOf(rows, run);
  const segments = JSON.stringify(parts.all);
  const responses = await readResponses(rows, of, parts.all);
  const all = await rows.rows<SegmentError>(query("migration/client_errors"), { ...of, segments });
  const errors = errorsIn(all, affected(parts));
  const baselineErrors = errorsIn(all, within(parts.baseline));
  const stalls = await withLocks(rows, run, await stallsOf(rows, of, affected(parts)));
  const answers = await readAnswers(rows, run, segments);
  const allIn = (part: Part | null) => part === null ? null : responsesOf(responses, ALL, part);
  const [before, after] = [allIn(parts.baseline), allIn(parts.recovery)];
  const seconds = before === null ? [] : loadSeconds(answers, before);
  const evidence = { responses, parts, stalls, errors, timeoutMs: config.timeoutMs };
  const rates = await rows.rows<Rates>(query("migration/segment_rates"), { run, segments });
  const impacts = groupsOf(config.arms, responses).map((group) => impactOf(group, evidence));
  const warnings = baselineDoubts({
    seconds,
    impacts,
    stall: longest(await stallsOf(rows, of, within(parts.baseline))),
    stallLimitMs,
    errors: baselineErrors,
    n: before?.n ?? 0,
    slo: config.slo,
  });
  const migration = config.migration!;
  const seen = { steps: await readSteps(rows, run), errors, stall: longest(stalls), stallLimitMs };
  const summary = {
    migration,
    ...seen,
    baselineErrors,
    declared: await declaredRisks(rows, run, migration.steps, seen),
    predicted: checkedPrediction(migration, {
      steps: seen.steps,
      caused: longest(impacts.flatMap(({ caused }) => caused ?? [])),
      wasOverloaded: warnings.some(({ code }) => code === OVERLOADED || code === FAILING),
    }),
    impacts,
    recovery: recoveryOf(
      { seconds, responses: ascending(before?.units ?? []) },
      after === null ? [] : loadSeconds(answers, after),
    ),
    ...await readWaits(rows, run, parts.migrate?.startUs ?? 0),
    ledger: await readLedger(rows, of),
    checksums: await readChecksums(rows, run, config.migration!),
    plans: await readPlanChanges(rows, run),
    ...migration.move !== undefined && { moved: await readMoved(rows, run) },
    walBytesPerSecond: bySegment(rates, ({ walBytesPerSecond }) => walBytesPerSecond),
    hitRate: bySegment(rates, ({ hitRate }) => hitRate),
    invalidations: await readInvalidations(rows, run, config, parts.all),
    segments: parts.all,
    warnings: [...warnings, ...await unseenLocks(rows, run, parts.migrate, stallLimitMs)],
  };
  return { summary, baselineErrors };
}

/** One row of migration/segment_rates.sql. */
interface Rates {
  readonly segment: string;
  readonly walBytesPerSecond: number | null;
  readonly hitRate: number | null;
}

function bySegment(rates: readonly Rates[], value: (row: Rates) => number | null) {
  return Object.fromEntries(rates.map((row) => [row.segment, value(row)]));
}

function within(part: Part | null): Part[] {
  return part === null ? [] : [part];
}

function errorsIn(errors: readonly SegmentError[], parts: readonly Part[]): SegmentError[] {
  return errors.filter(({ segment }) => parts.some((part) => part.segment === segment));
}

/** The longest stall of each path and kind in parts that follow each other, and the longest that began after the first. */
async function stallsOf(rows: Rows, of: Of, parts: readonly Part[]): Promise<Stall[]> {
  if (parts.length === 0) return [];
  const [{ startUs, endUs }] = parts as readonly [Part, ...Part[]];
  return await stallsIn(rows, { ...of, fromUs: startUs, untilUs: parts.at(-1)!.endUs, endedUs: endUs });
}
