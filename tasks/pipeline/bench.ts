import type { Config } from "../config.ts";
import { ExitCode, firstThatApplies, InterruptedError } from "../model/errors.ts";
import type { RunComparison } from "../model/run_comparison.ts";
import type { RunSummary } from "../model/summary.ts";
import { counted, formatSeconds } from "../model/units.ts";
import { sayJson } from "../terminal/command.ts";
import { seriesText } from "../terminal/series_text.ts";
import type { Confirmed } from "../report/bench_markdown.ts";
import { baseOf } from "./against.ts";
import { commentOf, writeRunComment } from "./bench_comment.ts";
import {
  confirmationCode,
  confirmationText,
  confirmedBy,
  judgeAgain,
  suspectsOf,
  UNCONFIRMED,
  undecided,
} from "./confirm_slower.ts";
import { type Job, withJob } from "./job.ts";
import { blocksOf } from "./load_plan.ts";
import { measure } from "./measure.ts";
import { plannedJob } from "./plan_length.ts";
import { report, tell } from "./report_run.ts";
import type { BenchRequest } from "./request.ts";
import { newRunId } from "./run_id.ts";
import { judge, store, type Summarised } from "./store_run.ts";
import { withSystem } from "./system.ts";
import type { SystemUnderTest } from "./system_under_test.ts";
import { neverEarly, undecidable } from "./undecidable.ts";
import { unjudgeable } from "./unjudgeable.ts";
import { verifyCaches } from "./verify_caches.ts";

/** The main job: from a request over the system under test to what was measured, its summary and its report. */
export function bench(request: BenchRequest, config: Config): Promise<ExitCode> {
  return withJob(request, config, async (asked) => {
    const { given: { repeat = 1, against, confirm = false, planFor, json }, terminal } = asked;
    const comment = commentOf(asked);
    const base = against === undefined ? null : await baseOf(asked, against);
    const job = planFor === undefined ? asked : await planned(asked, planFor);
    const { runId } = job;
    let confirmed: Confirmed | null = null;
    const summaries: RunSummary[] = [];
    const codes: ExitCode[] = [];
    for (let index = 0; index < repeat && !job.signal.aborted; index++) {
      if (repeat > 1) terminal.print(`${index > 0 ? "\n" : ""}Run ${index + 1} of ${repeat}`);
      const run = await benchOnce(repeat > 1 ? nth(job, index, repeat) : job);
      // Of several runs one has a report made at once: the others can be had.
      const reported = await report(
        index + 1 < repeat ? { ...run, given: { ...run.given, report: false } } : run,
      );
      // Of several one list is printed, at the end.
      codes.push(
        tell({ ...reported, given: { ...reported.given, json: false } }, { brief: index + 1 < repeat }),
      );
      summaries.push(reported.summary);
      const confirmation = confirm && hasFiles(job) && !job.signal.aborted
        ? await confirmOnce(job, reported)
        : null;
      if (confirmation !== null) codes.push(confirmation.code);
      confirmed = confirmation?.confirmed ?? null;
    }
    if (summaries.length > 1) terminal.print(`\n${seriesText(summaries, terminal.width.columns)}`);
    const compared = base === null || job.signal.aborted
      ? null
      : await compareWith(job, base, runId, comment);
    if (compared !== null) codes.push(compared.code);
    // Of a run that is held against a stored one it is the comparison that is told, but for what its own arms show.
    const unwritten = comment === null || job.signal.aborted || (base !== null && !hasFiles(job))
      ? null
      : await writeRunComment(comment, summaries.at(-1)!, confirmed, job);
    if (json) sayJson(printed(summaries, repeat, compared?.comparison ?? null));
    const fault = compared?.unwritten ?? unwritten;
    if (fault !== null) throw fault;
    return firstThatApplies(codes);
  });
}

/** The job as long as it takes to show a change, which a run of the length that was asked for tells. */
async function planned(job: Job, change: number): Promise<Job> {
  job.terminal.print(`Pilot of ${formatSeconds(job.plan.duration)}, which tells the noise`);
  const pilot = await benchOnce(job);
  tell({ ...pilot, given: { ...pilot.given, json: false }, warnings: [], unreported: null }, { brief: true });
  if (job.signal.aborted) throw new InterruptedError("Interrupted. The pilot run is kept.");
  return await plannedJob(job, pilot, change);
}

