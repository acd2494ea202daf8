import { UsageError } from "../model/errors.ts";
import type { HistoryRun, HistoryStretch, HistoryTrend, RunHistory } from "../model/history.ts";
import { mixShares } from "../model/mix_shares.ts";
import { hint } from "../model/suggest.ts";
import { eDivisive, LEAST_VALUES } from "../stats/e_divisive.ts";
import { mean } from "../stats/moments.ts";
import { madBand } from "../stats/run_band.ts";
import { listRuns, type Rows, type StoredRun } from "../store/runs.ts";
import { differences, fingerprintOf } from "./fingerprint.ts";
import { historyLevels, MIN_CHANGE } from "./history_levels.ts";
import { historyRates } from "./history_rates.ts";
import { faultOf } from "./history_runs.ts";
import { type Cell, type RunLevels, runLevels } from "./run_levels.ts";

/** The newest of a stretch are looked at, and so many requests of theirs. */
const MOST_RUNS = 200;
const MOST_SLOTS = 8_000_000;
/** So many of the runs that do not count are named. */
const MOST_LEFT_OUT = 50;

/**
 * How a scenario's response times went from run to run on the machine of its newest run, or on the newest that has more
 * than one. What was made on another data set or under another load is a stretch of its own.
 * @param scenario its name; the newest run's if absent
 * @throws {UsageError} where no run of it is stored that counts
 */
export async function historyOf(rows: Rows, scenario?: string): Promise<RunHistory> {
  const benches = (await listRuns(rows)).filter(isBench);
  const name = scenario ?? benches[0]?.scenario;
  const all = benches.filter((run) => run.scenario === name);
  const counted = all.filter((run) => faultOf(run) === null);
  const machines = [...Map.groupBy(counted, (run) => fingerprintOf(run).machine.hash).values()];
  // A run that is alone tells nothing of a history, and must not hide the one that there is.
  const here = machines.find((runs) => runs.length > 1) ?? machines[0];
  if (here === undefined) throw noRuns(name, benches, all.length);
  const [newest] = here as [StoredRun, ...StoredRun[]];
  const { machine } = fingerprintOf(newest);
  const others = machines.filter((runs) => runs !== here).map(([run]) => fingerprintOf(run!));
  const groups = Map.groupBy(here, (run) => fingerprintOf(run).hash);
  const stretches: HistoryStretch[] = [];
  for (const own of groups.values()) stretches.push(await stretchOf(rows, own, newest));
  return {
    schema: 1,
    scenario: newest.scenario,
    machine: machine.values,
    stretches,
    elsewhere: counted.length - here.length,
    elsewhereDiffers: [
      ...new Set(
        others.flatMap((other) =>
          differences(other, fingerprintOf(newest)).filter(({ part }) => part === "machine").map(({ name }) =>
            name
          )
        ),
      ),
    ],
    leftOut: all.length - counted.length,
    leftOutRuns: all.flatMap((run) => {
      const why = faultOf(run);
      return why === null ? [] : [{ ...historyRun(run), why }];
    }).slice(0, MOST_LEFT_OUT),
  };
}

function historyRun(
  { runId, startedAt, label, gitCommit, verdict, config: { series } }: StoredRun,
): HistoryRun {
  const repetition = series === undefined ? null : `${series.index + 1} of ${series.of}`;
  return { runId, startedAt, label, gitCommit, verdict, repetition };
}

/** Whether a run is one of a history: a bench, and no probe of a search. */
export function isBench({ kind, searchId, config }: StoredRun): boolean {
  return kind === "bench" && (searchId ?? null) === null && config.migration === undefined &&
    config.probe === undefined;
}

function noRuns(name: string | undefined, benches: readonly StoredRun[], all: number): UsageError {
  const known = [...new Set(benches.map(({ scenario }) => scenario))];
  return new UsageError(
    name === undefined
      ? "Cannot show a history, as runs must be stored: there is none"
      : `Cannot show the history of "${name}", as runs of it must be stored: ${
        all === 0 ? "there is none" : "each is INVALID or was not finished"
      }`,
    known.length === 0 || all > 0 ? "Make some first: deno task bench." : hint(name ?? "", known),
  );
}

/** @param own newest first */
async function stretchOf(rows: Rows, own: readonly StoredRun[], newest: StoredRun): Promise<HistoryStretch> {
  let slots = 0;
  const runs = own.slice(0, MOST_RUNS).filter((run, at) => (slots += run.slots) <= MOST_SLOTS || at === 0)
    .reverse();
  const [{ config }] = runs as [StoredRun];
  const mix = mixShares(config);
  const ids = runs.map(({ runId }) => runId);
  const { arms, timeoutMs } = config;
  const levels = await runLevels(rows, ids, { arms, mix, timeoutMs });
  const cells: Cell[] = [
    { arm: null, operation: null, statistic: "p50" },
    ...arms.flatMap((arm): Cell[] => [
      { arm, operation: null, statistic: "p50" },
      ...mix.flatMap(({ name: operation }): Cell[] => [
        { arm, operation, statistic: "p50" },
        { arm, operation, statistic: "p95" },
      ]),
    ]),
  ];
  return {
    fingerprint: fingerprintOf(own[0]!).hash,
    runs: runs.map(historyRun),
    differences: differences(fingerprintOf(own[0]!), fingerprintOf(newest)),
    // Of one arm all arms together are that one.
    trends: cells.slice(arms.length === 1 ? 1 : 0).map((cell) =>
      trendOf(cell, ids.map((runId) => levels.get(runId)!))
    ),
    rates: await historyRates(rows, ids, { arms, operations: mix.map(({ name }) => name) }),
  };
}

function trendOf(cell: Cell, levels: readonly RunLevels[]): HistoryTrend {
  const logs = levels.map((each) => {
    const own = each.of(cell)?.logs;
    return own === undefined ? null : mean(own);
  });
  // Where a run has none, the runs before and after are neighbours.
  const known = logs.flatMap((log, at) => log === null ? [] : [{ log, at }]);
  const values = known.map(({ log }) => log);
  const few = values.length < LEAST_VALUES ? madBand(values, { least: MIN_CHANGE }) : null;
  const changes = eDivisive(values, { minChange: MIN_CHANGE });
  return {
    ...cell,
    ms: logs.map((log) => log === null ? null : Math.exp(log)),
    changes: changes.map(({ at, p, before, after }) => ({
      at: known[at]!.at,
      ratio: Math.exp(after - before),
      p,
      beforeMs: Math.exp(before),
      afterMs: Math.exp(after),
    })),
    outside: (few?.outside ?? []).map((at) => known[at]!.at),
    levels: historyLevels(known, changes, few),
  };
}
