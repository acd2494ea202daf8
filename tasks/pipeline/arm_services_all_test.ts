import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import type { RunSummary } from "../model/summary.ts";
import { seed } from "../seed/seed.ts";
import { startGraphql } from "../stack/graphql.ts";
import { type ProcessId, stopProcess } from "../stack/process.ts";
import { withUserPostgres } from "../stack/testing_user_postgres.ts";
import { withUserRedis } from "../stack/testing_user_redis.ts";
import { openStore } from "../store/open.ts";
import { assertSettledAsFound } from "../testing/facts.ts";
import { lookAround } from "../testing/surroundings.ts";
import { exitCodeOf } from "./find_rate.ts";
import { HOPELESS, search } from "./testing_nap.ts";
import { SHORT, type TaskResult, withWorkbench, type Workbench } from "./testing.ts";

const root = resolve(import.meta.dirname!, "../..");
const QUICK = [...SHORT, "--no-report", "--json", "--slo", "errors<1%"];
const LONG = ["--scale", "tiny", "--duration", "60s", "--warmup", "300ms", "--no-report", "--json"];

/** Asks the store of a workbench. */
async function rows<T>(bench: Workbench, sql: string): Promise<T[]> {
  const store = await openStore(bench.db, { mode: "read" });
  try {
    return await store.rows<T>(sql);
  } finally {
    store.close();
  }
}

/** A folder of the user's with a scenario that only reads. @returns writes a file in it */
function userFolder(bench: Workbench) {
  const dir = join(bench.folder, "mine");
  Deno.mkdirSync(dir);
  const file = (name: string, text: string) => {
    Deno.writeTextFileSync(join(dir, name), text);
    return join(dir, name);
  };
  const scenario = file(
    "reads.ts",
    `import smoke from ${JSON.stringify(join(root, "queries/scenarios/smoke.ts"))};
    export default { ...smoke, name: "reads", slo: undefined,
      workload: ${JSON.stringify(join(root, "queries/workloads/access-paths"))},
      operations: smoke.operations.filter(({ write }) => !write) };`,
  );
  return { scenario, arm: (name: string, fields: object) => file(`${name}.json`, JSON.stringify(fields)) };
}

/** A run that went through: its summary; a busy machine may make it invalid. */
function throughOf({ code, stdout, stderr }: Pick<TaskResult, "code" | "stdout" | "stderr">): RunSummary {
  assert.ok(stdout.startsWith("{"), stderr);
  const summary = JSON.parse(stdout) as RunSummary;
  assert.equal(code, summary.validity.valid ? 0 : 4, stderr);
  assert.equal(summary.run.status, "complete");
  return summary;
}

const instancesIn = (bench: Workbench, source: string) =>
  rows<{ instance: string | null; n: number }>(
    bench,
    `SELECT labels ->> '$.instance' AS instance, count(*)::INTEGER AS n FROM sample
    WHERE run_id = (SELECT max(run_id) FROM run) AND source = '${source}' AND metric = 'observer_ms'
    GROUP BY ALL ORDER BY instance`,
  );

const armsIn = (bench: Workbench) =>
  rows<{ name: string; role: string; overrides: string }>(
    bench,
    "SELECT name, role, overrides FROM arm WHERE run_id = (SELECT max(run_id) FROM run) ORDER BY arm_id",
  );

/** What is told of an arm's own service: of one that answers, and after it has died in mid-run. */
async function diesInMidRun(
  bench: Workbench,
  args: readonly string[],
  kill: () => Promise<unknown>,
  says: RegExp,
): Promise<void> {
  const running = bench.start("bench", args);
  await bench.measuring();
  await kill();
  const { code, stdout, stderr } = await running.result;
  assert.equal(code, 3, stderr);
  assert.match(stderr, says);
  const [run] = await rows<{ status: string; n: number }>(
    bench,
    `SELECT status, (SELECT count(*)::INTEGER FROM timing WHERE timing.run_id = run.run_id) AS n
    FROM run ORDER BY run_id DESC LIMIT 1`,
  );
  assert.equal(run!.status, "crashed");
  assert.ok(run!.n > 0, "what was measured is kept");
  assert.doesNotMatch(stdout + stderr, /theirs@|:theirs/, "no password is said");
}

