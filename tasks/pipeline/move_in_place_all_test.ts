import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { ExitCode } from "../model/errors.ts";
import { clusterPlace } from "../stack/postgres_cluster.ts";
import { type TestPostgres, withPostgres } from "../stack/testing.ts";
import { latest, LITTLE } from "./testing_migration.ts";
import { withWorkbench } from "./testing.ts";

async function ask<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Lets servers of this machine log in to each other without a password, as a `.pgpass` of theirs would. */
async function trusting({ home, url }: TestPostgres): Promise<void> {
  Deno.writeTextFileSync(
    join(clusterPlace(home).data, "pg_hba.conf"),
    "host all all 127.0.0.1/32 trust\n",
  );
  await ask(url, "SELECT pg_reload_conf()");
}

/** What a move could leave on a server: slots, subscriptions, publications, its schema, its fence. */
const MADE = `
  SELECT slot_name::text AS name FROM pg_replication_slots
  UNION ALL SELECT subname::text FROM pg_subscription
  UNION ALL SELECT pubname::text FROM pg_publication
  UNION ALL SELECT nspname::text FROM pg_namespace WHERE nspname LIKE 'benchbook\\_move%'
  UNION ALL SELECT tgname::text FROM pg_trigger WHERE NOT tgisinternal`;
const LOADS_ROWS = "SELECT FROM northwind.orders WHERE order_id >= 1000000000 OR ship_name LIKE 'client 1%'";

Deno.test("two servers of one's own: the tables move, the load's rows and all that the move made do not stay", async () => {
  await withPostgres((_, source) =>
    withPostgres(async (_, target) => {
      for (const server of [source, target]) await trusting(server);
      const [oldUrl, newUrl] = [await source.database("shop"), await target.database("store")];
      const env = { DATABASE_URL: oldUrl, TARGET_DATABASE_URL: newUrl };
      await withWorkbench(async (bench) => {
        const move = ["move-server", "--variant", "safe", ...LITTLE, "--duration", "3s"];
        const unnamed = await bench.run("migrate", move, env);
        assert.equal(unnamed.code, ExitCode.usage);
        assert.match(unnamed.stderr, /--in-place is not given/);
        const { code, stdout, stderr } = await bench.run(
          "migrate",
          [...move, "--in-place", "shop,store"],
          env,
        );
        const said = `${stdout}\n${stderr}`;
        assert.ok([ExitCode.ok, ExitCode.verdictFailed, ExitCode.invalid].includes(code as 0), said);
        assert.match(said, /What was copied of the tables of \S+ stays in "store" at /);
        assert.doesNotMatch(said, new RegExp(new URL(oldUrl).password));
        const { migration } = await latest(bench);
        assert.equal(migration!.migration.place, "in-place");
        assert.deepEqual(migration!.moved!.switches.map(({ to }) => to), ["target"]);
        assert.deepEqual(migration!.moved!.provenAt, ["target", "source"]);
        assert.ok(migration!.ledger.complete && migration!.ledger.ok > 0);
        assert.deepEqual([migration!.ledger.problems, migration!.errors], [[], []]);
        for (const folder of ["undo", "moves"]) {
          const path = join(bench.home, folder);
          assert.deepEqual(existsSync(path) ? readdirSync(path) : [], [], folder);
        }
      }, { untouched: true });
      const count = "SELECT count(*)::int AS n FROM northwind.orders";
      const [[old], [moved]] = [
        await ask<{ n: number }>(oldUrl, count),
        await ask<{ n: number }>(newUrl, count),
      ];
      assert.ok(old!.n > 0 && old!.n === moved!.n);
      for (const url of [oldUrl, newUrl]) {
        assert.deepEqual(await ask(url, MADE), []);
        assert.deepEqual(await ask(url, LOADS_ROWS), []);
      }
    })
  );
});
