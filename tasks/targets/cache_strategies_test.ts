import assert from "node:assert/strict";
import { Redis } from "ioredis";
import { type CacheBehaviour, USUAL_CACHE } from "../model/cache_settings.ts";
import { eventually } from "../net/testing.ts";
import { withRedis } from "../stack/testing.ts";
import { rowEntries } from "./cache_entries.ts";
import { CachedTarget } from "./cached.ts";
import { STALL_MS } from "./stall_watch.ts";
import { type Call, complete, newCall, type Statement, type Target } from "./target.ts";

const PREFIX = "benchbook:run-1:sql+cache:";
const READ: Statement = {
  operationId: 0,
  name: "orders",
  write: false,
  text: "",
  parameters: ["customer_id", "page"],
  tag: { family: "orders", at: [0] },
};
const WRITE: Statement = {
  ...READ,
  name: "place-order",
  write: true,
  parameters: ["customer_id"],
  tag: undefined,
  outdates: [{ family: "orders", at: [0] }],
};

/** What lies behind caches: it answers when it is told to, with what is true then. */
class Source implements Target {
  readonly asked: Call[] = [];
  rows: readonly Record<string, unknown>[] = [{ total: 1 }];

  open = () => Promise.resolve();
  close = () => Promise.resolve();

  run(call: Call): void {
    const { rows } = this;
    // As a database does: the answer is of the moment of the question.
    call.answer = rows;
    call.rows = rows.length;
    this.asked.push(call);
    call.abort = () => {
      const at = this.asked.indexOf(call);
      if (at >= 0) this.asked.splice(at, 1);
      call.onDone();
    };
  }

  /** Answers the oldest question. */
  answer(outcome: "ok" | "failed" = "ok"): void {
    const call = this.asked.shift()!;
    complete(call, 1, outcome, outcome === "ok" ? null : "XX000");
    call.onDone();
  }
}

/** Caches of several threads or processes before one source: nothing but Redis is common to them. */
interface Caches {
  readonly source: Source;
  readonly caches: readonly CachedTarget[];
  readonly redis: Redis;
  /** The clock of all. */
  readonly clock: { us: number };
}

async function withCaches(
  url: string,
  behaviour: Partial<CacheBehaviour>,
  use: (caches: Caches) => Promise<void>,
  random: () => number = () => 0.5,
): Promise<void> {
  const source = new Source();
  const clock = { us: 1e6 };
  const caches = [0, 1].map(() =>
    new CachedTarget(source, {
      redisUrl: url,
      prefix: PREFIX,
      entries: rowEntries,
      behaviour: { ...USUAL_CACHE, jitter: 0, ...behaviour },
      // None is lost because the machine has no time to renew it.
      lockMs: 60_000,
      nowUs: () => clock.us,
      clockUs: () => clock.us,
      random,
    })
  );
  const redis = new Redis(url);
  try {
    for (const cache of caches) await cache.open();
    await use({ source, caches, redis, clock });
  } finally {
    await Promise.all(caches.map((cache) => cache.close()));
    await redis.flushall();
    redis.disconnect();
  }
}

/** Sends a call on its way; `done` resolves with it. */
function ask(cache: CachedTarget, statement = READ, values: readonly (string | number)[] = ["VINET", 1]) {
  const call = newCall(statement, values, true);
  const done = new Promise<Call>((resolve) => call.onDone = () => resolve(call));
  cache.run(call);
  return { call, done };
}

/** Asks what only has to be loaded, and answers it. */
async function load(
  { source }: Caches,
  cache: CachedTarget,
  values?: readonly (string | number)[],
): Promise<Call> {
  const { done } = ask(cache, READ, values);
  await eventually(() => source.asked.length > 0);
  source.answer();
  const call = await done;
  await settled(cache);
  return call;
}

/** All that was sent to Redis before is done: a question to it is answered in turn. */
async function settled(cache: CachedTarget): Promise<void> {
  const { call, done } = ask(cache, { ...READ, name: "settled", tag: undefined });
  await eventually(() => call.cache !== null);
  call.abort?.();
  await done;
}

const told = ({ cache, loaded, ageUs, answer }: Call) => [
  cache,
  loaded,
  Number.isNaN(ageUs) ? null : ageUs / 1e6,
  (answer as { total: number }[])[0]?.total ?? null,
];

