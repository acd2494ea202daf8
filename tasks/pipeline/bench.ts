import type { Config } from "../config.ts";
import { VERSION } from "../config.ts";
import { loadWorkload } from "../load/arms.ts";
import { clearCache } from "../load/open_targets.ts";
import { mixOf } from "../load/plan.ts";
import { loadFileSources, loadSqlSources } from "../load/sources.ts";
import { proveEqual } from "../load/equality.ts";
import type { LoadedScenario } from "../load/scenario.ts";
import { ExitCode, InterruptedError } from "../model/errors.ts";
import type { Environment } from "../model/run.ts";
import { sessionName } from "../model/session_name.ts";
import type { RunSummary } from "../model/summary.ts";
import { formatCount } from "../model/units.ts";
import { hostFacts } from "../observe/host.ts";
import type { DataRequest } from "../seed/spec.ts";
import { undoWrites } from "../seed/undo.ts";
import { acquireLock } from "../stack/lock.ts";
import { prepareHome } from "../stack/places.ts";
import { loadSpool } from "../store/load.ts";
import { openStore } from "../store/open.ts";
import { openRun } from "../store/read.ts";
import { setVerdict } from "../store/runs.ts";
import { removeSpool } from "../store/spool.ts";
import { summarise } from "../summary/summarise.ts";
import { exitCodeOf } from "../summary/verdict.ts";
import { summaryText } from "../terminal/summary_text.ts";
import { openTerminal, type Terminal } from "../terminal/terminal.ts";
import type { AskedBench } from "./asked.ts";
import type { BenchArguments, BenchPlan } from "./bench_options.ts";
import { explainAll } from "./explain_all.ts";
import { interruptSignal, owe } from "./interrupt.ts";
import { measure, type Measured, type MeasureOptions } from "./measure.ts";
import { findOwnFiles, openOwnTables, undoOwnWrites } from "./own_tables.ts";
import { fillDatabase, type Ground, makeArms, startStack } from "./prepare.ts";
import { tellRecovered, waitNote } from "./recover.ts";
import { gitCommit, newRunId } from "./run_id.ts";

const WRITES_LEFT =
  "Rows that this run wrote may be left in the database: the next deno task bench of this scenario removes them.";

/** The main job: open the stack, seed, run, store, report. */
export async function bench(
  { scenario, plan, data, db, given }: AskedBench,
  config: Config,
): Promise<ExitCode> {
  const terminal = openTerminal({ json: given.json });
  prepareHome(config.home);
  const lock = acquireLock(config.home, `bench ${scenario.name}`);
  const interrupt = interruptSignal(config.home);
  try {
    await tellRecovered(config.home, db, terminal, interrupt.signal);
    const runId = newRunId();
    const job = {
      runId,
      config,
      scenario,
      plan,
      data,
      replace: given.replace,
      terminal,
      signal: interrupt.signal,
    };
    const measured = await withSystem(job, (system) => measure({ ...job, ...system }));
    await store(measured, db, terminal, interrupt.signal);
    return await conclude(measured, { given, config, db, terminal, signal: interrupt.signal });
  } finally {
    interrupt.dispose();
    lock.release();
  }
}

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
  "ground" | "environment" | "plans" | "sources" | "undo" | "gitCommit"
>;

