import { type Config, VERSION } from "../config.ts";
import { loadWorkload, type Workload } from "../load/arms.ts";
import { proveEqual } from "../load/equality.ts";
import { proofSlots } from "../load/proof_slots.ts";
import type { Mix } from "../load/mix.ts";
import { clearCache } from "../load/open_targets.ts";
import { mixOf } from "../load/plan.ts";
import { loadFileSources, loadSqlSources } from "../load/sources.ts";
import type { LoadedScenario } from "../load/scenario.ts";
import { InterruptedError, ServiceError } from "../model/errors.ts";
import type { Environment } from "../model/run.ts";
import { sessionName } from "../model/session_name.ts";
import { formatCount } from "../model/units.ts";
import { hostFacts } from "../observe/host.ts";
import type { DataRequest } from "../seed/spec.ts";
import type { Stack } from "../stack/services.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { failedWhole } from "../undo/evidence.ts";
import { perWriteOf, writesUnderOwnKeys } from "../undo/own_undo.ts";
import { undoing, type Writing } from "../undo/undoing.ts";
import type { BenchPlan } from "./bench_options.ts";
import { explainAll } from "./explain_all.ts";
import { type HeldDatabase, holdDatabase } from "./hold_database.ts";
import { tellLeftWrites } from "./left_writes.ts";
import type { MeasureOptions } from "./measure.ts";
import { findOwnFiles, openOwnTables, ownUndo, undoOwnWrites } from "./own_tables.ts";
import { fillDatabase, type Ground, makeArms, startStack } from "./prepare.ts";
import { gitCommit } from "./run_id.ts";

