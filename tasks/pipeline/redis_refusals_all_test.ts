import assert from "node:assert/strict";
import { join } from "node:path";
import { Redis } from "ioredis";
import { withRedis } from "../stack/testing.ts";
import { assertSettledAsFound } from "../testing/facts.ts";
import { lookAround } from "../testing/surroundings.ts";
import { SHORT, withWorkbench } from "./testing.ts";

// Those that any scenario can be asked by: others need a tier.
const CACHED = ["sql+cache", "graphql+cache"];

interface Told {
  readonly run: { readonly runId: string };
  readonly warnings: readonly { readonly code: string; readonly text: string }[];
}

Deno.test("a Redis that is full, that lets a role do little, or that has no password is told, and a bench goes on where it can", () =>
  withRedis((url) =>
    withWorkbench(async (bench) => {
      const redis = new Redis(url, { retryStrategy: () => null, maxRetriesPerRequest: 0 });
      try {
        await redis.config("SET", "maxmemory-policy", "noeviction");
        await redis.config("SET", "maxmemory", "1");
        let before = await lookAround({ redis: url });
        const args = [...SHORT, "--paths", "sql,sql+cache", "--rate", "100", "--no-pdf"];
        const run = (more: readonly string[] = [], redisUrl = url) =>
          bench.call("bench", [...args, ...more], { REDIS_URL: redisUrl });
        const said = /The cache refused [\d,]+ writes? of sql\+cache: OOM command not allowed/;
        const { stdout, stderr, code } = await run(["--json"]);
        assert.ok(code === 0 || code === 4, stderr);
        assert.match(stderr, said);
        const { run: { runId }, warnings } = JSON.parse(stdout) as Told;
        assert.match(warnings.find(({ code }) => code === "cache-refused-writes")!.text, said);
        const page = await Deno.readTextFile(join(bench.reports, runId, "index.html"));
        assert.match(page.replaceAll("&#x27;", "'"), said);

        await assertSettledAsFound(before, () => lookAround({ redis: url }));

        // The same server, as a role that may neither list nor ask for more than a cache needs.
        await redis.config("SET", "maxmemory", "0");
        await redis.call("ACL", "SETUSER", "narrow", "on", ">s3cr3t", "~benchbook:*", "+get", "+set", "+del");
        await redis.set("other", "theirs");
        before = await lookAround({ redis: url });
        const narrow = new URL(url);
        [narrow.username, narrow.password] = ["narrow", "s3cr3t"];
        const asNarrow = await run([], narrow.href);
        const words = asNarrow.stdout + asNarrow.stderr;
        assert.ok(asNarrow.code === 0 || asNarrow.code === 4, words);
        assert.ok(!/defect|s3cr3t|The cache refused/.test(words), words);
        await assertSettledAsFound(before, () => lookAround({ redis: url }));

        // A password that it has not.
        await redis.config("SET", "requirepass", "");
        before = await lookAround({ redis: url });
        const wrong = new URL(url);
        wrong.password = "s3cr3t";
        const refused = await bench.call("bench", [...args.slice(0, -3), "--paths", "sql+cache"], {
          REDIS_URL: wrong.href,
        });
        assert.equal(refused.code, 3, refused.stderr);
        assert.match(refused.stderr, /has no password for that user and the URL gives one/);
        assert.ok(!/defect|s3cr3t/.test(refused.stdout + refused.stderr), refused.stderr);
        await assertSettledAsFound(before, () => lookAround({ redis: url }));
      } finally {
        redis.disconnect();
      }
    })
  ));

Deno.test("a Redis that dies in mid-run costs its lookups, which are counted, and its keys are named as left", () =>
  withRedis((url) =>
    withWorkbench(async (bench) => {
      const redis = new Redis(url, { retryStrategy: () => null, maxRetriesPerRequest: 0 });
      redis.on("error", () => {});
      const args = [
        "--scale",
        "tiny",
        "--duration",
        "4s",
        "--warmup",
        "300ms",
        "--rate",
        "100",
        "--no-report",
      ];
      try {
        const running = bench.start("bench", [...args, "--paths", CACHED.join(","), "--json"], {
          REDIS_URL: url,
        });
        await bench.measuring();
        await redis.call("SHUTDOWN", "NOSAVE").catch(() => {});
        const { stdout, stderr, code } = await running.result;
        assert.equal(code, 3, stderr);
        assert.match(
          stderr,
          /Cannot remove the run's keys from Redis at \S+ \(sql\+cache, graphql\+cache\): .*(ECONNREFUSED|Connection refused)/,
        );
        assert.match(
          stderr,
          /They begin with benchbook:\S+: and expire by themselves; sooner: `redis-cli --scan/,
        );
        const { warnings } = JSON.parse(stdout) as Told;
        const told = warnings.filter(({ code }) => code === "cache-refused-reads").map(({ text }) =>
          text.replace(/[\d,]+(?= lookups)/, "n")
        );
        assert.deepEqual(
          told.sort(),
          CACHED.map((path) => `The cache refused n lookups of ${path}: the connection to Redis was lost.`)
            .sort(),
        );
      } finally {
        redis.disconnect();
      }
    })
  ));

Deno.test("a Redis that fills up in mid-run is stored into no more, and it is told how many keys went", () =>
  withRedis((url) =>
    withWorkbench(async (bench) => {
      const redis = new Redis(url, { retryStrategy: () => null, maxRetriesPerRequest: 0 });
      try {
        await redis.config("SET", "maxmemory-policy", "allkeys-lru");
        await redis.config("SET", "maxmemory", "0");
        for (let key = 0; key < 2000; key++) await redis.set(`theirs:${key}`, "x".repeat(1000));
        const args = [
          "--scale",
          "tiny",
          "--duration",
          "4s",
          "--warmup",
          "300ms",
          "--rate",
          "300",
          "--no-report",
        ];
        const before = await lookAround({ redis: url });
        const running = bench.start("bench", [...args, "--paths", "sql+cache", "--json"], { REDIS_URL: url });
        await bench.measuring();
        const [, used] = /^used_memory:(\d+)/m.exec(await redis.info("memory"))!;
        await redis.config("SET", "maxmemory", String(Number(used) + 20_000));
        const { stdout, stderr, code } = await running.result;
        assert.ok(code === 0 || code === 4, stderr);
        const { warnings } = JSON.parse(stdout) as Told;
        const said = /keys? (was|were) evicted from its Redis while sql\+cache stored into it/;
        assert.match(warnings.find(({ code }) => code === "cache-evicted-keys")?.text ?? "", said);
        assert.match(stderr, said);
        const kept = (await redis.keys("theirs:*")).length;
        assert.ok(kept > 1800, `${kept} of 2000 keys are left`);
        // Which of theirs Redis chose to evict is its own; what it kept is as it was, and nothing of the run is left.
        const evicted = /^- Redis: database 0: key theirs:\d+$/;
        await redis.config("SET", "maxmemory", "0");
        await assertSettledAsFound(before, () => lookAround({ redis: url }), { except: [evicted] });
      } finally {
        redis.disconnect();
      }
    })
  ));
