import type { CacheSummary } from "../model/cache_summary.ts";
import type { MigrationSummary } from "../model/migration_summary.ts";
import { MIGRATION_SEGMENTS } from "../model/phases.ts";
import type { ProbeSummary } from "../model/probe.ts";
import type { Run } from "../model/run.ts";
import { listed } from "../model/units.ts";
import { type RunSummary, type SegmentSummary, sloOutcome } from "../model/summary.ts";
import type { TierSummary } from "../model/tier_summary.ts";
import type { Validity } from "../model/validity.ts";
import type { Rows } from "../store/runs.ts";
import { stalenessWarnings } from "./caches.ts";
import { hostLoad, quieterMachine } from "./host_load.ts";
import { longestOf, stallLimitMs } from "./migration/stall_limit.ts";
import { migrationFindings } from "./migration/summary.ts";
import { judgeMigration } from "./migration/verdict.ts";
import { probeFindings } from "./probe/summary.ts";
import { judgeProbe } from "./probe/verdict.ts";
import { judgeSlo } from "./slo.ts";
import { brokenPromises } from "./tier_advice.ts";
import { judgeRun, type VerdictEvidence } from "./verdict.ts";

/** What was judged of a run. */
export interface RunJudgement extends Pick<RunSummary, "verdict" | "reasons" | "slo"> {
  readonly migration?: MigrationSummary;
  readonly probe?: ProbeSummary;
}

/** A bench, by its targets, its comparisons, and how old its caches and tiers promise that answers are at the most. */
export async function judgedBench(
  rows: Rows,
  run: Run,
  { caches, tiers, ...found }: Omit<VerdictEvidence, "run" | "slo" | "broken"> & {
    readonly caches: readonly CacheSummary[];
    readonly tiers: readonly TierSummary[];
  },
): Promise<RunJudgement> {
  const broken = [...stalenessWarnings(caches).map(({ text }) => text), ...tiers.flatMap(brokenPromises)];
  const evidence = { ...found, broken };
  const slo = await judgeSlo(rows, run.runId, run.config, evidence.operations);
  return withOutcomes(run, evidence.validity, { ...judgeRun({ run, slo, ...evidence }), slo });
}

/** A migration. Its targets hold while it runs: what came before and after is not mixed in. */
export async function judgedMigration(
  rows: Rows,
  run: Run,
  { validity, segments }: { readonly validity: Validity; readonly segments: readonly SegmentSummary[] },
): Promise<RunJudgement> {
  const { runId, config } = run;
  const { summary: migration, baselineErrors } = await migrationFindings(
    rows,
    run,
    stallLimitMs(config.slo, config.migration),
  );
  const segment = MIGRATION_SEGMENTS.migrate;
  const operations = segments.find((each) => each.segment === segment)?.operations ?? [];
  const stallMs = (arm: string) => longestOf(migration, arm);
  const slo = await judgeSlo(rows, runId, config, operations, { segment, stallMs });
  const { verdict, reasons } = judgeMigration({ run, validity, slo, migration, baselineErrors });
  const doubtful = verdict === "inconclusive" ||
    (verdict === "brief-pause" && migration.stall?.lock === null);
  const effect = migration.recovery.state === "not recovered"
    ? `keep ${listed(migration.recovery.lacking)} from coming back`
    : migration.stall !== null && migration.stall.ms > migration.stallLimitMs && migration.stall.lock === null
    ? "stall the load"
    : "slow the load";
  const advice = doubtful ? quieterMachine(await hostLoad(rows, runId), effect) : [];
  return withOutcomes(run, validity, { verdict, reasons: [...reasons, ...advice], slo, migration });
}

/** A probe: what it saw is judged as a migration is, without anything before to compare with. */
export async function judgedProbe(rows: Rows, run: Run, validity: Validity): Promise<RunJudgement> {
  const { summary: probe, ofGenerator } = await probeFindings(rows, run);
  return { ...judgeProbe({ run, validity, probe, ofGenerator }), slo: [], probe };
}

/** Each target's result in a word. What a generator shaped is not judged, also where the data tell the verdict. */
function withOutcomes(run: Run, { valid }: Validity, judged: RunJudgement): RunJudgement {
  const verdict = valid ? judged.verdict : "invalid";
  const slo = judged.slo.map((result) => {
    const outcome = sloOutcome(result, { run, verdict });
    return { ...result, ok: outcome === "pass", outcome };
  });
  return { ...judged, slo };
}