/** What a system is made ready for. */
export interface Job {
  /** Of the run, or of the search that makes several. */
  readonly runId: string;
  readonly config: Config;
  readonly scenario: LoadedScenario;
  readonly plan: BenchPlan;
  /** Null where the scenario brings tables of its own. */
  readonly data: DataRequest | null;
  readonly replace: boolean;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** A system that is filled and proven, and what is known of it: any number of runs can measure it. */
export type System = Pick<
  MeasureOptions,
  "ground" | "environment" | "plans" | "sources" | "mix" | "writing" | "lost" | "gitCommit"
>;

/** From a bare machine to a system that can be measured; the stack is stopped whatever happens. */
export async function withSystem<T>(job: Job, use: (system: System) => Promise<T>): Promise<T> {
  const { runId, config, scenario, plan, data, replace, terminal, signal } = job;
  const workload = loadWorkload(scenario.workloadDir, scenario);
  // What is wrong with the scenario's own files is said before anything is started.
  await findOwnFiles(scenario);
  const ofFiles = await loadFileSources(scenario);
  const stack = await startStack(config, plan.paths, terminal, signal);
  let held: HeldDatabase | undefined;
  const hold = async (url: string) => {
    held = await holdDatabase(url, `bench ${scenario.name} ${runId}`);
  };
  try {
    const { url, dataset } = data === null
      ? await openOwnTables(stack, scenario, hold, terminal, signal)
      : await fillDatabase(stack, data, { replace, home: config.home, hold }, terminal, signal);
    const own = await cleared(job, stack, url);
    const sources = { ...ofFiles, ...await loadSqlSources(scenario, url, signal) };
    const mix = mixOf({
      operations: scenario.operations,
      streams: scenario.streams,
      dataset: data === null ? null : dataset,
      ownKeys: scenario.ownTables?.keys,
      sources,
      seed: plan.seed,
    });
    const ground = await makeArms({ ...job, workload, stack, databaseUrl: url, dataset });
    const ownGraphql = stack.facts().some(({ name, origin }) => name === "graphql" && origin === "embedded");
    const writing: Writing = {
      home: config.home,
      url,
      embedded: isEmbedded(stack),
      runId,
      own,
      arms: ground.arms.map(({ target: { path } }) => ({ path, ours: path !== "graphql" || ownGraphql })),
      counts: data === null ? null : dataset.counts,
      signal,
      cachePrefix: cachePrefixOf(ground),
      clearCache: async () => void await Promise.all(ground.arms.map((arm) => clearCache(arm))),
    };
    const perWrite = await prove(job, workload, ground, mix, writing);
    const plans = await explainAll(ground, mix, sessionName(runId, "plans"), signal);
    if (signal.aborted) throw new InterruptedError();
    const environment = environmentOf(ground);
    const { lost } = held!;
    return await use({
      ground,
      environment,
      plans,
      sources,
      mix,
      writing: own === null || perWrite === undefined ? writing : { ...writing, own: { ...own, perWrite } },
      lost,
      gitCommit: await gitCommit(),
    });
  } finally {
    await held?.[Symbol.asyncDispose]();
    await stack.stop();
  }
}

/** Takes back what runs that were killed have written, before anything is compared or measured. */
async function cleared(
  { config, scenario, terminal, signal }: Job,
  stack: Stack,
  url: string,
): Promise<Writing["own"]> {
  await tellLeftWrites({ home: config.home, stack, url, held: true, signal }, terminal);
  const own = await ownUndo(scenario);
  // Elsewhere rows that it matches may be anybody's: they are refused before the first write.
  if (own !== null && isEmbedded(stack) && !writesUnderOwnKeys(scenario)) {
    const rows = await undoOwnWrites(url, scenario, own, signal);
    if (rows !== null && rows > 0) {
      terminal.print(
        `${own.file} removed or changed ${formatCount(rows)} ${
          rows === 1 ? "row" : "rows"
        } of the embedded database ` +
          "before the run.",
      );
    }
  }
  return own;
}

/** @returns rows that the scenario's own undo touches for each write, at the most; undefined where it is not known */
async function prove(
  { scenario, plan, runId, terminal, signal }: Job,
  workload: Workload,
  ground: Ground,
  mix: Mix,
  writing: Writing,
): Promise<number | undefined> {
  const { seed, loop } = plan;
  const { streams, operations } = scenario;
  const { arms, databaseUrl } = ground;
  const wrote = new Set<number>();
  return await terminal.step("Prove that all paths answer alike", async (onProgress) => {
    // It also fills the cache under the keys of the run, which begins cold: what is left behind is cleared with it.
    const { value: proof, left, touched } = await undoing({
      ...writing,
      scenario,
      spool: null,
      load: { seed, loop, streams, operations },
      mix,
      // Its undo removes what stands under keys kept for the load as well: whether there is something is asked before.
      slots: scenario.ownTables?.keys === undefined ? 0 : Infinity,
      proofSlots: proofSlots(scenario, arms.length),
      proofWrote: wrote,
    }, () =>
      proveEqual({
        scenario,
        workload,
        arms,
        databaseUrl,
        runId,
        mix,
        seed,
        signal,
        onProgress,
        onWrite: (slot) => void wrote.add(slot),
        onFailed: (slot, error, path) => void (failedWhole(error, path) && wrote.delete(slot)),
      }));
    if (left.length > 0) {
      throw new ServiceError("Cannot take back what the comparison of the paths wrote", left.join("\n  "));
    }
    const value = perWriteOf(touched, wrote.size, scenario);
    return { value, detail: `${formatCount(proof.compared)} answers compared` };
  });
}

function isEmbedded({ postgres }: Stack): boolean {
  return postgres.origin === "embedded";
}

function cachePrefixOf({ arms }: Ground): string | null {
  for (const { target } of arms) if (target.path === "sql+cache") return target.prefix;
  return null;
}

function environmentOf({ stack, dataset }: Ground): Environment {
  const { name, scale, seed, variation, rows, bytes, hash } = dataset;
  return {
    ...hostFacts(),
    benchbook: VERSION,
    services: stack.facts(),
    dataset: { name, scale, seed, variation, rows, bytes, hash },
    unavailable: stack.unavailable,
  };
}
