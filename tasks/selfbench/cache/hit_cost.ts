import process from "node:process";
import { Redis } from "ioredis";
import { USUAL_CACHE } from "../../model/cache_settings.ts";
import { libc } from "../../net/libc.ts";
import { monotonicUs } from "../../net/clock.ts";
import { NativeLoop } from "../../net/native_loop.ts";
import { runtimeNetwork } from "../../net/runtime_channel.ts";
import { rowEntries } from "../../targets/cache_entries.ts";
import { CachedTarget } from "../../targets/cached.ts";
import { type Call, complete, newCall, type Statement } from "../../targets/target.ts";
import { inTurnShown } from "../rounds.ts";

/** CPU of this process for one hit, µs, round by round. */
export interface HitCosts {
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
}

const STATEMENT: Statement = {
  operationId: 0,
  name: "customer-orders",
  write: false,
  text: "",
  parameters: ["customer_id", "until", "page_size"],
};
/** A page of orders, as the shipped scenarios ask for most. */
const ROWS = Array.from({ length: 10 }, (_, at) => ({
  order_id: 10_248 + at,
  order_date: "2025-11-03",
  shipped_date: "2025-11-09",
  freight: "32.38",
  ship_name: "Vins et alcools Chevalier",
  lines: 3,
  total: "440.00",
}));
const KEYS = 50;
/** Longer than it takes. */
const TTL_SECONDS = 3600;

/** A cached path's hit beside a bare GET of the same value by ioredis: one after the other, in turn. */
export async function hitCosts(
  redisUrl: string,
  prefix: string,
  { rounds, hits }: { readonly rounds: number; readonly hits: number },
  progress: (text: string) => void,
): Promise<HitCosts> {
  // What fills the cache, and what a JavaScript engine compiles, is not measured.
  await ourCost(redisUrl, prefix, hits);
  const redis = new Redis(redisUrl);
  try {
    await getAll(redis, prefix, hits);
    const measured = await inTurnShown(rounds, [
      { name: "Benchbook", run: () => ourCost(redisUrl, prefix, hits) },
      { name: "ioredis", run: () => cpuUs(() => getAll(redis, prefix, hits), hits) },
    ], progress);
    return {
      ours: measured.map((round) => round["Benchbook"]!),
      theirs: measured.map((round) => round["ioredis"]!),
    };
  } finally {
    redis.disconnect();
  }
}

/** The cached path's, on a loop as generator threads have it: that one lets nothing else go on, so it ends with each round. */
async function ourCost(redisUrl: string, prefix: string, hits: number): Promise<number> {
  const symbols = libc();
  const loop = symbols === null ? null : new NativeLoop(symbols);
  const cached = new CachedTarget(source, {
    redisUrl,
    prefix,
    entries: rowEntries,
    behaviour: { ...USUAL_CACHE, ttlSeconds: TTL_SECONDS },
    nowUs: monotonicUs,
    random: () => 0.5,
    network: loop ?? runtimeNetwork,
  });
  try {
    await cached.open();
    await askAll(cached, KEYS);
    return await cpuUs(() => askAll(cached, hits), hits);
  } finally {
    await cached.close();
    loop?.close();
  }
}

const source = {
  open: () => Promise.resolve(),
  close: () => Promise.resolve(),
  run(call: Call) {
    complete(call, monotonicUs(), "ok", null);
    call.rows = ROWS.length;
    call.answer = ROWS;
    call.onDone();
  },
};

function valuesOf(nth: number): [string, string, number] {
  return [`CUST${nth % KEYS}`, "2025-12-31", 10];
}

function askAll(cached: CachedTarget, count: number): Promise<void> {
  return new Promise((resolve) => {
    let nth = 0;
    const next = () => {
      if (nth === count) return resolve();
      const call = newCall(STATEMENT, valuesOf(nth++));
      call.onDone = next;
      cached.prepare(call);
      cached.run(call);
    };
    next();
  });
}

async function getAll(redis: Redis, prefix: string, count: number): Promise<void> {
  for (let nth = 0; nth < count; nth++) {
    const value = await redis.get(`${prefix}${STATEMENT.name}:${JSON.stringify(valuesOf(nth))}`);
    if (value === null) throw new Error("an entry is gone that was to be read");
  }
}

async function cpuUs(work: () => Promise<void>, count: number): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}
