import type { Config } from "../../config.ts";
import { formatBytes, formatCount, formatShare } from "../../model/units.ts";
import { forgetKeys, keyPrefix } from "../../targets/cache_keys.ts";
import { contest, type Finding, finding } from "../finding.ts";
import { measurePart, type PartContext, type PartFindings } from "../measure_part.ts";
import { partCommand, readPart } from "../options.ts";
import { spread } from "../spread.ts";
import { isEmbedded } from "../../stack/services.ts";
import { type CheckedPoint, checkedPoints } from "./curve.ts";
import { type HitCosts, hitCosts } from "./hit_cost.ts";
import { type Expiry, loadsOf, PROTECTIONS, stampede } from "./stampede.ts";

/** What `selfbench cache` is to measure. */
interface CacheBenchPlan {
  readonly rounds: number;
  /** Of each side and round. */
  readonly hits: number;
  /** For each protection. */
  readonly expiries: number;
  /** At each point of a TTL and a memory. */
  readonly lookups: number;
}

type Protection = keyof typeof PROTECTIONS;

const MOST_COST = 1.25;
const THEORY = Math.E;
const THEORY_SHARE = 0.1;
const NOBODY_WAITS = 0.99;
const MOST_POINTS = 2;

/** `selfbench cache`: measures and prints. @throws {UsageError} for a command line that cannot be meant */
export async function cachePart(args: readonly string[], config: Config): Promise<void> {
  const task = partCommand(
    "cache",
    "Measure what a cache hit costs, and how often a hot key that expires is loaded.",
    {
      rounds: ["times a hit's cost is measured", "number of rounds", 1, 100],
      hits: ["hits each time", "number of hits", 100, 10_000_000],
      expiries: ["expiries of hot keys for each protection", "number of expiries", 1, 100_000],
      lookups: ["lookups at each point whose hit rate is computed", "number of lookups", 100, 10_000_000],
    },
  );
  const { json, ...plan } = readPart<CacheBenchPlan>(task, args);
  await measurePart("cache", { json, config }, ["sql+cache"], (context) => benchCache(plan, context));
}

async function benchCache(
  { rounds, hits, expiries, lookups }: CacheBenchPlan,
  { stack, terminal }: PartContext,
): Promise<PartFindings> {
  const { redis } = stack;
  if (!redis.available) return { findings: [], notMeasured: [`cache: ${redis.reason}`] };
  const prefix = keyPrefix(`selfbench-${crypto.randomUUID()}`);
  try {
    const costs = await terminal.step("Ask for what is cached", async (progress) => ({
      value: await hitCosts(redis.url, prefix, { rounds, hits }, progress),
    }));
    const found = {} as Record<Protection, Expiry[]>;
    for (const protection of Object.keys(PROTECTIONS) as Protection[]) {
      found[protection] = await terminal.step(`Let hot keys expire: ${protection}`, async () => {
        const value = await stampede(redis.url, prefix, protection, expiries);
        return { value, detail: `${formatCount(value.length)} expiries` };
      });
    }
    // A server of the user's keeps its settings.
    const points = !isEmbedded(redis)
      ? []
      : await terminal.step("Compute and measure hit rates", async () => ({
        value: await checkedPoints(redis.url, prefix, lookups),
      }));
    return {
      findings: [...cacheFindings(costs, found), ...curveFindings(points)],
      notMeasured: points.length > 0 ? [] : [
        `hit rates under maxmemory: ${
          isEmbedded(redis) ? "others have keys in that Redis" : "REDIS_URL names a server of yours"
        }`,
      ],
    };
  } finally {
    await forgetKeys(redis.url, prefix, { ofAnother: true });
  }
}

/** @param points none where they were not measured */
export function curveFindings(points: readonly CheckedPoint[]): Finding[] {
  if (points.length === 0) return [];
  const off = points.map(({ computed, measured }) => 100 * Math.abs(computed - measured));
  const told = points.map(({ ttlSeconds, memoryBytes, computed, measured }) =>
    `${ttlSeconds} s, ${memoryBytes === Infinity ? "room for all" : formatBytes(memoryBytes)}: ${
      formatShare(computed)
    } computed, ${formatShare(measured)} measured`
  );
  return [finding({
    what: "hit rates of other TTLs and memories, computed from one run",
    unit: "points off",
    ours: spread(off),
    goal: `≤ ${MOST_POINTS} points`,
    reached: Math.max(...off) <= MOST_POINTS,
    note: told.join("; "),
  })];
}

/** @param found expiries by protection */
export function cacheFindings(
  { ours, theirs }: HitCosts,
  found: Readonly<Record<Protection, readonly Expiry[]>>,
): Finding[] {
  const cost = contest(
    {
      what: "CPU of the client for a hit",
      unit: "µs",
      peer: "ioredis GET",
      note:
        "the same value, one after the other; ours with the key made, the entry's checksum and its age judged",
    },
    ours,
    theirs,
    null,
  );
  return [
    { ...cost, goal: `ratio ≤ ${MOST_COST}`, reached: cost.ratio!.median <= MOST_COST },
    ...(Object.keys(PROTECTIONS) as Protection[]).flatMap((protection) =>
      expiryFindings(protection, found[protection])
    ),
  ];
}

function loadText(protection: Protection): string {
  return `a load takes ${loadsOf(protection).loadMs} ms`;
}

function expiryFindings(protection: Protection, expiries: readonly Expiry[]): Finding[] {
  const what = `loads an expiry, ${protection}`;
  if (expiries.length === 0) return [finding({ what, unit: "", note: "no key expired" })];
  const loads = expiries.map((expiry) => expiry.loads);
  const mean = loads.reduce((sum, each) => sum + each, 0) / loads.length;
  const ours = { ...spread(loads), median: mean };
  const about = `the mean and the range of ${formatCount(loads.length)} expiries`;
  const unwaited = expiries.filter(({ waited }) => waited === 0).length / expiries.length;
  switch (protection) {
    case "no protection":
      return [
        finding({
          what,
          unit: "",
          ours,
          note: `${about}; 200 requests/s of each key, ${loadText(protection)}`,
        }),
      ];
    case "single flight":
      return [finding({ what, unit: "", ours, goal: "1", reached: ours.high === 1, note: about })];
    case "XFetch":
      return [finding({
        what,
        unit: "",
        ours,
        goal: "e ± 10 %",
        reached: Math.abs(mean / THEORY - 1) <= THEORY_SHARE,
        note: `${about}; ${loadText(protection)}`,
      })];
    case "both":
      return [
        finding({ what, unit: "", ours, goal: "1", reached: ours.high === 1, note: about }),
        finding({
          what: "expiries for which nobody waited, both",
          unit: "%",
          ours: spread([unwaited * 100]),
          goal: `≥ ${formatShare(NOBODY_WAITS)}`,
          reached: unwaited >= NOBODY_WAITS,
        }),
      ];
  }
}