/** From a bare machine to a system that can be measured; the stack is stopped whatever happens. */
export async function withSystem<T>(job: Job, use: (system: System) => Promise<T>): Promise<T> {
  const { runId, config, scenario, plan, data, replace, terminal, signal } = job;
  const workload = loadWorkload(scenario.workloadDir, scenario);
  // What is wrong with the scenario's own files is said before anything is started.
  await findOwnFiles(scenario);
  const ofFiles = await loadFileSources(scenario);
  const stack = await startStack(config, plan.paths, terminal, signal);
  const leftAsFound = owe(WRITES_LEFT);
  try {
    const { url: databaseUrl, dataset } = data === null
      ? await openOwnTables(stack, scenario, terminal)
      : await fillDatabase(stack, data, { replace, home: config.home }, terminal, signal);
    const undo = async () =>
      void await (data === null
        ? undoOwnWrites(databaseUrl, scenario)
        : undoWrites(databaseUrl, data.dataset));
    // What a run that was killed has written goes before anything is compared or measured.
    await undo();
    const sources = { ...ofFiles, ...await loadSqlSources(scenario, databaseUrl) };
    const mix = mixOf({
      operations: scenario.operations,
      streams: scenario.streams,
      dataset: data === null ? null : dataset,
      sources,
      seed: plan.seed,
    });
    const ground = await makeArms({
      config,
      scenario,
      plan,
      workload,
      stack,
      databaseUrl,
      dataset,
      runId,
      terminal,
      signal,
    });
    await terminal.step("Prove that all paths answer alike", async (progress) => {
      const proof = await proveEqual({
        scenario,
        workload,
        arms: ground.arms,
        databaseUrl,
        session: sessionName(runId, "proof"),
        mix,
        seed: plan.seed,
        signal,
        onProgress: progress,
      });
      await undo();
      // The proof has filled the cache under the keys of the run, which begins cold.
      await Promise.all(ground.arms.map((arm) => clearCache(arm)));
      return { value: proof, detail: `${formatCount(proof.compared)} answers compared` };
    });
    const plans = await explainAll(ground, mix, sessionName(runId, "plans"));
    if (signal.aborted) throw new InterruptedError();
    const environment = environmentOf(ground);
    return await use({ ground, environment, plans, sources, undo, gitCommit: await gitCommit() });
  } finally {
    await stack.stop();
    leftAsFound();
  }
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

/** Loads the spool into DuckDB; until that succeeded the spool stays, and the next start tries again. */
export async function store(
  measured: Measured,
  db: string,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  await terminal.step("Store", async (progress) => {
    const opened = await openStore(db, { mode: "write", onWait: waitNote(terminal) });
    try {
      const { timings, samples } = await loadSpool(opened, measured.spoolDir, {
        // One that was interrupted before is stored all the same.
        signal: signal.aborted ? undefined : signal,
        onProgress: (rows) => progress(`${formatCount(rows)} timings`),
      });
      removeSpool(measured.spoolDir);
      return { value: undefined, detail: `${formatCount(timings)} timings, ${formatCount(samples)} samples` };
    } finally {
      opened.close();
    }
  });
}

/** Judges a stored run, and stores the verdict with it. */
export async function judge(runId: string, db: string): Promise<RunSummary> {
  const summary = await summarise(await openRun(runId, { db }), runId);
  const opened = await openStore(db, { mode: "write" });
  try {
    await setVerdict(opened, runId, summary.verdict);
  } finally {
    opened.close();
  }
  return summary;
}

/** Judges the run, renders it, and says what came of it. */
async function conclude(
  { runId, status, crash }: Measured,
  { given, config, db, terminal, signal }: {
    readonly given: BenchArguments;
    readonly config: Config;
    readonly db: string;
    readonly terminal: Terminal;
    readonly signal: AbortSignal;
  },
): Promise<ExitCode> {
  let summary = await judge(runId, db);
  const warnings: string[] = [];
  // An interrupted user wants to leave: the report can be had later.
  if (given.report && !signal.aborted) {
    const report = await terminal.step("Report", async (progress) => {
      // Charts, templates and the browser's driver: half of all that is loaded, and not before it is wanted.
      const { makeReport } = await import("../report/report.ts");
      const made = await makeReport({ config, db, runRef: runId, pdf: given.pdf, signal, onStep: progress });
      return { value: made, detail: made.pdf === null ? "HTML" : "HTML and PDF" };
    });
    summary = report.summary;
    warnings.push(...report.warnings);
  }
  terminal.print(`\n${summaryText(summary)}`);
  for (const warning of warnings) terminal.print(`• ${warning}`);
  if (crash !== null) terminal.print(`The run ended early: ${crash}. What was measured until then is kept.`);
  const { html, pdf } = summary.files;
  if (html === null) terminal.print(`Report  deno task report ${runId}`);
  else terminal.print(`Report  ${html}`);
  if (pdf !== null) terminal.print(`PDF     ${pdf}`);
  terminal.print(`Store   ${db}`);
  if (given.json) console.log(JSON.stringify(summary, null, 2));
  return signal.aborted ? ExitCode.interrupted : exitCodeOf(summary, status);
}
