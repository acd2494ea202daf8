import type { PlannedArm } from "../model/arms.ts";
import { armCacheBehaviour, asksToVerify } from "../model/cache_settings.ts";
import { InterruptedError } from "../model/errors.ts";
import { CACHE_CHECKS, type Sample } from "../model/run.ts";
import { counted, formatCount } from "../model/units.ts";
import { hitRates } from "../stats/miss_ratio.ts";
import { isEmbedded } from "../stack/services.ts";
import { insertRows } from "../store/load_rows.ts";
import { openStore } from "../store/open.ts";
import { openRun } from "../store/read.ts";
import { sampleTable } from "../store/tables/sample.ts";
import {
  bytesOfAll,
  type CacheTrace,
  MEMORY_SHARES,
  pointOf,
  readTrace,
  ttlsFor,
} from "../summary/cache_trace.ts";
import { tracedArms } from "../summary/caches.ts";
import { HEADER_BYTES } from "../targets/cache_entry_header.ts";
import { keyPrefix } from "../targets/cache_keys.ts";
import { type OwnLimits, type Replay, replayLookups, withOwnLimits } from "../targets/replay_lookups.ts";
import type { RunOutcome } from "./measure.ts";
import { waitNote } from "./recover.ts";
import type { SystemUnderTest } from "./system_under_test.ts";

/** Of one cache: more are those of a share of the keys. */
const MOST_LOOKUPS = 30_000;
/** A second, at the most. */
const MOST_RATE = 1500;
/** A run that lasted longer is gone through faster. */
const MOST_SECONDS = 20;
/** In less memory Redis's own would count beside that of the entries, bytes. */
const LEAST_MEMORY = 1024 * 1024;

/** A cell of a map: a TTL, s, and a memory as a share of what all entries take. */
export interface Cell {
  readonly ttl: number;
  readonly share: number;
}

/**
 * Really runs other caches with the lookups of a run that is stored, one after the other in the Redis of Benchbook's own, and
 * stores their hit rates with the run. What stops it is told, and costs the run nothing.
 */
export async function verifyCaches(system: SystemUnderTest, { run }: RunOutcome): Promise<void> {
  const { db, arms, plan, stack: { redis }, terminal, signal } = system;
  const asked = plan.arms.filter((arm) => asksToVerify(run.config.settings, arm) > 0)
    .filter(({ name, path }) => path.endsWith("+cache") && arms.some((arm) => arm.name === name));
  if (signal.aborted || asked.length === 0 || !redis.available || !isEmbedded(redis)) return;
  const { url } = redis;
  const samples: Sample[] = [];
  try {
    await terminal.step("Run other caches with the same lookups", async (progress) => {
      const done = await withOwnLimits(url, async (limits) => {
        const add = (arm: PlannedArm, cell: Sample[]) => {
          samples.push(...cell);
          progress(`${formatCount(samples.length / 2)}: ${arm.name}`);
        };
        await runCaches(system, run, asked, (...cell) => checked(limits, url, ...cell, signal), add);
        return true;
      });
      const detail = done === null
        ? "not done, as Benchbook's Redis holds keys of others, which a lower limit would evict"
        : counted(samples.length / 2, "cache");
      return { value: undefined, detail };
    });
  } catch (error) {
    if (!signal.aborted) terminal.print(`! Not all other caches were run: ${(error as Error).message}`);
  }
  if (samples.length > 0) {
    using opened = await openStore(db, { mode: "write", onWait: waitNote(terminal) });
    await insertRows(opened, sampleTable, samples, { run, status: "complete", lastUs: 0 });
  }
  if (signal.aborted) throw new InterruptedError("Interrupted. What was measured is kept.");
}

/** Runs the caches that are asked for, arm by arm. */
async function runCaches(
  { runId, db }: SystemUnderTest,
  run: RunOutcome["run"],
  asked: readonly PlannedArm[],
  check: (arm: string, cell: Cell, trace: CacheTrace) => Promise<Sample[]>,
  add: (arm: PlannedArm, cell: Sample[]) => void,
): Promise<void> {
  const rows = await openRun(runId, { db });
  const traced = await tracedArms(rows, runId);
  for (const arm of asked) {
    const use = traced.find((each) => each.arm === arm.name);
    const trace = use === undefined ? null : await readTrace(rows, runId, use, MOST_LOOKUPS);
    if (trace === null) continue;
    const behaviour = armCacheBehaviour(run.config.settings, arm);
    const cells = chosenCells(
      ttlsFor(behaviour.ttlSeconds, trace),
      bytesOfAll(trace),
      asksToVerify(run.config.settings, arm),
    );
    for (const cell of cells) add(arm, await check(arm.name, cell, trace));
  }
}

/**
 * Cells spread over a map: of all TTLs, with the larger memories.
 * @param all what all entries take, bytes
 */
export function chosenCells(ttls: readonly number[], all: number, count: number): Cell[] {
  const shares = MEMORY_SHARES.slice(-4).filter((share) => share === 1 || share * all >= LEAST_MEMORY);
  const cells = ttls.flatMap((ttl) => shares.map((share) => ({ ttl, share })));
  const chosen = Math.min(count, cells.length);
  return Array.from({ length: chosen }, (_, at) => cells[Math.floor((at + 0.5) * cells.length / chosen)]!);
}

async function checked(
  limits: OwnLimits,
  redisUrl: string,
  arm: string,
  { ttl, share }: Cell,
  trace: CacheTrace,
  signal: AbortSignal,
): Promise<Sample[]> {
  const point = pointOf(ttl, share, bytesOfAll(trace));
  const { replay, speed } = replayOf(trace, signal);
  const prefix = `${keyPrefix(`verify-${crypto.randomUUID()}`)}`;
  const faster = { ...point, ttlSeconds: ttl / speed };
  const measured = await replayLookups(limits, redisUrl, prefix, faster, replay);
  const labels = { arm, ttl: String(ttl), memory: String(share) };
  const [computed] = hitRates(trace, [point]);
  return Object.entries({ computed: computed!, measured }).map(([how, value]) => ({
    atUs: Math.round(trace.atUs.at(-1)!),
    source: "redis",
    metric: CACHE_CHECKS[how as keyof typeof CACHE_CHECKS],
    labels,
    value,
  }));
}

/** The same lookups, all times divided by the speed. */
function replayOf(
  trace: CacheTrace,
  signal: AbortSignal,
): { readonly replay: Replay; readonly speed: number } {
  const { atUs, key, counts, received, loadUs } = trace;
  const first = atUs[0]!;
  const seconds = (atUs.at(-1)! - first) / 1e6;
  const speed = seconds / Math.max(Math.min(seconds, MOST_SECONDS), key.length / MOST_RATE);
  return {
    speed,
    replay: {
      key,
      counts,
      dueUs: atUs.map((us) => (us - first) / speed),
      loadUs: loadUs / speed,
      // Of what arrived for it, without what stands before and around its text.
      textOf: (at) => Math.max(0, received[at]! - HEADER_BYTES - '$65535\r\n\r\n[""]'.length),
      signal,
    },
  };
}
