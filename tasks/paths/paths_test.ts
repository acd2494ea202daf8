import assert from "node:assert/strict";
import { join } from "node:path";
import { Redis } from "ioredis";
import { Client } from "pg";
import { armsOf, loadWorkload } from "../load/arms.ts";
import {
  clearCaches,
  expectArmKeys,
  type OpenTargets,
  openTargets,
  tellArmKeys,
} from "../load/open_targets.ts";
import type { Arm } from "../load/plan.ts";
import { monotonicUs } from "../net/clock.ts";
import { eventually } from "../net/testing.ts";
import { NORTHWIND, withSeededStack } from "../pipeline/testing.ts";
import { identify, isAlive } from "../stack/process.ts";
import { firstDifference, normaliseGraphql, normaliseSql } from "../targets/normalise.ts";
import { askOnce, type Call, newCall, type Statement, type Target, type Value } from "../targets/target.ts";
import { questionFile } from "../targets/workload.ts";
import { type Endpoints, isDirect } from "./path.ts";
import { pathOf, PATHS, paths } from "./registry.ts";

const DIR = join(import.meta.dirname!, "../../queries/workloads/access-paths");
const PREFIX = "benchbook:paths:";
const SESSION = "benchbook paths load";
const CONNECTIONS = 2;
const SCENARIO = {
  workload: "access-paths",
  streams: [{
    name: "main",
    arrivals: "constant" as const,
    rate: 1,
    stages: null,
    session: null,
    first: 0,
    count: 1,
  }],
  paths: PATHS,
  operations: [{
    name: "customer-orders",
    weight: 1,
    params: {
      customer_id: { kind: "choice" as const, values: ["ALFKI"] },
      until: { kind: "choice" as const, values: ["2025-12-31"] },
      page_size: { kind: "integer" as const, min: 5, max: 5 },
    },
  }],
};

async function ask(target: Target, statement: Statement, values: readonly Value[] = []): Promise<Call> {
  const call = newCall(statement, values, true);
  await askOnce(target, call);
  return call;
}

const said = ({ answer }: Call) => answer instanceof Error ? answer.message : JSON.stringify(answer);

