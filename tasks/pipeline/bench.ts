import type { Config } from "../config.ts";
import { ExitCode, InterruptedError, ServiceError } from "../model/errors.ts";
import { progressed } from "../model/progressed.ts";
import type { RunSummary } from "../model/summary.ts";
import { formatCount } from "../model/units.ts";
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
import { whySpoolStays } from "../undo/journal.ts";
import type { AskedBench } from "./asked.ts";
import type { BenchArguments } from "./bench_options.ts";
import { interruptSignal } from "./interrupt.ts";
import { measure, type Measured } from "./measure.ts";
import { tellRecovered, waitNote } from "./recover.ts";
import { newRunId } from "./run_id.ts";
import { prepareResults } from "./store_file.ts";
import { withSystem } from "./system.ts";
import { undecidable } from "./undecidable.ts";

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
    await prepareResults(config, db, given);
    await tellRecovered(config, db, terminal, interrupt.signal);
    const runId = newRunId();
    const job = {
      runId,
      config,
      db,
      scenario,
      plan,
      data,
      replace: given.replace,
      terminal,
      signal: interrupt.signal,
    };
    const measured = await withSystem(job, (system) => {
      const lacking = undecidable(scenario, plan, system.ground.arms.length);
      if (lacking !== null) terminal.print(`! ${lacking}`);
      return measure({ ...job, ...system });
    });
    await store(measured, db, terminal, interrupt.signal);
    return await conclude(measured, { given, config, db, terminal, signal: interrupt.signal });
  } finally {
    interrupt.dispose();
    lock.release();
  }
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
        onProgress: (rows) => {
          progressed();
          progress(`${formatCount(rows)} timings`);
        },
      });
      const stays = whySpoolStays(measured.home, measured.runId, measured.spoolDir);
      if (stays === null) removeSpool(measured.spoolDir);
      else terminal.print(`! ${stays}`);
      return { value: undefined, detail: `${formatCount(timings)} timings, ${formatCount(samples)} samples` };
    } catch (error) {
      if (!(error instanceof InterruptedError)) throw error;
      throw new InterruptedError(
        "Interrupted. What was measured is kept: the next deno task bench stores it.",
      );
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
  { runId, crash, left }: Measured,
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
  let unreported: ServiceError | null = null;
  // An interrupted user wants to leave: the report can be had later.
  if (given.report && !signal.aborted) {
    const report = await unlessFailed(terminal.step("Report", async (progress) => {
      // Charts, templates and the browser's driver: half of all that is loaded, and not before it is wanted.
      const { makeReport } = await import("../report/report.ts");
      const made = await makeReport({ config, db, runRef: runId, pdf: given.pdf, signal, onStep: progress });
      return { value: made, detail: made.pdf === null ? "HTML" : "HTML and PDF" };
    }));
    if (report instanceof ServiceError) unreported = report;
    else {
      summary = report.summary;
      warnings.push(...report.warnings);
    }
  }
  terminal.print(`\n${summaryText(summary, terminal.width.columns)}`);
  for (const warning of warnings) terminal.print(`• ${warning}`);
  if (crash !== null) terminal.print(`The run ended early: ${crash}. What was measured until then is kept.`);
  const { html, pdf } = summary.files;
  if (html === null) terminal.print(`Report  deno task report ${runId}`);
  else terminal.print(`Report  ${html}`);
  if (pdf !== null) terminal.print(`PDF     ${pdf}`);
  terminal.print(`Store   ${db}`);
  if (left.length > 0) {
    terminal.print(`\nThe run left something behind:\n${left.map((line) => `  ${line}`).join("\n")}`);
  }
  if (given.json) console.log(JSON.stringify(summary, null, 2));
  if (unreported !== null && !signal.aborted) throw unreported;
  return signal.aborted ? ExitCode.interrupted : exitCodeOf(summary);
}

/** What a run came to is said also where its report cannot be written: that error is told last. */
export async function unlessFailed<T>(work: Promise<T>): Promise<T | ServiceError> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ServiceError) return error;
    throw error;
  }
}
