import { MIGRATION_SEGMENTS } from "../model/phases.ts";
import type { ArmRecord, Run } from "../model/run.ts";
import type { RunSummary, Warning } from "../model/summary.ts";
import type { Validity } from "../model/validity.ts";
import { armsOfRun } from "../store/arms.ts";
import { openStore } from "../store/open.ts";
import { resolveRun, type Rows } from "../store/runs.ts";
import { accounting } from "./accounting.ts";
import { cacheSummaries, stalenessWarnings } from "./caches.ts";
import { cacheRefusals } from "./cache_refusals.ts";
import { comparisons, notJudged } from "./comparisons.ts";
import { generatorLimitedWarnings } from "./generator_limited.ts";
import { hostLoad, hostWarnings } from "./host_load.ts";
import { hitTargetNotes } from "./hit_target.ts";
import { judgedBench, judgedMigration, judgedProbe } from "./judged.ts";
import { latencySummaries } from "./latency.ts";
import { OF_THE_BASELINE } from "./migration/warnings.ts";
import { overloadWarnings } from "./overload.ts";
import { withPlanChanges } from "./plan_changes.ts";
import { scalingSummary } from "./scaling.ts";
import { sloLevels, sloTerms } from "./slo.ts";
import { saturatedWarnings } from "./saturated.ts";
import { steadyStates, steadyWarnings } from "./steady.ts";
import { judgingOf, reachedBy, untilDecidedSummary } from "./until_decided.ts";
import { tierSummaries } from "./tiers.ts";
import { judgeValidity } from "./validity.ts";

/**
 * Where a run is read from: an open store (`file`), or a reader that opens one for each query (`db`) and may know the
 * summary already.
 */
export type StoredRows =
  & Rows
  & ({ readonly file: string } | { readonly db: string; readonly summary?: RunSummary });

/**
 * Everything that terminal, report and `--json` show of one stored run, computed from its raw rows. The same
 * rows give the same summary, so it can be had again at any time.
 * @throws {UsageError} when there is no such run.
 */
export async function summarise(source: StoredRows, runId: string): Promise<RunSummary> {
  if ("file" in source) return await compute(source, source.file, runId);
  if (source.summary?.run.runId === runId) return source.summary;
  // A reader opens the file for each query; here are dozens at once.
  using store = await openStore(source.db, { mode: "read" });
  return await compute(store, source.db, runId);
}

async function compute(rows: Rows, file: string, reference: string): Promise<RunSummary> {
  const { slots: _slots, search: _search, ...run } = await resolveRun(rows, reference);
  const { runId, config, environment } = run;
  const open = config.loop === "open";
  const host = await hostLoad(rows, runId);
  const validity = await judgeValidity(rows, run, host);
  const lagP99Ms = open ? validity.lagMs.p99 : null;
  const options = latencyOptions(run, lagP99Ms);
  const arms = await armsOfRun(rows, run);
  const migrates = config.migration !== undefined;
  const probes = config.probe !== undefined;
  const before = migrates ? MIGRATION_SEGMENTS.baseline : null;
  const { segments, ...latencies } = await latencySummaries(rows, runId, config, options, before);
  const operations = await withPlanChanges(latencies.operations, arms, rows, runId);
  const tiers = await tierSummaries(rows, run, arms, operations);
  // All arms share the phases of a migration: there are no pairs of blocks.
  const ratios = migrates || probes ? { comparisons: [] } : await compareArms(rows, run, arms, validity);
  const compared = ratios.comparisons.some(({ p }) => p !== null);
  const scaling = migrates || probes ? null : await scalingSummary(rows, run, arms, host);
  // Where the load goes up and down by plan, or something is done to it, that a level changes is what was asked for.
  const planned = migrates || probes || (config.streams?.some(({ stages }) => stages !== null) ?? false);
  const steady = planned ? [] : await steadyStates(rows, runId, config.arms);
  const caches = await cacheSummaries(rows, run, arms);
  const judged = migrates
    ? await judgedMigration(rows, run, { validity, segments })
    : probes
    ? await judgedProbe(rows, run, validity)
    : await judgedBench(rows, run, { validity, operations, caches, tiers, ...ratios });
  return {
    schema: 1,
    run: { ...run, verdict: judged.verdict },
    ...judged,
    arms,
    operations,
    ...segments.length > 0 && { segments },
    ...ratios,
    ...scaling !== null && { scaling },
    ...tiers.length > 0 && { tiers },
    validity,
    ...caches.length > 0 && { caches },
    steady,
    warnings: [
      ...migrates ? [BASELINE_FIGURES] : [],
      ...saturatedWarnings(run, validity.generator, host),
      ...hostWarnings(host, environment, compared),
      ...(!open ? [CLOSED_LOOP] : migrates || probes ? [] : await overloadWarnings(rows, runId)),
      ...steadyWarnings(steady),
      ...await cacheRefusals(rows, runId),
      ...stalenessWarnings(caches),
      ...hitTargetNotes(config.hitTarget ?? null, operations),
      ...operations.flatMap(({ operation, warnings }) => operation === null ? warnings : []),
      ...generatorLimitedWarnings(operations, config, { lagP99Ms, compared }),
    ],
    accounting: await accounting(rows, runId),
    environment,
    files: { html: null, pdf: null, summary: null, store: file },
  };
}

function latencyOptions({ config, status }: Run, lagP99Ms: number | null) {
  return { extraLevels: sloLevels(sloTerms(config.slo)), lagP99Ms, endedEarly: status !== "complete" };
}

/** Each arm against the baseline, and how far a run came with that which was to end when it knows. */
async function compareArms(
  rows: Rows,
  run: Run,
  arms: readonly ArmRecord[],
  { valid }: Validity,
): Promise<Pick<RunSummary, "comparisons" | "untilDecided">> {
  const reached = await reachedBy(rows, run);
  const found = await comparisons(rows, run.runId, run.config, arms, judgingOf(reached));
  const judged = valid ? found : notJudged(found);
  return {
    comparisons: judged,
    ...reached !== null && { untilDecided: await untilDecidedSummary(rows, run, reached, judged) },
  };
}

const BASELINE_FIGURES: Warning = {
  code: OF_THE_BASELINE,
  text: "Response times by operation are those of the baseline, before the migration began.",
};

const CLOSED_LOOP: Warning = {
  code: "closed-loop",
  text:
    "Closed loop: clients wait for answers, so a slow system receives fewer requests; response times count from when " +
    "a client was ready, waiting for a connection included, and hide what requests arriving meanwhile would have waited.",
};
