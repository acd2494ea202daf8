import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { Client } from "pg";
import { startGraphql } from "../stack/graphql.ts";
import { type ProcessId, stopProcess } from "../stack/process.ts";
import { withPostgres } from "../stack/testing.ts";
import { assertSettledAsFound } from "../testing/facts.ts";
import { lookAround } from "../testing/surroundings.ts";
import { until, withWorkbench } from "./testing.ts";
import { VACUUMED } from "./testing_own_cluster.ts";

const root = resolve(import.meta.dirname!, "../..");
const SESSION = "their-graphql";

Deno.test("orders that a PostGraphile of the user's places after the run are named, and taken back", async () => {
  await withPostgres(async (url) => {
    const admin = new Client({ connectionString: url });
    const locker = new Client({ connectionString: url });
    await admin.connect();
    await locker.connect();
    const reserved = async () =>
      Number(
        (await admin.query("SELECT count(*) AS n FROM ONLY northwind.orders WHERE order_id >= 1000000000"))
          .rows[0].n,
      );
    const busy = async () =>
      (await admin.query(
        "SELECT FROM pg_stat_activity WHERE application_name = $1 AND state <> 'idle'",
        [SESSION],
      )).rowCount!;
    let theirs: ProcessId | undefined;
    try {
      await withWorkbench(async (bench) => {
        const seeded = await bench.call("seed", ["--scale", "tiny"], { DATABASE_URL: url });
        assert.equal(seeded.code, 0, seeded.stderr);
        const { port } = await startGraphql({
          config: { home: bench.home, root },
          name: "theirs",
          databaseUrl: url,
          schemas: ["northwind"],
          poolSize: 3,
          graphiql: false,
          session: SESSION,
        }, ({ process }) => theirs = process);
        const scenario =
          (await import(new URL("../../queries/scenarios/access-paths.ts", import.meta.url).href)).default;
        const insert = scenario.operations.find(({ name }: { name: string }) => name === "order-insert");
        const dir = join(bench.home, "mine");
        await Deno.mkdir(dir, { recursive: true });
        const workload = join(root, "queries/workloads/access-paths");
        for (const name of ["order-insert.sql", "order-insert.graphql", "order-insert.check.sql"]) {
          await Deno.copyFile(join(workload, name), join(dir, name));
        }
        const file = join(dir, "late.ts");
        const own = {
          ...scenario,
          name: "late",
          workload: dir,
          // What it outdates is not asked here.
          operations: [{ ...insert, outdates: undefined }],
          paths: ["graphql"],
          timeout: 1,
        };
        await Deno.writeTextFile(file, `export default ${JSON.stringify(own)};\n`);
        const env = { DATABASE_URL: url, GRAPHQL_URL: `http://127.0.0.1:${port}/graphql` };
        const args = [
          file,
          "--scale",
          "tiny",
          "--duration",
          "4s",
          "--warmup",
          "0s",
          "--rate",
          "30",
          "--no-report",
        ];

        const look = () => lookAround({ postgres: { url, databases: "all" } });
        const before = await look();
        const running = bench.start("bench", args, env);
        await bench.measuring();
        await until(async () => await reserved() > 0 || null, "no order was written");
        // What an order refers to is locked until the run is over: its statements wait.
        await locker.query("BEGIN");
        await locker.query("SELECT FROM northwind.customers FOR UPDATE");
        const { code, stdout, stderr } = await running.result;
        assert.equal(code, 3, stdout + stderr);
        assert.match(
          stdout,
          /Writes of the run \S+ that were given up may yet be committed in the database "test"/,
        );
        assert.match(stdout, /\d+ of order-insert \(order_id 1\d{9}/);
        assert.match(stdout, /deno task clean --writes/);
        await locker.query("COMMIT");
        await until(async () => await busy() === 0 && await reserved() > 0 || null, "nothing was committed");

        const cleaned = await bench.call("clean", ["--writes"], env);
        assert.equal(cleaned.code, 0, cleaned.stdout + cleaned.stderr);
        assert.match(cleaned.stdout, /Took back what the run \S+ \(late\) had left in .*: \d+ rows/);
        assert.equal(await reserved(), 0);
        // Their own server opens sessions, and closes them, as it is asked.
        await assertSettledAsFound(before, look, { except: [VACUUMED, new RegExp(`\\(${SESSION}\\)`)] });
      });
    } finally {
      if (theirs !== undefined) await stopProcess(theirs, "SIGTERM");
      await locker.end();
      await admin.end();
    }
  });
});
