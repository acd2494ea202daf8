import assert from "node:assert/strict";
import { GraphQLClient } from "graphql-request";
import { join } from "node:path";
import { USUAL_CACHE } from "../model/cache_settings.ts";
import type { Network } from "../net/channel.ts";
import { libc } from "../net/libc.ts";
import { NativeLoop } from "../net/native_loop.ts";
import { runtimeNetwork } from "../net/runtime_channel.ts";
import { eventually, overEachNetwork } from "../net/testing.ts";
import { NORTHWIND, withSeededStack } from "../pipeline/testing.ts";
import { identify, isAlive } from "../stack/process.ts";
import { forgetKeys } from "./cache_keys.ts";
import { rowEntries } from "./cache_entries.ts";
import { CachedTarget } from "./cached.ts";
import { GraphqlTarget } from "./graphql.ts";
import { SqlTarget } from "./sql.ts";
import { askOnce, type Call, newCall, type Statement, type Target, type Value } from "./target.ts";
import { loadQuestion } from "./workload.ts";

const nowUs = () => performance.now() * 1000;
const workload = join(import.meta.dirname!, "../../queries/workloads/access-paths");

async function ask(target: Target, statement: Statement, values: readonly Value[]): Promise<Call> {
  const call = newCall(statement, values, true);
  await askOnce(target, call);
  return call;
}

/** Kills a service, and waits until it is gone and its ends of connections with it. */
async function killAndWait(pid: number): Promise<void> {
  const process = identify(pid)!;
  Deno.kill(pid, "SIGKILL");
  await eventually(() => !isAlive(process));
}

