import { type CacheBehaviour, USUAL_CACHE } from "../../model/cache_settings.ts";
import { monotonicUs } from "../../net/clock.ts";
import { exponential } from "../../random/distributions.ts";
import { counter } from "../../random/counter.ts";
import { rowEntries } from "../../targets/cache_entries.ts";
import { CachedTarget } from "../../targets/cached.ts";
import { type Call, complete, newCall, type Statement, type Target } from "../../targets/target.ts";

/** Ways to meet a stampede. */
export const PROTECTIONS = {
  "no protection": { singleFlight: "off" },
  "single flight": { singleFlight: "all" },
  "XFetch": { singleFlight: "off", strategy: "xfetch" },
  "both": { singleFlight: "all", strategy: "xfetch" },
} as const satisfies Readonly<Record<string, Partial<CacheBehaviour>>>;

/** What an expiry came to: how many loads, and how many requests that waited. */
export interface Expiry {
  readonly loads: number;
  readonly waited: number;
}

/** Caches that have nothing but Redis in common, as those of processes have. */
const PROCESSES = 4;
const HOT_KEYS = 8;
/** Of each key, over all processes. */
const RATE = 200;
/** How long what lies behind the caches takes, always, and how long it is kept. */
export interface SlowLoads {
  readonly loadMs: number;
  readonly ttlSeconds: number;
}
const LOADS: SlowLoads = { loadMs: 100, ttlSeconds: 1 };
/**
 * XFetch counts on an entry being there when its load is over. The milliseconds until it is asked for, stored and found,
 * on a busy machine a tenth of 100 ms, are time in which others load too: e to the power of that time in loads.
 */
const XFETCH_LOADS: SlowLoads = { loadMs: 300, ttlSeconds: 3 };

/** What is kept how long where a protection is measured. */
export function loadsOf(protection: keyof typeof PROTECTIONS): SlowLoads {
  return protection === "XFetch" ? XFETCH_LOADS : LOADS;
}

/** In so many load times one is stored, also where the machine is busy. */
const STORED_LOADS = 1.5;
const STATEMENT: Statement = { operationId: 0, name: "hot", write: false, text: "", parameters: ["id"] };

/** When a load began or a request was sent that had to wait, by key. */
export interface Event {
  readonly key: number;
  readonly us: number;
  readonly kind: "load" | "wait";
}

/**
 * Keys that expire again and again while they are asked for, until that has happened so often; the loads that fill an empty
 * cache are no expiry.
 */
export async function stampede(
  redisUrl: string,
  prefix: string,
  protection: keyof typeof PROTECTIONS,
  expiries: number,
): Promise<Expiry[]> {
  const events: Event[] = [];
  const { loadMs, ttlSeconds } = loadsOf(protection);
  const behaviour = { ...USUAL_CACHE, jitter: 0, ttlSeconds, ...PROTECTIONS[protection] };
  const random = counter(1, `stampede ${protection}`);
  let drawn = 0;
  const draw = () => random.float(drawn++);
  const caches = Array.from({ length: PROCESSES }, () =>
    new CachedTarget(slowSource(events, loadMs), {
      redisUrl,
      prefix: `${prefix}${protection}:`,
      entries: rowEntries,
      behaviour,
      nowUs: monotonicUs,
      random: draw,
    }));
  try {
    for (const cache of caches) await cache.open();
    const seconds = 0.5 + ttlSeconds * (2 + Math.ceil(expiries / HOT_KEYS));
    await ask(caches, seconds, events, draw);
    return expiriesOf(events, loadMs);
  } finally {
    await Promise.all(caches.map((cache) => cache.close()));
  }
}

function slowSource(events: Event[], loadMs: number): Target {
  return {
    open: () => Promise.resolve(),
    close: () => Promise.resolve(),
    run(call) {
      events.push({ key: call.values[0] as number, us: monotonicUs(), kind: "load" });
      setTimeout(() => {
        complete(call, monotonicUs(), "ok", null);
        call.rows = 1;
        call.answer = [{ id: call.values[0] }];
        call.onDone();
      }, loadMs);
    },
  };
}

/** An open loop: requests arrive by chance, whatever became of those before. */
async function ask(
  caches: readonly CachedTarget[],
  seconds: number,
  events: Event[],
  draw: () => number,
): Promise<void> {
  const beganUs = monotonicUs();
  const endUs = beganUs + seconds * 1e6;
  let dueUs = beganUs;
  const under = new Set<Promise<void>>();
  while (dueUs < endUs) {
    const nowUs = monotonicUs();
    for (; dueUs <= nowUs && dueUs < endUs; dueUs += exponential(draw(), 1e6 / (RATE * HOT_KEYS))) {
      const key = Math.floor(draw() * HOT_KEYS);
      const sent = askOne(caches[Math.floor(draw() * caches.length)]!, key, events);
      under.add(sent);
      void sent.then(() => under.delete(sent));
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(under);
}

function askOne(cache: CachedTarget, key: number, events: Event[]): Promise<void> {
  const call: Call = newCall(STATEMENT, [key]);
  const us = monotonicUs();
  return new Promise((resolve) => {
    call.onDone = () => {
      if (call.cache !== "hit") events.push({ key, us, kind: "wait" });
      resolve();
    };
    cache.run(call);
  });
}

/**
 * What belongs to one expiry of a key: the loads that begin until the first of them is stored, and who waited for them. A
 * load that begins after that is of the next one, however soon: early loads come by chance.
 */
export function expiriesOf(events: readonly Event[], loadMs: number): Expiry[] {
  const storedUs = STORED_LOADS * loadMs * 1000;
  const found: Expiry[] = [];
  for (const of of Map.groupBy(events, ({ key }) => key).values()) {
    const loads = of.filter(({ kind }) => kind === "load").map(({ us }) => us).sort((a, b) => a - b);
    const firsts: number[] = [];
    for (const us of loads) if (us > (firsts.at(-1) ?? -Infinity) + storedUs) firsts.push(us);
    // The last may not be over.
    for (let at = 1; at < firsts.length - 1; at++) {
      const [from, to] = [firsts[at]! - storedUs / 4, firsts[at + 1]! - storedUs / 4];
      const within = of.filter(({ us }) => us >= from && us < to);
      found.push({
        loads: within.filter(({ kind }) => kind === "load").length,
        waited: within.filter(({ kind }) => kind === "wait").length,
      });
    }
  }
  return found;
}
