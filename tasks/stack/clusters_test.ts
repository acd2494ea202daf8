import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { planClean } from "./clean.ts";
import { down } from "./down.ts";
import { listLogs, readLog } from "./logs.ts";
import { clusterPlace } from "./postgres_cluster.ts";
import { identify, isAlive } from "./process.ts";
import { openStack } from "./stack.ts";
import { readRecords } from "./state.ts";
import { testConfig, withTempHome } from "./testing.ts";
import { placeCluster } from "./testing_cluster.ts";

const NEED = { redis: false, graphql: false };
const NAMES = ["postgres", "postgres-target"];

/** Reads the one row that the program below wrote; null where there is no such table. */
async function written(url: string): Promise<number | null> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: [found] } = await client.query("SELECT to_regclass('written') IS NOT NULL AS there");
    return found.there ? (await client.query("SELECT n FROM written")).rows[0].n : null;
  } finally {
    await client.end();
  }
}

/** Opens both clusters as a bench does, writes into the target, tells its pids and URLs, and goes on. */
const OWNER = `
  import pg from "pg";
  import { openStack } from ${JSON.stringify(import.meta.resolve("./stack.ts"))};
  const config = JSON.parse(await new Response(Deno.stdin.readable).text());
  const stack = await openStack(config, { owner: "bench", need: ${JSON.stringify(NEED)} });
  const urls = [await stack.databaseUrl("shop"), await stack.databaseUrl("shop", "target")];
  const client = new pg.Client({ connectionString: urls[1] });
  await client.connect();
  await client.query("CREATE TABLE written AS SELECT 7 AS n");
  await client.end();
  console.log(JSON.stringify({ pids: stack.pids(), urls }));
  setInterval(() => {}, 1000);`;

Deno.test("a second cluster has data, password, port and log of its own, and is adopted, stopped and cleaned like the first", async () => {
  await withTempHome(async (home) => {
    await placeCluster(home);
    const config = await testConfig(home);
    const owner = new Deno.Command(Deno.execPath(), {
      args: ["eval", OWNER],
      cwd: import.meta.dirname,
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const reader = owner.stdout.getReader();
    let left;
    try {
      const writer = owner.stdin.getWriter();
      await writer.write(new TextEncoder().encode(JSON.stringify(config)));
      await writer.close();
      const told = JSON.parse(new TextDecoder().decode((await reader.read()).value)) as {
        pids: Record<string, number>;
        urls: string[];
      };
      assert.deepEqual(Object.keys(told.pids), NAMES);
      left = Object.values(told.pids).map((pid) => identify(pid)!);
      assert.deepEqual(await Promise.all(told.urls.map(written)), [null, 7]);
      const [primary, target] = told.urls.map((url) => new URL(url));
      assert.notEqual(primary!.port, target!.port);
      assert.notEqual(primary!.password, target!.password);
      for (const name of NAMES) readFileSync(join(home, "secrets", name));
      assert.notEqual(clusterPlace(home).data, clusterPlace(home, "postgres-target").data);
      assert.deepEqual(readRecords(home).map(({ name }) => name), NAMES);
    } finally {
      owner.kill("SIGKILL");
      await owner.status;
      await reader.cancel();
    }
    assert.ok(left.every(isAlive), "a detached service outlives its bench");

    const steps: string[] = [];
    const options = { owner: "up", need: NEED, onStep: (text: string) => steps.push(text) } as const;
    const stack = await openStack(config, options);
    try {
      assert.match(steps[0]!, /^Stopping postgres, postgres-target of a run that was killed$/);
      assert.ok(left.every((id) => !isAlive(id)));
      assert.equal(await written(await stack.databaseUrl("shop", "target")), 7);
      assert.deepEqual(steps.slice(1), ["Starting PostgreSQL", "Starting PostgreSQL (target)"]);
      assert.deepEqual(
        stack.facts().filter(({ available }) => available).map(({ name, instance, role }) => [
          name,
          instance,
          role,
        ]),
        [["postgres", "postgres", "primary"], ["postgres", "postgres-target", "target"]],
      );

      const bench = await openStack(config, { owner: "bench", need: NEED });
      await bench.cluster("target");
      assert.deepEqual(bench.pids(), stack.pids(), "what runs is adopted");
      await bench.stop();
      assert.deepEqual(readRecords(home).map(({ name }) => name), NAMES);

      assert.deepEqual(listLogs(config), NAMES);
      for (const name of NAMES) assert.match(readLog(config, name, 50), /ready to accept connections/);
      const running = Object.values(stack.pids()).map((pid) => identify(pid)!);
      assert.deepEqual(await down(config), NAMES);
      assert.ok(running.every((id) => !isAlive(id)));
    } finally {
      await down(config);
    }
    const cleaned = planClean(config).map(({ path }) => path);
    for (const name of ["postgres", "secrets", "logs"]) assert.ok(cleaned.includes(join(home, name)), name);
  });
});
