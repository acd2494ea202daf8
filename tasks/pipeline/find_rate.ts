import type { Config } from "../config.ts";
import { ExitCode, ServiceError } from "../model/errors.ts";
import { type ArmRate, isIncomplete, type RateSearch } from "../model/rate_search.ts";
import type { RunStatus, Verdict } from "../model/run.ts";
import { self } from "../stack/process.ts";
import { DEFAULT_RESOLUTION } from "../stats/rate_search.ts";
import { openStore } from "../store/open.ts";
import { keepSearch } from "../store/searches.ts";
import { sayJson } from "../terminal/command.ts";
import { findRateText } from "../terminal/find_rate_text.ts";
import { armFacts } from "./run_record.ts";
import { type Job, withJob } from "./job.ts";
import { searchArm } from "./arm_search.ts";
import { CONFIRMATION_TIMES } from "./probe.ts";
import { endSearches, waitNote } from "./recover.ts";
import { reportStep } from "./report_run.ts";
import type { SearchRequest } from "./request.ts";
import { withSystem } from "./system.ts";
import type { SystemUnderTest } from "./system_under_test.ts";

type SearchJob = Job & SearchRequest;

/**
 * Searches for the highest rate at which each arm holds its targets: one system, and a run for each probe.
 * @returns 0 found for each arm; 1 an arm does not hold at the lowest rate; 4 an arm had no valid probe
 */
export function findRate(request: SearchRequest, config: Config): Promise<ExitCode> {
  return withJob(request, config, async (job) => {
    const found = await withSystem(job, (system) => searchArms(job, system));
    await keepFound(found, job.signal.aborted ? "interrupted" : "complete", job);
    return await conclude(found, job);
  });
}

/** Searches arm by arm, and keeps after each probe what is known by then. */
async function searchArms(job: SearchJob, system: SystemUnderTest): Promise<RateSearch> {
  const { runId, given, slo, db, signal } = job;
  const arms: ArmRate[] = [];
  try {
    const measured = system.arms.map(({ name }) => name);
    for (const arm of system.plan.arms.filter(({ name }) => measured.includes(name))) {
      if (signal.aborted) break;
      const keep = (soFar: ArmRate) => keepFound(foundBy(job, system, [...arms, soFar]), "running", job);
      arms.push(await searchArm({ system, given, arm, slo, keep }));
    }
  } catch (error) {
    // What its probes told until then is an entry too.
    await endSearches(db, (ended) => ended === runId).catch(() => {});
    throw error;
  }
  return foundBy(job, system, arms);
}

/** What a search of a system has found so far. */
function foundBy(
  { runId, startedAt, scenario, plan, slo, given, db }: SearchJob,
  { environment, gitCommit, unavailableArms }: SystemUnderTest,
  arms: readonly ArmRate[],
): RateSearch {
  const { label, rate: startRate, seed, scale, connections, workers, settings } = plan;
  return {
    schema: 2,
    search: {
      id: runId,
      label,
      scenario: scenario.name,
      scenarioFile: scenario.givenPath,
      title: scenario.title,
      slo,
      startRate,
      durationSeconds: given.duration,
      warmupSeconds: given.warmup,
      confirmationTimes: CONFIRMATION_TIMES,
      resolution: given.resolution ?? DEFAULT_RESOLUTION,
      seed,
      scale,
      connections,
      workers,
      settings,
      ...armFacts(plan),
      environment,
      startedAt,
      gitCommit,
    },
    arms,
    unavailable: unavailableArms.map(({ arm, reason, asked }) => ({ arm, reason, asked })),
    files: { html: null, pdf: null, store: db },
  };
}

/** Writes the search's entry among the runs. */
async function keepFound(found: RateSearch, status: RunStatus, { db, terminal }: Job): Promise<void> {
  using opened = await openStore(db, { mode: "write", onWait: waitNote(terminal) });
  const endedAt = status === "running" ? null : new Date();
  const verdict = status === "complete" ? verdictOf(found) : null;
  await keepSearch(opened, { found, status, verdict, endedAt, owner: self() });
}

/** As a run's verdict: whether each arm has a rate that holds. */
function verdictOf(found: RateSearch): Verdict | null {
  switch (exitCodeOf(found)) {
    case ExitCode.ok:
      return "pass";
    case ExitCode.verdictFailed:
      return "fail";
    case ExitCode.invalid:
      return "invalid";
    default:
      return null;
  }
}

async function conclude(
  found: RateSearch,
  { given, config, terminal, signal }: Job,
): Promise<ExitCode> {
  const warnings: string[] = [];
  let { files } = found;
  let unreported: ServiceError | null = null;
  // An interrupted user wants to leave; the runs of the probes are stored.
  if (given.report && !signal.aborted) {
    const page = await reportStep(terminal, async (onStep) => {
      const { makeRatePage } = await import("../report/find_rate_page.ts");
      return await makeRatePage(found, { config, pdf: given.pdf, signal, onStep });
    });
    if (page instanceof ServiceError) unreported = page;
    else {
      files = { ...files, html: page.html, pdf: page.pdf };
      warnings.push(...page.warnings);
    }
  }
  terminal.print(`\n${findRateText(found, terminal.width.columns)}`);
  if (signal.aborted) terminal.print("• The search was interrupted: this is what was known by then.");
  for (const warning of warnings) terminal.print(`• ${warning}`);
  const kept = found.arms.length > 0;
  if (files.html !== null) terminal.print(`Report  ${files.html}`);
  else if (kept) terminal.print(`Report  not made: deno task report ${found.search.id} makes it`);
  if (files.pdf !== null) terminal.print(`PDF     ${files.pdf}`);
  terminal.print(`Store   ${files.store}`);
  if (given.json) sayJson({ ...found, files });
  if (signal.aborted) return ExitCode.interrupted;
  if (unreported !== null) throw unreported;
  return exitCodeOf(found);
}

/**
 * The first that applies of: an arm that was not searched to the end, or asked for by name and not there, whatever was
 * found of the rest; one without any valid probe; an arm that holds at no rate; found.
 */
export function exitCodeOf(found: Pick<RateSearch, "arms" | "unavailable">): ExitCode {
  const { arms } = found;
  if (isIncomplete(found)) return ExitCode.service;
  if (arms.some(({ stopped }) => typeof stopped === "string")) return ExitCode.service;
  if (arms.some(({ interval: [low, high] }) => low === null && high === null)) return ExitCode.invalid;
  return arms.some(({ interval: [low] }) => low === null) ? ExitCode.verdictFailed : ExitCode.ok;
}