Deno.test("cache strategies against a real Redis, with two caches that share nothing else", (t) =>
  withRedis(async (url) => {
    await t.step(
      "cache-aside: an answer is as old as its question, and is loaded anew after its TTL",
      () =>
        withCaches(url, {}, async (all) => {
          const { source, caches: [one, other], clock } = all;
          const { call, done } = ask(one!);
          await eventually(() => source.asked.length > 0);
          clock.us += 2e6;
          source.answer();
          await done;
          assert.deepEqual(told(call), ["miss", true, null, 1]);
          await settled(one!);
          assert.deepEqual([one!.slowestLoadUs(), one!.slowestLoadUs()], [2e6, 0]);
          clock.us += 3e6;
          // Two seconds to load, and three since.
          assert.deepEqual(told(await ask(other!).done), ["hit", false, 5, 1]);
          clock.us += 57e6 + 1;
          source.rows = [{ total: 2 }];
          // Redis's own clock has hardly moved: the entry tells itself that it is over.
          assert.deepEqual(told(await load(all, other!)), ["miss", true, null, 2]);
          assert.equal(new Set([call, await ask(one!).done].map(({ keyHash }) => keyHash)).size, 1);
        }),
    );

    await t.step(
      "stale-while-revalidate: what is over is answered while one loads it anew, for so long",
      () =>
        withCaches(url, { strategy: "stale-while-revalidate", staleSeconds: 30 }, async (all) => {
          const { source, caches: [one], clock } = all;
          await load(all, one!);
          source.rows = [{ total: 2 }];
          clock.us += 70e6;
          assert.deepEqual(told(await ask(one!).done), ["stale", false, 70, 1]);
          assert.deepEqual(told(await ask(one!).done), ["stale", false, 70, 1]);
          assert.equal(source.asked.length, 1);
          source.answer();
          await settled(one!);
          assert.deepEqual(told(await ask(one!).done), ["hit", false, 0, 2]);
          assert.equal(one!.backgroundLoads(), 1);
          assert.equal(one!.backgroundLoads(), 0);
          clock.us += 90e6 + 1;
          assert.deepEqual(told(await load(all, one!)), ["miss", true, null, 2]);
        }),
    );

    await t.step("xfetch: an entry is loaded anew before its end, and nobody waits", () => {
      let drawn = 0.5;
      return withCaches(url, { strategy: "xfetch" }, async (all) => {
        const { source, caches: [one], clock } = all;
        const { done } = ask(one!);
        await eventually(() => source.asked.length > 0);
        clock.us += 1e6;
        source.answer();
        await done;
        await settled(one!);
        clock.us += 58e6;
        source.rows = [{ total: 2 }];
        // Two seconds are left, a load takes one: early with the probability exp(-2).
        drawn = 1 - 0.136;
        assert.deepEqual(told(await ask(one!).done), ["hit", false, 59, 1]);
        assert.equal(source.asked.length, 0);
        drawn = 1 - 0.135;
        assert.deepEqual(told(await ask(one!).done), ["hit", false, 59, 1]);
        assert.equal(source.asked.length, 1);
        source.answer();
        await settled(one!);
        drawn = 0;
        assert.deepEqual(told(await ask(one!).done), ["hit", false, 0, 2]);
      }, () => drawn);
    });

    await t.step(
      "none: Redis is not asked, and keys are known all the same",
      () =>
        withCaches(url, { strategy: "none" }, async ({ source, caches: [one], redis }) => {
          const asked = [ask(one!), ask(one!)];
          assert.equal(source.asked.length, 2);
          source.answer();
          source.answer();
          for (const { done } of asked) {
            const call = await done;
            assert.deepEqual([call.cache, call.loaded], [null, true]);
            assert.ok(call.keyHash > 0);
          }
          assert.equal(await redis.dbsize(), 0);
        }),
    );

    for (const [singleFlight, loads] of [["off", 6], ["process", 2], ["all", 1]] as const) {
      await t.step(
        `single flight ${singleFlight}: six who miss at once, in two processes, ask ${loads}`,
        () =>
          withCaches(url, { singleFlight }, async ({ source, caches, redis }) => {
            const asked = [0, 1, 0, 1, 0, 1].map((nth) => ask(caches[nth]!));
            await eventually(() =>
              source.asked.length >= loads && asked.every(({ call }) => call.cache === "miss")
            );
            // Whoever waits for another's load looks again and again, and asks nothing.
            const before = Number(/total_commands_processed:(\d+)/.exec(await redis.info("stats"))![1]);
            await eventually(async () =>
              Number(/total_commands_processed:(\d+)/.exec(await redis.info("stats"))![1]) >= before + 20
            );
            assert.equal(source.asked.length, loads);
            for (let nth = 0; nth < loads; nth++) source.answer();
            const calls = await Promise.all(asked.map(({ done }) => done));
            assert.deepEqual(calls.map(({ outcome, rows }) => [outcome, rows]), calls.map(() => ["ok", 1]));
            assert.equal(calls.filter(({ loaded }) => loaded).length, loads);
            assert.deepEqual([...new Set(calls.map(({ cache }) => cache))], ["miss"]);
            // Either may have loaded; what settles takes a lock of its own, which goes a moment later.
            for (const cache of caches) await settled(cache);
            assert.deepEqual((await redis.keys("*lock*")).filter((key) => !key.includes(":settled:")), []);
          }),
      );
    }

    await t.step(
      "single flight all: the next takes over from a load that fails",
      () =>
        withCaches(url, { singleFlight: "all" }, async ({ source, caches }) => {
          const [first, second] = [ask(caches[0]!), ask(caches[1]!)];
          await eventually(() => source.asked.length === 1);
          source.answer("failed");
          await eventually(() => source.asked.length === 1);
          source.answer();
          const outcomes = (await Promise.all([first.done, second.done])).map(({ outcome }) => outcome)
            .sort();
          assert.deepEqual(outcomes, ["failed", "ok"]);
        }),
    );

    await t.step(
      "single flight all: one that is given up by all frees its lock",
      () =>
        withCaches(url, { singleFlight: "all" }, async ({ source, caches, redis }) => {
          const { call, done } = ask(caches[0]!);
          await eventually(() => source.asked.length === 1);
          const { abort } = call;
          complete(call, 2, "timeout", null);
          abort!();
          await done;
          await eventually(async () => await redis.dbsize() === 0);
        }),
    );

    await t.step("single flight all: who joins an early load that another makes waits for that one", () => {
      let drawn = 0.5;
      return withCaches(
        url,
        { singleFlight: "all", strategy: "xfetch" },
        async ({ source, caches, clock }) => {
          const [one, other] = caches;
          const first = ask(one!);
          await eventually(() => source.asked.length === 1);
          clock.us += 1e6;
          source.answer();
          await first.done;
          await settled(one!);
          clock.us += 59e6;
          source.rows = [{ total: 2 }];
          drawn = 0.9;
          assert.equal((await ask(one!).done).cache, "hit");
          await eventually(() => source.asked.length === 1);
          // The other wants to load early as well; before it knows that it may not, somebody joins whose entry is over.
          const early = ask(other!);
          const { onDone } = early.call;
          early.call.onDone = () => {
            clock.us += 2e6;
            onDone();
          };
          const joined = ask(other!);
          await eventually(() => joined.call.cache === "miss");
          assert.deepEqual([early.call.cache, source.asked.length], ["hit", 1]);
          source.answer();
          assert.deepEqual(told(await joined.done), ["miss", false, 2, 2]);
        },
        () => drawn,
      );
    });

    await t.step(
      "negative: what is not there is forgotten sooner",
      () =>
        withCaches(url, { negativeSeconds: 5 }, async (all) => {
          const { source, caches: [one], redis } = all;
          const ttl = async () => await redis.pttl(`${PREFIX}orders:["VINET",1]`);
          source.rows = [];
          await load(all, one!);
          assert.ok(await ttl() <= 5000);
          assert.deepEqual([(await ask(one!).done).rows, (await ask(one!).done).cache], [0, "hit"]);
          await redis.flushall();
          source.rows = [{ total: 1 }];
          await load(all, one!);
          assert.ok(await ttl() > 5000);
        }),
    );

    await t.step(
      "compressed: what is long is stored shorter, and answered as it was",
      () =>
        withCaches(url, { compressAbove: 1000 }, async (all) => {
          const { source, caches: [one], redis } = all;
          source.rows = [{ total: 1, text: "käse ".repeat(1000) }];
          await load(all, one!);
          assert.ok(await redis.strlen(`${PREFIX}orders:["VINET",1]`) < 500);
          assert.deepEqual((await ask(one!).done).answer, source.rows);
        }),
    );

    await t.step(
      "tags: who asks after a write gets nothing from before it, in any process",
      () =>
        withCaches(url, { invalidation: "tags" }, async (all) => {
          const { source, caches: [one, other] } = all;
          await load(all, one!);
          await load(all, one!, ["HANAR", 1]);
          const write = async (outcome: "ok" | "failed") => {
            const { done } = ask(other!, WRITE, ["VINET"]);
            source.answer(outcome);
            await done;
          };
          const invalidated = () => other!.invalidations().reduce((sum, { n }) => sum + n, 0);
          await write("failed");
          // The first time says that they are counted.
          assert.deepEqual([other!.invalidations().length, invalidated()], [1, 0]);
          assert.equal((await ask(one!).done).cache, "hit");
          // A question before the write, answered after it.
          const early = ask(other!, READ, ["VINET", 2]);
          await eventually(() => source.asked.length === 1);
          const [late] = source.asked.splice(0);
          source.rows = [{ total: 2 }];
          await write("ok");
          source.asked.push(late!);
          source.answer();
          await early.done;
          await settled(other!);
          assert.deepEqual(told(await load(all, one!)), ["miss", true, null, 2]);
          assert.deepEqual(told(await load(all, one!, ["VINET", 2])), ["miss", true, null, 2]);
          // Others' entries are as they were.
          assert.equal((await ask(one!, READ, ["HANAR", 1]).done).cache, "hit");
          assert.equal((await ask(other!).done).cache, "hit");
          assert.deepEqual([invalidated(), invalidated()], [1, 0]);
        }),
    );

    await t.step(
      "write-through: what was asked for is loaded anew by the write, and then a hit",
      () =>
        withCaches(url, { strategy: "write-through", invalidation: "tags" }, async (all) => {
          const { source, caches: [one] } = all;
          await load(all, one!);
          source.rows = [{ total: 2 }];
          const { done } = ask(one!, WRITE, ["VINET"]);
          source.answer();
          await done;
          assert.equal(source.asked.length, 1);
          source.answer();
          await settled(one!);
          assert.deepEqual(told(await ask(one!).done), ["hit", false, 0, 2]);
          assert.equal(one!.backgroundLoads(), 1);
        }),
    );

    await t.step(
      "a Redis that stalls is stepped around, and asked again when it goes on",
      () =>
        withCaches(url, {}, async (all) => {
          const { source, caches: [one], redis } = all;
          await load(all, one!);
          const pid = Number(/process_id:(\d+)/.exec(await redis.info("server"))![1]);
          Deno.kill(pid, "SIGSTOP");
          try {
            const beganMs = performance.now();
            const asked = Array.from({ length: 50 }, () => ask(one!));
            await eventually(() => source.asked.length > 0);
            assert.ok(performance.now() - beganMs >= STALL_MS - 150, "that was no stall yet");
            source.answer();
            for (const { done } of asked) assert.deepEqual((await done).cache, "bypass");
            // Nobody waits any more.
            const later = ask(one!);
            assert.equal(source.asked.length, 1);
            source.answer();
            assert.equal((await later.done).cache, "bypass");
          } finally {
            Deno.kill(pid, "SIGCONT");
          }
          const reasons = one!.refusals();
          assert.deepEqual(reasons.map(({ doing, count }) => [doing, count]), [["read", 50], ["read", 1]]);
          assert.match(reasons[0]!.reason, /^STALLED no answer within 500 ms/);
          await eventually(async () => {
            const { call, done } = ask(one!);
            if (source.asked.length > 0) source.answer();
            await done;
            return call.cache === "hit";
          });
        }),
    );

    await t.step(
      "single flight all: a loader that dies is replaced when its lock has run out",
      () =>
        withCaches(url, { singleFlight: "all" }, async (all) => {
          const { source, caches: [one], redis } = all;
          const loader = await spawnLoader(url);
          const lock = `${PREFIX}lock:orders:["VINET",1]`;
          // It is renewed as long as the loader lives.
          await eventually(async () => await redis.exists(lock) === 1);
          const waiting = ask(one!);
          await eventually(() => waiting.call.cache === "miss");
          assert.equal(source.asked.length, 0);
          loader.kill("SIGKILL");
          await loader.status;
          await eventually(() => source.asked.length === 1);
          source.answer();
          assert.deepEqual(told(await waiting.done), ["miss", true, null, 1]);
        }),
    );
  }));

/** Another process with a cache before a source that never answers, once it has asked it. */
async function spawnLoader(url: string): Promise<Deno.ChildProcess> {
  const loader = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", new URL("testing_loader.ts", import.meta.url).pathname, url, PREFIX],
    stdout: "piped",
  }).spawn();
  const reader = loader.stdout.getReader();
  await reader.read();
  await reader.cancel();
  return loader;
}