Deno.test("GraphQL and the cache against real services", async (t) => {
  await withSeededStack(async (stack) => {
    const url = await stack.databaseUrl(NORTHWIND);
    const service = await stack.graphql(url, ["northwind"]);
    assert.ok(service.available && stack.redis.available);
    const question = await loadQuestion(workload, "customer-orders");
    const parameters = question.parameters.map(({ name }) => name);
    const statement: Statement = {
      operationId: 1,
      name: "customer-orders",
      write: false,
      text: question.statements[".graphql"]!.text,
      parameters,
    };
    const reader = new SqlTarget({ url, connections: 2, nowUs });
    await reader.open();
    const codes = await ask(reader, {
      ...statement,
      operationId: 9,
      text: "SELECT customer_id FROM northwind.customers LIMIT 3",
    }, []);
    const [first] = codes.answer as { customer_id: string }[];
    const values = [first!.customer_id, "2025-12-31", 5];
    const { url: redisUrl } = stack.redis;
    const opened = async (network: Network) => {
      const { url: graphqlUrl, headers } = service;
      const graphql = new GraphqlTarget({ url: graphqlUrl, headers, connections: 2, nowUs, network });
      await graphql.open();
      const cached = new CachedTarget(new SqlTarget({ url, connections: 2, nowUs, network }), {
        redisUrl,
        prefix: "test:",
        entries: rowEntries,
        behaviour: USUAL_CACHE,
        nowUs,
        random: () => 0.5,
        network,
      });
      await cached.open();
      return {
        graphql,
        cached,
        close: async () => {
          await cached.close();
          await graphql.close();
        },
      };
    };
    await overEachNetwork(async (network, by) => {
      const step = (name: string, work: () => Promise<void>) => t.step(`${by}: ${name}`, work);
      const { graphql, cached, close } = await opened(network);
      try {
        await step("our lean HTTP client gives what graphql-request gives", async () => {
          const call = await ask(graphql, statement, values);
          assert.equal(call.outcome, "ok");
          assert.ok(call.acquiredUs <= call.sentUs && call.sentUs < call.doneUs && call.bytes > 200);
          const reference = new GraphQLClient(service.url, { headers: service.headers });
          const variables = Object.fromEntries(parameters.map((name, index) => [name, values[index]]));
          assert.deepEqual(
            (call.answer as { data: unknown }).data,
            await reference.request(statement.text, variables),
          );
        });

        await step("an answer with errors fails with a code, though HTTP says 200", async () => {
          const call = await ask(
            graphql,
            { ...statement, text: "{ nothingOfThatName }", parameters: [] },
            [],
          );
          assert.equal(call.outcome, "failed");
          assert.match(call.error!, /^[A-Z_0-9]+$/);
        });

        await step(
          "a write whose key is taken fails with PostgreSQL's own code, and no text of its",
          async () => {
            const insert = await loadQuestion(workload, "order-insert");
            const given = [2_000_000_000, first!.customer_id, 1, "2026-01-15", 1, "1", [1], [1]];
            const write = {
              ...statement,
              operationId: 7,
              write: true,
              text: insert.statements[".graphql"]!.text,
            };
            const asked = { ...write, parameters: insert.parameters.map(({ name }) => name) };
            const once = await ask(graphql, asked, given);
            const again = once.outcome === "ok" ? await ask(graphql, asked, given) : once;
            assert.deepEqual([again.outcome, again.error], ["failed", "23505"]);
            assert.doesNotMatch(JSON.stringify(again.answer), /duplicate key/);
          },
        );

        await step("the cache misses once, then hits with the same rows", async () => {
          const sql = { ...statement, text: question.sql.text };
          const miss = await ask(cached, sql, values);
          assert.deepEqual([miss.outcome, miss.cache], ["ok", "miss"]);
          let hit = await ask(cached, sql, values);
          // Storing does not keep the first answer waiting.
          await eventually(async () => (hit = await ask(cached, sql, values)).cache === "hit");
          assert.equal(hit.outcome, "ok");
          assert.deepEqual(hit.answer, JSON.parse(JSON.stringify(miss.answer)));
        });

        await step("several misses of one key at a time become one statement", async () => {
          const slow: Statement = {
            operationId: 5,
            name: "slow",
            write: false,
            text: "SELECT pg_sleep(0.1)::text, random()",
            parameters: [],
          };
          const calls = await Promise.all([1, 2, 3, 4].map(() => ask(cached, slow, [])));
          assert.deepEqual(calls.map(({ cache }) => cache), ["miss", "miss", "miss", "miss"]);
          assert.equal(new Set(calls.map(({ answer }) => JSON.stringify(answer))).size, 1);
        });

        await step("writes pass the cache by", async () => {
          const call = await ask(cached, {
            ...statement,
            operationId: 6,
            write: true,
            text: "SELECT 1",
            parameters: [],
          }, []);
          assert.deepEqual([call.outcome, call.cache], ["ok", null]);
        });

        await step("only this run's keys are removed", async () => {
          await network.outside(() => forgetKeys(redisUrl, "test:"));
          const call = await ask(cached, { ...statement, text: question.sql.text }, values);
          assert.equal(call.cache, "miss");
          await eventually(async () =>
            (await ask(cached, { ...statement, text: question.sql.text }, values)).cache === "hit"
          );
          await network.outside(() => forgetKeys(redisUrl, "test:"));
        });
      } finally {
        await close();
      }
    });

    const own = libc();
    const targets = [await opened(runtimeNetwork)];
    const loop = own === null ? runtimeNetwork : new NativeLoop(own);
    targets.push(await opened(loop));
    // Deno's own sockets are looked at beside the loop only when Deno may rest.
    const step = (name: string, work: () => Promise<void>) =>
      t.step(name, () => loop instanceof NativeLoop ? loop.elsewhere(work) : work());
    try {
      await step("a Redis that dies is stepped around and recorded as bypass", async () => {
        await killAndWait(stack.pids()["redis"]!);
        for (const { cached } of targets) {
          const call = await ask(cached, { ...statement, text: question.sql.text }, values);
          assert.deepEqual([call.outcome, call.cache], ["ok", "bypass"]);
        }
      });

      await step("a GraphQL service that dies gives failed requests with a code", async () => {
        await killAndWait(stack.pids()["graphql"]!);
        const calls: Call[] = [];
        for (const { graphql } of [...targets, ...targets]) calls.push(await ask(graphql, statement, values));
        for (const { outcome, error } of calls) {
          assert.equal(outcome, "failed");
          assert.match(error!, /^ECONN(REFUSED|RESET)$/);
        }
      });
    } finally {
      for (const { close } of targets) await close();
      if (loop instanceof NativeLoop) loop.close();
      await reader.close();
    }
  });
});
