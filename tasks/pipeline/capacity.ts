import type { Config } from "../config.ts";
import { PROOF_SLOTS_FROM } from "../load/plan.ts";
import { peakRate, slotsOf } from "../load/rates.ts";
import type { LoadedScenario } from "../load/scenario.ts";
import { BenchbookError, ServiceError, UsageError } from "../model/errors.ts";
import { formatBytes, formatCount, formatHours, formatSeconds } from "../model/units.ts";
import { datasets } from "../seed/catalog.ts";
import { existingPart, freeBytes, onOneDisk } from "../stack/places.ts";
import { ROW_BYTES } from "../store/frame.ts";
import type { BenchPlan } from "./bench_options.ts";

/** A run's clock counts microseconds; a year of them is far from where a double leaves whole numbers out. */
const MOST_SECONDS = 366 * 86_400;
/** The proof that no slot came twice takes a bit for each slot: so many are 256 MB. */
const MOST_SLOTS = 2 ** 31;
/** Each holds what it was asked and what it will ask next, a kilobyte or so. */
const MOST_WAITING = 1_000_000;
/** An operation's number has 16 bits. */
const MOST_OPERATIONS = 2 ** 16;
/** Of a row in the store: some 16 were measured, and a cached key's hash and an answer's age hardly shrink. */
const STORED_ROW_BYTES = 32;
/** Of the servers' and the host's samples, spooled and stored. */
const SAMPLE_BYTES_A_SECOND = 6000;
/** What is left free on a disk: services write too. */
export const RESERVE_BYTES = 256_000_000;

/**
 * Refuses what can never be stored: before anything is started, whatever the disk.
 * @throws {UsageError} saying what it would need, and what fits
 */
export function refuseTooMuch(scenario: LoadedScenario, plan: BenchPlan): void {
  const { warmup, duration, arms } = plan;
  if (warmup + duration > MOST_SECONDS) {
    throw new UsageError(
      `Cannot measure for ${formatHours(warmup + duration)}: a run lasts 366 days at most`,
      "Give a shorter --duration.",
    );
  }
  const operations = scenario.operations.length * arms.length;
  if (operations > MOST_OPERATIONS) {
    throw new UsageError(
      `Cannot number the ${formatCount(operations)} operations of all arms: a run has ${
        formatCount(MOST_OPERATIONS)
      } at most`,
      "Give fewer --paths, or the scenario fewer operations.",
    );
  }
  if (plan.loop === "closed") return refuseTooManyAnswers(scenario, plan);
  const slots = slotsOfPlan(scenario, plan);
  if (slots > MOST_SLOTS) {
    throw new UsageError(
      `Cannot store ${formatCount(slots)} requests in one run: it takes ${
        formatBytes(slots * (ROW_BYTES + STORED_ROW_BYTES))
      } of disk, and a run has ${formatCount(MOST_SLOTS)} requests at most`,
      whatFits(plan, MOST_SLOTS / slots),
    );
  }
  const keys = reservedKeys(scenario);
  const share = shareKeyed(keys, scenario, plan);
  if (share < 1) {
    throw new UsageError(
      `Cannot write rows of their own keys for ${formatCount(slots)} requests: of these ${
        formatCount(keys)
      } are reserved`,
      whatFits(plan, share),
    );
  }
  const waiting = waitingAtMost(scenario, plan);
  if (waiting > MOST_WAITING) {
    throw new UsageError(
      `Cannot keep ${formatCount(waiting)} sessions and retries waiting at once: ${
        formatCount(MOST_WAITING)
      } fit the memory of a generator`,
      `Give --rate up to ${rateText(plan.rate * MOST_WAITING / waiting)}, or the scenario shorter pauses.`,
    );
  }
}

/** A closed loop's rate is the system's: refused is what no system can be too slow for. */
function refuseTooManyAnswers(scenario: LoadedScenario, plan: BenchPlan): void {
  const slots = slotsOfPlan(scenario, plan);
  const most = slotLimit(scenario);
  if (slots <= most) return;
  throw new UsageError(
    `Cannot store what ${formatCount(plan.concurrency)} clients ask in ${
      formatHours(plan.warmup + plan.duration)
    }: ${formatCount(slots)} requests at the least, as each waits ${
      formatSeconds(longestWait(scenario))
    } at most, and a run has ${formatCount(most)} at most`,
    whatFits(plan, most / slots),
  );
}

/** Requests that a run may have: as many as can be told apart, and fewer where each has a key of its own. */
export function slotLimit(scenario: LoadedScenario): number {
  return Math.min(MOST_SLOTS, reservedKeys(scenario));
}

/** The fewest keys that an operation may write under, one a request; infinitely many where none is a key. */
function reservedKeys({ datasetName, operations }: LoadedScenario): number {
  const draws = operations.flatMap((operation) => Object.values(operation?.params ?? {}));
  const spaces = datasetName === null ? null : datasets[datasetName]!.keySpaces({});
  const names = draws.flatMap((draw) => draw.kind === "reserved" ? [draw.keys] : []);
  // Keys of the user's own tables are promised to go no further than those of the comparison of the paths.
  return Math.min(...names.map((name) => spaces?.[name]?.count ?? PROOF_SLOTS_FROM));
}

/** Seconds from a request to the next of the same client, where nothing answers: its retries included. */
export function longestWait({ timeout, retry }: Pick<LoadedScenario, "timeout" | "retry">): number {
  if (retry === undefined) return timeout;
  return timeout * (retry.attempts + 1) + pausesOf(retry);
}

function pausesOf({ attempts, backoff }: NonNullable<LoadedScenario["retry"]>): number {
  return backoff * (2 ** attempts - 1);
}

