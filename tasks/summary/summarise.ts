import type { RunSummary, Summary, Warning } from "../model/summary.ts";
import { armsOfRun } from "../store/arms.ts";
import { openStore } from "../store/open.ts";
import { resolveRun, type Rows } from "../store/runs.ts";
import { accounting } from "./accounting.ts";
import { cacheRefusals } from "./cache_refusals.ts";
import { comparisons } from "./comparisons.ts";
import { hostLoad, hostWarnings } from "./host_load.ts";
import { hitTargetNotes } from "./hit_target.ts";
import { latencySummaries } from "./latency.ts";
import { overloadWarnings } from "./overload.ts";
import { judgeSlo, sloLevels, sloTerms } from "./slo.ts";
import { saturatedWarnings } from "./saturated.ts";
import { steadyStates, steadyWarnings } from "./steady.ts";
import { judgeValidity } from "./validity.ts";
import { judgeRun } from "./verdict.ts";

/** Where a run is read from: an open store (`file`), or a reader that opens one for each query (`db`). */
export type Source = Rows & ({ readonly file: string } | { readonly db: string });

/**
 * Everything that terminal, report and `--json` show of one stored run, computed from its raw rows. The same
 * rows give the same summary, so it can be had again at any time.
 * @throws {UsageError} when there is no such run.
 */
export async function summarise(source: Source, runId: string): Promise<RunSummary> {
  if ("file" in source) return await compute(source, source.file, runId);
  // A reader opens the file for each query; here are dozens at once.
  const store = await openStore(source.db, { mode: "read" });
  try {
    return await compute(store, source.db, runId);
  } finally {
    store.close();
  }
}

async function compute(rows: Rows, file: string, reference: string): Promise<RunSummary> {
  const { slots: _slots, search: _search, ...run } = await resolveRun(rows, reference);
  const { runId, config, environment } = run;
  const open = config.loop === "open";
  const validity = await judgeValidity(rows, run);
  const operations = await latencySummaries(rows, runId, config, {
    extraLevels: sloLevels(sloTerms(config.slo)),
    lagP99Ms: open ? validity.lagMs.p99 : null,
    endedEarly: run.status !== "complete",
  });
  const compared = await comparisons(rows, runId, config, await armsOfRun(rows, run));
  const slo = await judgeSlo(rows, runId, config, operations);
  // Where the load goes up and down by plan, that a level changes is what was asked for.
  const planned = config.streams?.some(({ stages }) => stages !== null) ?? false;
  const steady = planned ? [] : await steadyStates(rows, runId, config.arms);
  const measured = operations.reduce((sum, { operation, n }) => operation === null ? sum + n : sum, 0);
  const { verdict, reasons } = judgeRun({ run, validity, slo, comparisons: compared, measured });
  return {
    schema: 1,
    run: { ...run, verdict },
    verdict,
    reasons,
    slo,
    operations,
    comparisons: compared,
    validity,
    steady,
    warnings: [
      ...await saturatedWarnings(rows, run, validity.generator),
      ...hostWarnings(await hostLoad(rows, runId), environment, compared.some(({ p }) => p !== null)),
      ...(open ? await overloadWarnings(rows, runId) : [CLOSED_LOOP]),
      ...steadyWarnings(steady),
      ...await cacheRefusals(rows, runId),
      ...hitTargetNotes(config.hitTarget ?? null, operations),
      ...operations.flatMap(({ operation, warnings }) => operation === null ? warnings : []),
      ...generatorLimited(operations),
    ],
    accounting: await accounting(rows, runId),
    environment,
    files: { html: null, pdf: null, summary: null, store: file },
  };
}

const CLOSED_LOOP: Warning = {
  code: "closed-loop",
  text:
    "Closed loop: a response time counts from when its client was ready, waiting for a connection included. " +
    "It hides what requests arriving meanwhile would have waited.",
};

/** Named once for the whole run too: the quantiles themselves carry the details. */
function generatorLimited(summaries: readonly Summary[]): Warning[] {
  const marked = summaries.filter(({ response }) =>
    Object.values(response).some(({ warnings }) => warnings.some(({ code }) => code === "generator-limited"))
  );
  if (marked.length === 0) return [];
  const where = [
    ...new Set(marked.map(({ arm, operation }) => operation === null ? arm : `${operation} over ${arm}`)),
  ];
  const some = where.slice(0, 4).join(", ") + (where.length > 4 ? ` and ${where.length - 4} more` : "");
  const text = `Some quantiles are so small that the generator's own lag taints them: ${some}.`;
  return [{ code: "generator-limited", text }];
}