/** One of several runs: services are started anew for each, as what they differ by begins there. */
function nth(job: Job, index: number, of: number): Job {
  const series = { id: job.runId, index, of };
  return index === 0
    ? { ...job, series }
    : { ...job, series, runId: newRunId(new Date()), startedAt: new Date() };
}

async function benchOnce(job: Job): Promise<Summarised> {
  const measured = await withSystem(job, async (system) => {
    // Of a series it was said before the first.
    const lacking = (job.series?.index ?? 0) === 0 ? lackingOf(system) : [];
    for (const sentence of lacking) job.terminal.print(`! ${sentence}`);
    const stored = await store({ ...job, ...await measure(system, blocksOf(system)) });
    await verifyCaches(system, stored);
    return stored;
  });
  return await judge(measured);
}

/** Whether arms are described by files, and so are versions of one thing. */
function hasFiles({ plan }: Job): boolean {
  return plan.arms.some(({ file }) => file !== null);
}

/** What confirming ends with; `confirmed` null: there is nothing to tell of it. */
interface Confirming {
  readonly code: ExitCode;
  readonly confirmed: Confirmed | null;
}

/** Makes a run again in which something looked slower. */
async function confirmOnce(job: Job, first: Summarised): Promise<Confirming> {
  const { terminal, plan } = job;
  const fault = undecided(first.summary);
  if (fault !== null) {
    // What it ends with is said already.
    terminal.print(`\nNothing to confirm in this run: ${fault}.`);
    return { code: ExitCode.ok, confirmed: null };
  }
  const suspects = suspectsOf(first.summary);
  if (suspects.length === 0) {
    const none = { runId: null, suspects, confirmed: [], fault: null };
    terminal.print(`\n${confirmationText(none)}`);
    return { code: ExitCode.ok, confirmed: confirmedBy(none) };
  }
  terminal.print(`\nMeasure again: ${counted(suspects.length, "comparison")} looked slower`);
  // Another seed has other moments and other values: what these alone made slower is chance as well. A run that ended
  // when it knew is held against one of the same length, which is judged once.
  const { untilDecided: _, ...fixed } = plan;
  const duration = first.summary.untilDecided?.seconds ?? plan.duration;
  const again = {
    ...job,
    runId: newRunId(new Date()),
    startedAt: new Date(),
    plan: { ...fixed, duration, seed: plan.seed + 1 },
  };
  const run = await benchOnce(again);
  tell({ ...run, given: { ...run.given, json: false }, warnings: [], unreported: null }, { brief: true });
  const confirmation = await judgeAgain(suspects, run);
  terminal.print(`\n${confirmationText(confirmation)}`);
  return { code: confirmationCode(confirmation), confirmed: confirmedBy(confirmation) };
}

async function compareWith(job: Job, base: string, candidate: string, comment: string | null) {
  const { compareStored } = await import("./compare_task.ts");
  const { given: { report, pdf, confirm = false }, config, db, terminal, signal } = job;
  return await compareStored(base, candidate, { report, pdf, ignoreFingerprint: false }, {
    config,
    db,
    terminal,
    comment,
    ...confirm && { unconfirmed: UNCONFIRMED },
    signal,
  });
}

/** What `--json` prints: a summary, or of several runs a list; the last one has what it was compared with. */
function printed(summaries: readonly RunSummary[], repeat: number, against: RunComparison | null) {
  const last = summaries.at(-1);
  const all = against === null || last === undefined
    ? summaries
    : [...summaries.slice(0, -1), { ...last, against }];
  return repeat === 1 ? all[0] : all;
}

/** What a run of this length will not be able to tell, said before anybody waits for it. */
function lackingOf(system: SystemUnderTest): string[] {
  const { scenario, plan, arms } = system;
  return [
    ...unjudgeable(scenario, plan, arms.map(({ name }) => name)),
    ...[undecidable(scenario, plan, arms.length), neverEarly(system)].filter((sentence) => sentence !== null),
  ];
}
