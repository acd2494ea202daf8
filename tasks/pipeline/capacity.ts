import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { Config } from "../config.ts";
import { peakRate, slotsOf } from "../load/rates.ts";
import type { LoadedScenario } from "../load/scenario.ts";
import { ServiceError, UsageError } from "../model/errors.ts";
import { formatBytes, formatCount, formatSeconds } from "../model/units.ts";
import { datasets } from "../seed/catalog.ts";
import { freeBytes } from "../stack/places.ts";
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
/** Of a row in the store, where some 16 were measured. */
const STORED_ROW_BYTES = 20;
/** Of the servers' and the host's samples, spooled and stored. */
const SAMPLE_BYTES_A_SECOND = 6000;
/** What is left free on a disk: services write too. */
export const RESERVE_BYTES = 256_000_000;

/**
 * Refuses what can never be stored: before anything is started, whatever the disk.
 * @throws {UsageError} saying what it would need, and what fits
 */
export function refuseTooMuch(scenario: LoadedScenario, plan: BenchPlan): void {
  const { warmup, duration, paths } = plan;
  if (warmup + duration > MOST_SECONDS) {
    throw new UsageError(
      `Cannot measure for ${formatSeconds(warmup + duration)}: a run lasts 366 days at most`,
      "Give a shorter --duration.",
    );
  }
  const operations = scenario.operations.length * paths.length;
  if (operations > MOST_OPERATIONS) {
    throw new UsageError(
      `Cannot number the ${formatCount(operations)} operations of all paths: a run has ${
        formatCount(MOST_OPERATIONS)
      } at most`,
      "Give fewer --paths, or the scenario fewer operations.",
    );
  }
  if (plan.loop === "closed") return;
  const slots = slotsOfPlan(scenario, plan);
  if (slots > MOST_SLOTS) {
    throw new UsageError(
      `Cannot store ${formatCount(slots)} requests in one run: it takes ${
        formatBytes(slots * (ROW_BYTES + STORED_ROW_BYTES))
      } of disk, and a run has ${formatCount(MOST_SLOTS)} requests at most`,
      whatFits(plan, MOST_SLOTS / slots),
    );
  }
  const { keys, share } = reservedKeys(scenario, plan);
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
  if (plan.loop === "closed") return;
  const slots = slotsOfPlan(scenario, plan);
  const seconds = plan.warmup + plan.duration;
  const spool = slots * ROW_BYTES + seconds * SAMPLE_BYTES_A_SECOND;
  const stored = slots * STORED_ROW_BYTES + seconds * SAMPLE_BYTES_A_SECOND / 4;
  const [spoolDisk, storeDisk] = [existing(home), existing(db)];
  // The spool is removed after the store has taken it: on one disk both lie there for a while.
  const needs = deviceOf(spoolDisk) === deviceOf(storeDisk)
    ? [{ disk: spoolDisk, bytes: spool + stored }]
    : [{ disk: spoolDisk, bytes: spool }, { disk: storeDisk, bytes: stored }];
  for (const { disk, bytes } of needs) {
    const room = Math.max(0, free(disk) - RESERVE_BYTES);
    if (bytes <= room) continue;
    throw new ServiceError(
      `Cannot keep the timings of ${formatCount(slots)} requests: they need about ${
        formatBytes(bytes)
      } of disk, and ${formatBytes(room)} are to be had at ${disk}`,
      `${whatFits(plan, room / bytes)} Or free some space, or set BENCHBOOK_HOME and --db to a larger disk.`,
    );
  }
}

function slotsOfPlan({ streams, rate }: LoadedScenario, plan: BenchPlan): number {
  return slotsOf(streams, {
    factor: plan.rate / rate,
    warmupSeconds: plan.warmup,
    durationSeconds: plan.duration,
  });
}

/** The fewest keys that an operation may write under, and which share of the run they are enough for. */
function reservedKeys(scenario: LoadedScenario, plan: BenchPlan): { keys: number; share: number } {
  const { datasetName, operations, streams } = scenario;
  const draws = operations.flatMap((operation) => Object.values(operation?.params ?? {}));
  if (datasetName === null) return { keys: Infinity, share: Infinity };
  const spaces = datasets[datasetName]!.keySpaces({});
  const keys = Math.min(
    ...draws.map((draw) => draw.kind === "reserved" ? spaces[draw.keys]!.count : Infinity),
  );
  // A slot's number is its key, and streams take turns: that with most requests decides.
  const most = Math.max(...streams.map((stream) => slotsOfPlan({ ...scenario, streams: [stream] }, plan)));
  const highest = streams.length * (most + 6 * Math.sqrt(most));
  return { keys, share: keys / highest };
}

/** Sessions that think, and requests that wait for their next attempt, if each needs all of them (Little's law). */
function waitingAtMost({ streams, rate, retry }: LoadedScenario, plan: BenchPlan): number {
  const factor = plan.rate / rate;
  const thinking = streams.reduce((sum, stream) => {
    if (stream.session === null) return sum;
    return sum + peakRate([{ ...stream, session: null }]) * (stream.count - 1) * stream.session.think.seconds;
  }, 0);
  const pauses = retry === undefined ? 0 : retry.backoff * (2 ** retry.attempts - 1);
  return factor * (thinking + peakRate(streams) * pauses);
}

function whatFits(plan: BenchPlan, share: number): string {
  const seconds = (plan.warmup + plan.duration) * share * 0.99 - plan.warmup;
  const shorter = seconds >= 1 ? `--duration ${spokenDuration(seconds)} or ` : "";
  return `What fits is ${shorter}--rate ${rateText(plan.rate * share * 0.99)}.`;
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

function existing(path: string): string {
  let at = path;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  return at;
}

function deviceOf(path: string): number {
  return statSync(path).dev;
}