/**
 * Refuses what this disk has no room for now.
 * @param free bytes of a folder's disk
 * @throws {ServiceError} saying what it needs, and what fits
 */
export function refuseWithoutRoom(
  scenario: LoadedScenario,
  plan: BenchPlan,
  { home }: Pick<Config, "home">,
  db: string,
  free: (path: string) => number = freeBytes,
): void {
  const slots = slotsOfPlan(scenario, plan);
  const seconds = plan.warmup + plan.duration;
  for (const { disk, bytes, room } of needsOf({ slots, seconds }, { home, db, free })) {
    if (bytes <= room) continue;
    throw new ServiceError(
      `Cannot keep the timings of ${formatCount(slots)} requests${
        plan.loop === "closed" ? " or more" : ""
      }: they need about ${formatBytes(bytes)} of disk, and ${formatBytes(room)} are available at ${disk}`,
      `${whatFits(plan, room / bytes)} Or free some space, or set BENCHBOOK_HOME and --db to a larger disk.`,
    );
  }
}

/** Why a run cannot be kept, as sentences; null where it can: for one of many, whose others are not to be lost. */
export function refusalOf(
  scenario: LoadedScenario,
  plan: BenchPlan,
  config: Pick<Config, "home">,
  db: string,
  free: (path: string) => number = freeBytes,
): string | null {
  try {
    refuseTooMuch(scenario, plan);
    refuseWithoutRoom(scenario, plan, config, db, free);
    return null;
  } catch (error) {
    if (!(error instanceof BenchbookError)) throw error;
    return error.next === undefined ? `${error.message}.` : `${error.message}. ${error.next}`;
  }
}

/** Where a run is kept: its spool in the home, and the store; `free` gives the bytes left of a folder's disk. */
export interface RunPlaces {
  readonly home: string;
  readonly db: string;
  readonly free?: (path: string) => number;
}

/** What a run needs of each disk, and what is there for it. */
export function needsOf(
  { slots, seconds, storedSlots = slots }: {
    /** Requests to be spooled. */
    readonly slots: number;
    readonly seconds: number;
    /** Requests to be stored, where some are spooled already. */
    readonly storedSlots?: number;
  },
  { home, db, free = freeBytes }: RunPlaces,
): readonly { readonly disk: string; readonly bytes: number; readonly room: number }[] {
  const spool = slots * ROW_BYTES + seconds * SAMPLE_BYTES_A_SECOND;
  const stored = storedSlots * STORED_ROW_BYTES + seconds * SAMPLE_BYTES_A_SECOND / 4;
  const [spoolDisk, storeDisk] = [existingPart(home), existingPart(db)];
  // The spool is removed after the store has taken it: on one disk both lie there for a while.
  const needs = onOneDisk(spoolDisk, storeDisk)
    ? [{ disk: spoolDisk, bytes: spool + stored }]
    : [{ disk: spoolDisk, bytes: spool }, { disk: storeDisk, bytes: stored }];
  return needs.map((need) => ({ ...need, room: Math.max(0, free(need.disk) - RESERVE_BYTES) }));
}

/** Requests that are expected of an open loop; of a closed one, so many at the least. */
function slotsOfPlan(scenario: LoadedScenario, plan: BenchPlan): number {
  const { streams, rate } = scenario;
  if (plan.loop === "closed") {
    return Math.ceil(plan.concurrency * (plan.warmup + plan.duration) / longestWait(scenario));
  }
  return slotsOf(streams, {
    factor: plan.rate / rate,
    warmupSeconds: plan.warmup,
    durationSeconds: plan.duration,
  });
}

/** Which share of an open loop's requests a number of keys is enough for. */
function shareKeyed(keys: number, scenario: LoadedScenario, plan: BenchPlan): number {
  const { streams } = scenario;
  // A slot's number is its key, and streams take turns: that with most requests decides.
  const most = Math.max(...streams.map((stream) => slotsOfPlan({ ...scenario, streams: [stream] }, plan)));
  return keys / (streams.length * (most + 6 * Math.sqrt(most)));
}

/** Sessions that think, and requests that wait for their next attempt, if each needs all of them (Little's law). */
function waitingAtMost({ streams, rate, retry }: LoadedScenario, plan: BenchPlan): number {
  const factor = plan.rate / rate;
  const thinking = streams.reduce((sum, stream) => {
    if (stream.session === null) return sum;
    return sum + peakRate([{ ...stream, session: null }]) * (stream.count - 1) * stream.session.think.seconds;
  }, 0);
  const pauses = retry === undefined ? 0 : pausesOf(retry);
  return factor * (thinking + peakRate(streams) * pauses);
}

function whatFits(plan: BenchPlan, share: number): string {
  const seconds = (plan.warmup + plan.duration) * share * 0.99 - plan.warmup;
  const shorter = seconds >= 1 ? `--duration ${spokenDuration(seconds)} or ` : "";
  const less = plan.loop === "open"
    ? `--rate ${rateText(plan.rate * share * 0.99)}`
    : `--concurrency ${Math.max(1, Math.floor(plan.concurrency * share * 0.99))}`;
  return `What fits is ${shorter}${less}.`;
}

/** As `--duration` takes it, rounded down. */
function spokenDuration(seconds: number): string {
  if (seconds >= 7200) return `${Math.floor(seconds / 3600)}h`;
  return seconds >= 120 ? `${Math.floor(seconds / 60)}m` : `${Math.floor(seconds)}s`;
}

/** As `--rate` takes it, rounded down. */
function rateText(rate: number): string {
  return rate >= 10 ? String(Math.floor(rate)) : String(Number(rate.toPrecision(2)));
}