Deno.test("an arm with a Redis of its own: measured, sampled, cleared, and missed where it dies", (t) =>
  withUserRedis((redis) =>
    withWorkbench(async (bench) => {
      const { scenario, arm } = userFolder(bench);
      const { host } = new URL(redis.url);
      const file = arm("other", { redisUrl: redis.url });
      const given = [scenario, "--paths", "sql+cache", "--arm", `other=${file}`];

      await t.step("two servers, each with its samples, and nothing left on the user's", async () => {
        const before = await lookAround({ redis: redis.url });
        const { environment } = throughOf(await bench.call("bench", [...given, ...QUICK]));
        await assertSettledAsFound(before, () => lookAround({ redis: redis.url }));
        const sampled = await instancesIn(bench, "redis");
        assert.deepEqual(sampled.map(({ instance }) => instance), ["other-redis", "redis"]);
        assert.ok(sampled.every(({ n }) => n > 1));
        const facts = environment.services.filter(({ name }) => name === "redis");
        assert.deepEqual(facts.map(({ instance, role, origin, arms }) => [instance, role, origin, arms]), [
          ["redis", "cache", "embedded", undefined],
          ["other-redis", "cache", "user", ["other"]],
        ]);
        assert.match(facts[1]!.address!, new RegExp(host));
        assert.doesNotMatch(JSON.stringify(environment), /theirs/);
        const arms = await armsIn(bench);
        assert.deepEqual(arms.map(({ name, role }) => [name, role]), [
          ["sql+cache", "baseline"],
          ["other", "candidate"],
        ]);
        assert.match(arms[1]!.overrides, new RegExp(host));
        assert.doesNotMatch(arms[1]!.overrides, /theirs/);
      });

      await t.step("it dies: exit code 3, with the arm and the host", async () => {
        await diesInMidRun(
          bench,
          [...given, ...LONG],
          redis.kill,
          new RegExp(`Redis at ${host}, of the arm other, stopped accepting connections during the run`),
        );
      });

      await t.step(
        "it is not there: the other arms are measured, exit code 3, with the arm and its file",
        async () => {
          const { code, stderr } = await bench.call("bench", [...given, ...QUICK]);
          assert.equal(code, 3, stderr);
          assert.ok(
            stderr.includes(
              `redisUrl in ${file} cannot be used: connection refused at ${host}`,
            ),
            stderr,
          );
        },
      );
    })
  ));

Deno.test("an arm with a GraphQL service of its own: measured, told, and missed where it dies", (t) =>
  withUserPostgres(({ url }) =>
    withWorkbench(async (bench) => {
      await seed({ url, dataset: "northwind", scale: "tiny", seed: 42 });
      const { scenario, arm } = userFolder(bench);
      let theirs: ProcessId | undefined;
      try {
        const { port, process } = await startGraphql({
          config: { home: bench.home, root },
          name: "theirs",
          databaseUrl: url,
          schemas: ["northwind"],
          poolSize: 4,
          graphiql: false,
          session: "theirs",
        }, ({ process }) => theirs = process);
        const host = `127.0.0.1:${port}`;
        const file = arm("other", { graphqlUrl: `http://${host}/graphql` });
        const given = [scenario, "--paths", "graphql", "--arm", `other=${file}`];
        const postgres = { url, databases: ["postgres"] };

        await t.step("two services, one of them the user's, over two servers", async () => {
          const before = await lookAround({ postgres });
          const { environment, operations } = throughOf(await bench.call("bench", [...given, ...QUICK]));
          // Its own pool grows with what it is asked.
          const except = [/session of postgres on postgres \(theirs\)/];
          await assertSettledAsFound(before, () => lookAround({ postgres }), { except });
          const facts = environment.services.filter(({ name }) => name === "graphql");
          assert.deepEqual(facts.map(({ instance, origin, arms }) => [instance, origin, arms]), [
            ["graphql", "embedded", undefined],
            ["other-graphql", "user", ["other"]],
          ]);
          assert.equal(operations.find(({ arm }) => arm === "other")!.errorRate.value, 0);
          assert.deepEqual((await armsIn(bench)).map(({ name }) => name), ["graphql", "other"]);
          const [{ n }] = await rows<{ n: number }>(
            bench,
            `SELECT count(*)::INTEGER AS n FROM sample WHERE metric = 'process_cpu_cores'
            AND (labels ->> '$.process') = 'graphql'`,
          ) as [{ n: number }];
          assert.ok(Deno.build.os !== "linux" || n > 0, "the process of the one that is ours");
        });

        await t.step("it dies: exit code 3, with the arm and the host", () =>
          diesInMidRun(
            bench,
            [...given, ...LONG],
            () => stopProcess(process, "SIGTERM"),
            new RegExp(`GraphQL at ${host}, of the arm other, stopped accepting connections during the run`),
          ));
      } finally {
        if (theirs !== undefined) await stopProcess(theirs, "SIGTERM");
      }
    })
  ));