Deno.test("every path of the registry answers as direct SQL does, and a cache before it keeps its answers apart", async (t) => {
  await withSeededStack(async (stack) => {
    const url = await stack.databaseUrl(NORTHWIND);
    const graphql = await stack.graphql(url, ["northwind"]);
    assert.ok(graphql.available && stack.redis.available);
    const redis = new Redis(stack.redis.url, { retryStrategy: () => null, maxRetriesPerRequest: 0 });
    redis.on("error", () => {});
    const admin = new Client({ connectionString: url });
    await admin.connect();
    const { rows: [customer] } = await admin.query("SELECT customer_id FROM northwind.customers LIMIT 1");
    const [question] = await loadWorkload(DIR, SCENARIO);
    const values = [customer.customer_id as string, "2025-12-31", 5];
    const endpoints = (redisUrl: string): Endpoints => ({
      postgres: { url, session: SESSION },
      graphql: { url: graphql.url, headers: graphql.headers },
      cache: { redisUrl, prefix: PREFIX, ttlSeconds: 60 },
    });
    /** One arm a path, named otherwise than it. */
    const withArms = async (
      redisUrl: string,
      use: (arms: readonly Arm[], targets: OpenTargets) => Promise<void>,
    ) => {
      const at = endpoints(redisUrl);
      const named = paths.map((path, nth) => ({ name: `arm ${nth}`, target: path.targetAt(at) }));
      const { arms } = armsOf(SCENARIO, [question!], named);
      const targets = await openTargets(arms, { connections: CONNECTIONS, nowUs: monotonicUs, seed: 1 });
      try {
        await use(arms, targets);
      } finally {
        await targets.close();
      }
    };
    const canonical = ({ answer }: Call, { target }: Arm) => {
      const asked = questionFile(question!, pathOf(target.path).suffix);
      return "shape" in asked
        ? normaliseGraphql((answer as { data: unknown }).data, asked.shape)
        : normaliseSql(answer as Record<string, unknown>[]);
    };
    const keys = async () => (await redis.keys("*")).sort();
    const stored = () =>
      eventually(async () => (await keys()).length === paths.filter((path) => path.cached).length);

    try {
      await withArms(stack.redis.url, async (arms, { byArm }) => {
        const reference = normaliseSql((await ask(byArm[0]!, arms[0]!.statements[0]!, values)).answer as []);
        assert.equal(reference.length, 1);

        await t.step("only paths that ask PostgreSQL themselves keep connections there", async () => {
          const { rows: [{ n }] } = await admin.query(
            "SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = $1",
            [SESSION],
          );
          assert.equal(n, CONNECTIONS * paths.filter(isDirect).length);
        });

        const missed: Call[] = [];
        for (const [at, arm] of arms.entries()) {
          await t.step(`${arm.target.path}: gives what direct SQL gives`, async () => {
            const call = await ask(byArm[at]!, arm.statements[0]!, values);
            assert.equal(call.outcome, "ok");
            assert.equal(call.cache, pathOf(arm.target.path).cached ? "miss" : null);
            assert.equal(firstDifference(reference, canonical(call, arm)), null);
            missed[at] = call;
          });
        }

        await t.step(
          "each cache has an entry of its own, under the run's prefix and the path's name",
          async () => {
            await stored();
            const cached = paths.filter((path) => path.cached).map(({ name }) => `${PREFIX}${name}:`);
            const found = await keys();
            for (const prefix of cached) {
              assert.equal(found.filter((key) => key.startsWith(prefix)).length, 1, `${prefix}: ${found}`);
            }
          },
        );

        for (const [at, arm] of arms.entries()) {
          const { cached, language } = pathOf(arm.target.path);
          if (!cached) continue;
          const target = byArm[at]!;
          const statement = arm.statements[0]!;
          const key = `${PREFIX}${arm.target.path}:${statement.name}:${JSON.stringify(values)}`;
          await t.step(
            `${arm.target.path}: a hit answers the same rows, in the bytes that Redis sent for its entry`,
            async () => {
              const hit = await ask(target, statement, values);
              assert.deepEqual([hit.outcome, hit.cache, hit.rows], ["ok", "hit", missed[at]!.rows]);
              assert.equal(firstDifference(reference, canonical(hit, arm)), null);
              const entry = await redis.strlen(key);
              assert.equal(hit.bytes, `$${entry}\r\n`.length + entry + "\r\n".length);
              // Without anyone who keeps the answer too.
              const unread = newCall(statement, values);
              await askOnce(target, unread);
              assert.deepEqual([unread.cache, unread.rows, unread.answer], ["hit", hit.rows, undefined]);
            },
          );

          await t.step(
            `${arm.target.path}: several misses at a time are one question, each with its answer`,
            async () => {
              const other = { ...statement, name: "other" };
              const calls = await Promise.all([1, 2, 3].map(() => ask(target, other, values)));
              for (const call of calls) {
                assert.deepEqual([call.outcome, call.cache], ["ok", "miss"]);
                assert.equal(firstDifference(reference, canonical(call, arm)), null);
              }
              await redis.del(`${PREFIX}${arm.target.path}:other:${JSON.stringify(values)}`);
            },
          );

          await t.step(`${arm.target.path}: an error is answered and never kept`, async () => {
            const before = await keys();
            const text = language === "sql" ? "SELECT 1 / 0" : "{ nothingOfThatName }";
            const wrong = { ...statement, operationId: 90, name: "wrong", text, parameters: [] };
            for (let time = 0; time < 2; time++) {
              const call = await ask(target, wrong);
              assert.deepEqual([call.outcome, call.cache], ["failed", "miss"]);
              const bare = paths.findIndex((path) => path.language === language && !path.cached);
              const without = await ask(byArm[bare]!, wrong);
              assert.deepEqual([call.error, said(call)], [without.error, said(without)]);
            }
            assert.deepEqual(await keys(), before);
          });

          await t.step(`${arm.target.path}: writes and what must be of this moment pass it by`, async () => {
            const before = await keys();
            for (const past of [{ write: true }, { uncached: true }]) {
              const call = await ask(target, { ...statement, ...past, name: "past" }, values);
              assert.deepEqual([call.outcome, call.cache], ["ok", null]);
            }
            assert.deepEqual(await keys(), before);
          });

          await t.step(
            `${arm.target.path}: an entry that is not what was stored there is no answer`,
            async () => {
              const ofOther = language === "sql" ? '{"data":{"customers":[]}}' : '[{"order_id":1}]';
              for (
                const odd of ["", "OK", "5", "null", "{}", "[1]", '{"errors":[{"message":"no"}]}', ofOther]
              ) {
                await redis.set(key, odd);
                const call = await ask(target, statement, values);
                assert.deepEqual([call.outcome, call.cache], ["ok", "miss"], odd);
                assert.equal(firstDifference(reference, canonical(call, arm)), null, odd);
                assert.deepEqual(
                  target.refusals!().map(({ doing, reason, count }) => [doing, reason.split(" ")[0], count]),
                  [["read", "FOREIGN", 1]],
                  odd,
                );
              }
            },
          );
        }

        await t.step("what the run stored is removed, and nothing else", async () => {
          await redis.set("theirs", "1");
          await clearCaches(arms);
          assert.deepEqual(await keys(), ["theirs"]);
          await redis.del("theirs");
        });
      });

      await t.step("where a role may not list keys, those of all caches are told and removed", async () => {
        await redis.call("ACL", "SETUSER", "narrow", "on", ">narrow", "~benchbook:*", "+get", "+set", "+del");
        const narrow = new URL(stack.redis.available ? stack.redis.url : "");
        [narrow.username, narrow.password] = ["narrow", "narrow"];
        await withArms(narrow.href, async (arms, { byArm }) => {
          expectArmKeys(arms);
          for (const [at, arm] of arms.entries()) await ask(byArm[at]!, arm.statements[0]!, values);
          await stored();
          const told = byArm.map((target) => target.storedKeys?.() ?? []);
          assert.deepEqual(told.flat().sort(), await keys());
          await assert.rejects(clearCaches(arms), /may not list keys \(SCAN\)/);
          tellArmKeys(arms, told);
          await clearCaches(arms);
          assert.deepEqual(await keys(), []);
        });
      });

      await t.step(
        "a Redis that dies is stepped around by each, and recorded as bypass",
        () =>
          withArms(stack.redis.available ? stack.redis.url : "", async (arms, { byArm }) => {
            const redis = identify(stack.pids()["redis"]!)!;
            Deno.kill(redis.pid, "SIGKILL");
            await eventually(() => !isAlive(redis));
            for (const [at, arm] of arms.entries()) {
              const call = await ask(byArm[at]!, arm.statements[0]!, values);
              assert.deepEqual([call.outcome, call.cache], [
                "ok",
                pathOf(arm.target.path).cached ? "bypass" : null,
              ]);
            }
          }),
      );
    } finally {
      redis.disconnect();
      await admin.end();
    }
  });
});
