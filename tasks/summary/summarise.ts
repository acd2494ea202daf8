import { type RunSummary, sloOutcome, type Warning } from "../model/summary.ts";
import { armsOfRun } from "../store/arms.ts";
import { openStore } from "../store/open.ts";
import { resolveRun, type Rows } from "../store/runs.ts";
import { accounting } from "./accounting.ts";
import { cacheRefusals } from "./cache_refusals.ts";
import { comparisons, notJudged } from "./comparisons.ts";
import { generatorLimitedWarnings } from "./generator_limited.ts";
import { hostLoad, hostWarnings } from "./host_load.ts";
import { hitTargetNotes } from "./hit_target.ts";
import { latencySummaries, segmentSummaries } from "./latency.ts";
import { overloadWarnings } from "./overload.ts";
import { withPlanChanges } from "./plan_changes.ts";
import { judgeSlo, sloLevels, sloTerms } from "./slo.ts";
import { saturatedWarnings } from "./saturated.ts";
import { steadyStates, steadyWarnings } from "./steady.ts";
import { judgeValidity } from "./validity.ts";
import { judgeRun } from "./verdict.ts";

/** Where a run is read from: an open store (`file`), or a reader that opens one for each query (`db`). */
export type StoredRows = Rows & ({ readonly file: string } | { readonly db: string });

/**
 * Everything that terminal, report and `--json` show of one stored run, computed from its raw rows. The same
 * rows give the same summary, so it can be had again at any time.
 * @throws {UsageError} when there is no such run.
 */
export async function summarise(source: StoredRows, runId: string): Promise<RunSummary> {
  if ("file" in source) return await compute(source, source.file, runId);
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
  const options = {
    extraLevels: sloLevels(sloTerms(config.slo)),
    lagP99Ms,
    endedEarly: run.status !== "complete",
  };
  const arms = await armsOfRun(rows, run);
  const latencies = await latencySummaries(rows, runId, config, options);
  const operations = await withPlanChanges(latencies, arms, rows, runId);
  const segments = await segmentSummaries(rows, runId, config, options);
  const found = await comparisons(rows, runId, config, arms);
  const ratios = validity.valid ? found : notJudged(found);
  const compared = ratios.some(({ p }) => p !== null);
  const results = await judgeSlo(rows, runId, config, operations);
  // Where the load goes up and down by plan, that a level changes is what was asked for.
  const planned = config.streams?.some(({ stages }) => stages !== null) ?? false;
  const steady = planned ? [] : await steadyStates(rows, runId, config.arms);
  const { verdict, reasons } = judgeRun({ run, validity, slo: results, comparisons: ratios, operations });
  const slo = results.map((result) => {
    const outcome = sloOutcome(result, { run, verdict });
    return { ...result, ok: outcome === "pass", outcome };
  });
  return {
    schema: 1,
    run: { ...run, verdict },
    verdict,
    reasons,
    arms,
    slo,
    operations,
    ...segments.length > 0 && { segments },
    comparisons: ratios,
    validity,
    steady,
    warnings: [
      ...saturatedWarnings(run, validity.generator, host),
      ...hostWarnings(host, environment, compared),
      ...(open ? await overloadWarnings(rows, runId) : [CLOSED_LOOP]),
      ...steadyWarnings(steady),
      ...await cacheRefusals(rows, runId),
      ...hitTargetNotes(config.hitTarget ?? null, operations),
      ...operations.flatMap(({ operation, warnings }) => operation === null ? warnings : []),
      ...generatorLimitedWarnings(operations, config, { lagP99Ms, compared }),
    ],
    accounting: await accounting(rows, runId),
    environment,
    files: { html: null, pdf: null, summary: null, store: file },
  };
}

const CLOSED_LOOP: Warning = {
  code: "closed-loop",
  text:
    "Closed loop: clients wait for answers, so a slow system receives fewer requests; response times count from when " +
    "a client was ready, waiting for a connection included, and hide what requests arriving meanwhile would have waited.",
};