Deno.test("an arm with a database on another server: measured, sampled, and missed where it dies", (t) =>
  withUserPostgres((server) =>
    withWorkbench(async (bench) => {
      const { url } = server;
      await seed({ url, dataset: "northwind", scale: "tiny", seed: 42 });
      const { scenario, arm } = userFolder(bench);
      const { host } = new URL(url);
      const file = arm("other", { databaseUrl: url });
      const given = [scenario, "--paths", "sql", "--arm", `other=${file}`];

      await t.step("two servers, each with its samples, and nothing left on the user's", async () => {
        const before = await lookAround({ postgres: { url } });
        const { environment } = throughOf(await bench.call("bench", [...given, ...QUICK]));
        await assertSettledAsFound(before, () => lookAround({ postgres: { url } }));
        const sampled = await instancesIn(bench, "postgres");
        assert.deepEqual(sampled.map(({ instance }) => instance), ["other-postgres", "postgres"]);
        const connections = await rows<{ instance: string; most: number }>(
          bench,
          `SELECT labels ->> '$.instance' AS instance, max(value) AS most FROM sample
          WHERE source = 'postgres' AND metric = 'connections' GROUP BY ALL`,
        );
        assert.ok(connections.length === 2 && connections.every(({ most }) => most > 0));
        const fact = environment.services.find(({ instance }) => instance === "other-postgres")!;
        assert.deepEqual([fact.role, fact.origin, fact.arms], ["arm", "user", ["other"]]);
        assert.equal(fact.settings.fsync, "off", "as that server has it");
        assert.doesNotMatch(JSON.stringify(environment), /theirs/);
        assert.deepEqual((await armsIn(bench)).map(({ name }) => name), ["sql", "other"]);
      });

      await t.step("it dies: exit code 3, with the arm and the host", () =>
        diesInMidRun(
          bench,
          [...given, ...LONG],
          server.kill,
          new RegExp(`PostgreSQL at ${host}, of the arm other, stopped accepting connections during the run`),
        ));

      await t.step(
        "it is not there: the other arms are measured, exit code 3, with the arm and its file",
        async () => {
          const { code, stderr } = await bench.call("bench", [...given, ...QUICK]);
          assert.equal(code, 3, stderr);
          assert.ok(
            stderr.includes(
              `databaseUrl in ${file} cannot be used: Cannot connect to the URL: connection refused at ${host}`,
            ),
            stderr,
          );
        },
      );
    })
  ));

Deno.test("a search for the highest rate judges an arm by a target of its own too", () =>
  withWorkbench(async (bench) => {
    const { code, stderr, found } = await search(bench, [
      ...HOPELESS,
      ...["--arm", "twin=", "--slo", "p95<1ms,twin: p95<2ms,errors<1%"],
    ]);
    assert.equal(code, exitCodeOf(found), stderr);
    assert.deepEqual(found.arms.map(({ arm, slo }) => [arm, slo]), [
      ["sql", "p95<1ms,errors<1%"],
      ["twin", "p95<1ms,twin: p95<2ms,errors<1%"],
    ]);
    const stored = await rows<{ arm: string; runs: number }>(
      bench,
      `SELECT arm.name AS arm, count(*)::INTEGER AS runs FROM arm JOIN run USING (run_id)
      WHERE search_id = '${found.search.id}' GROUP BY ALL`,
    );
    for (const { arm, probes } of found.arms) {
      assert.ok(probes.length > 0, stderr);
      // And the warm-up.
      assert.equal(stored.find((of) => of.arm === arm)?.runs, probes.length + 1);
    }
  }));
