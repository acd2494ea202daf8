import { join } from "node:path";
import { readSmallText } from "../files/small_file.ts";
import type { Config } from "../config.ts";
import type { ArmRate, RateProbe, RateSearch } from "../model/rate_search.ts";
import { UsageError } from "../model/errors.ts";
import { DEFAULT_RESOLUTION } from "../stats/rate_search.ts";
import type { Store } from "../store/open.ts";
import { listRuns, type StoredRun } from "../store/runs.ts";
import { searchOf } from "../store/searches.ts";
import { summarise } from "../summary/summarise.ts";
import { armRate } from "./arm_search.ts";
import { CONFIRMATION_TIMES, probeOf } from "./probe.ts";

/**
 * What a stored search found: as it was kept, as its page has it where the store is older than that, or else made
 * anew from its probes. Of a search that was killed, a probe that it had no time to judge is judged.
 * @throws {UsageError} where none of it is to be had
 */
export async function storedSearch(
  store: Store,
  { reports }: Pick<Config, "reports">,
  run: StoredRun,
): Promise<RateSearch> {
  const runs = (await listRuns(store)).filter(({ searchId }) => searchId === run.runId).reverse();
  const kept = run.search ?? pageOf(reports, run.runId);
  const judged = new Set(kept?.arms.flatMap(({ probes }) => probes).map((probe) => probe.run));
  const unjudged = runs.some((each) => isProbe(each) && !judged.has(each.runId));
  if (kept !== null && !(run.status === "crashed" && unjudged)) return withStore(kept, store);
  const arms = await armRates(store, runs);
  if (kept !== null) return withStore({ ...kept, arms }, store);
  return withStore({ schema: 2, search: searchFrom(run, runs), arms, unavailable: [] }, store);
}

function withStore(found: Omit<RateSearch, "files">, { file }: Store): RateSearch {
  return { ...found, files: { html: null, pdf: null, store: file } };
}

/** A search as its page's folder keeps it, of versions whose store did not. */
function pageOf(reports: string, id: string): RateSearch | null {
  try {
    const found = searchOf(readSmallText(join(reports, id, "search.json")));
    return found?.search.id === id ? found : null;
  } catch {
    return null;
  }
}

/** A run that was made to its end, and not to warm an arm up. */
function isProbe({ status, config }: StoredRun): boolean {
  return status === "complete" && config.loop === "open";
}

async function armRates(store: Store, runs: readonly StoredRun[]): Promise<ArmRate[]> {
  const found = new Map<string, { slo: string; probes: RateProbe[] }>();
  for (const run of runs.filter(isProbe)) {
    const { arms, ratePerSecond, durationSeconds, slo } = run.config;
    const arm = found.get(arms[0]!) ?? { slo: slo ?? "", probes: [] };
    found.set(arms[0]!, arm);
    const rate = ratePerSecond!;
    // A rate is probed longer only to confirm it.
    const confirmation = arm.probes.some((probe) => probe.rate === rate && probe.seconds < durationSeconds);
    const summary = await summarise(store, run.runId);
    try {
      arm.probes.push(
        probeOf(summary, { kind: "probe", rate, confirmation, seed: run.seed }, durationSeconds),
      );
    } catch (error) {
      // Too few requests to tell a target: that ended the search.
      if (!(error instanceof UsageError)) throw error;
    }
  }
  return [...found].map(([arm, { slo, probes }]) => armRate(arm, slo, probes, null));
}

/** What was asked for, as far as its runs tell. */
function searchFrom(run: StoredRun, runs: readonly StoredRun[]): RateSearch["search"] {
  const first = runs.find(isProbe) ?? run;
  const { config } = first;
  return {
    id: run.runId,
    label: run.label,
    scenario: run.scenario,
    scenarioFile: config.scenarioFile ?? null,
    title: config.title,
    slo: config.slo ?? "",
    startRate: config.ratePerSecond ?? 0,
    durationSeconds: config.durationSeconds,
    warmupSeconds: config.warmupSeconds,
    confirmationTimes: CONFIRMATION_TIMES,
    resolution: DEFAULT_RESOLUTION,
    seed: first.seed,
    scale: config.scale,
    connections: config.connections,
    workers: config.workers,
    settings: config.settings,
    environment: run.environment,
    startedAt: run.startedAt,
    gitCommit: run.gitCommit,
  };
}
