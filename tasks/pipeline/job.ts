import type { Config } from "../config.ts";
import type { RunSeries } from "../model/series.ts";
import { leftInPlace } from "../migrate/left_in_place.ts";
import { ExitCode } from "../model/errors.ts";
import { namedLedgers } from "../probe/left_ledgers.ts";
import { acquireLock } from "../stack/lock.ts";
import { prepareHome } from "../stack/places.ts";
import type { Migrating } from "./migrating.ts";
import { openTerminal, type Terminal } from "../terminal/terminal.ts";
import { interruptSignal } from "./interrupt.ts";
import { tellRecovered } from "./recover.ts";
import type { BenchRequest } from "./request.ts";
import { newRunId } from "./run_id.ts";
import { prepareResults } from "./store_file.ts";

/** A request at work: what travels through the pipe, and grows. */
export interface Job extends BenchRequest {
  /** Of the run, or of the search that makes several. */
  readonly runId: string;
  /** The search that the run is a probe of. */
  readonly searchId?: string;
  readonly startedAt: Date;
  readonly config: Config;
  readonly terminal: Terminal;
  /** Aborted when the user wants to leave. */
  readonly signal: AbortSignal;
  /** Its place among repetitions of the request; absent where it is not repeated. */
  readonly series?: RunSeries;
  /** Remarks that the runs of one job make only once; each run adds its own. */
  readonly told: Set<"rate">;
  /** What the run changes while it is under load; absent where it migrates nothing. */
  readonly migrating?: Migrating;
  /** Clones of the database that are left behind, a sentence each. */
  readonly leftClones: string[];
}

/** Exit codes that apply before that of what is left behind. */
const BEFORE_SERVICE: readonly ExitCode[] = [ExitCode.interrupted, ExitCode.usage];

/**
 * Works on a request while no other task uses the home, once all that earlier runs left is stored.
 * @param who has the home meanwhile, as whoever meets it is told: the task, and what it is about
 */
export async function withJob<Request extends BenchRequest>(
  request: Request,
  config: Config,
  work: (job: Request & Job) => Promise<ExitCode>,
  who = `bench ${request.scenario.name}`,
): Promise<ExitCode> {
  const { given, db } = request;
  const terminal = openTerminal({ json: given.json });
  prepareHome(config.home);
  using _lock = acquireLock(config.home, who);
  using interrupt = interruptSignal(config.home);
  const { signal } = interrupt;
  await prepareResults(config, db, given);
  await tellRecovered(config, db, terminal, signal);
  const left = [...await leftInPlace(config.home, config.databaseUrl), ...namedLedgers(config.home)];
  for (const line of left) terminal.print(`! ${line}`);
  const startedAt = new Date();
  const leftClones: string[] = [];
  const known = { runId: newRunId(startedAt), startedAt, config, terminal, signal };
  const code = await work({ ...request, ...known, told: new Set(), leftClones });
  return leftClones.length === 0 || BEFORE_SERVICE.includes(code) ? code : ExitCode.service;
}
