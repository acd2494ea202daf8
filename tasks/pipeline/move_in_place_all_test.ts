import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { ExitCode } from "../model/errors.ts";
import { clusterPlace } from "../stack/postgres_cluster.ts";
import { type TestPostgres, withPostgres } from "../stack/testing.ts";
import { latest, LITTLE, NEXT, stepsIn } from "./testing_migration.ts";
import { replicationProxy } from "./testing_replication_proxy.ts";
import { heldSwitch } from "./testing_switch.ts";
import { until, withWorkbench, type Workbench } from "./testing.ts";

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
  UNION ALL SELECT tgname::text FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT evtname::text FROM pg_event_trigger`;
const LOADS_ROWS = "SELECT FROM northwind.orders WHERE order_id >= 1000000000 OR ship_name LIKE 'client 1%'";

interface Stalled {
  readonly source: TestPostgres;
  readonly target: TestPostgres;
  readonly env: { readonly DATABASE_URL: string; readonly TARGET_DATABASE_URL: string };
}

/** The network between the servers stalls while clients are held: they go on at the old one, and nothing is left. */
async function stalledInSwitch(
  bench: Workbench,
  move: readonly string[],
  { source, target, env }: Stalled,
): Promise<void> {
  const folder = join(bench.folder, "stalled");
  Deno.mkdirSync(folder);
  const held = heldSwitch(folder);
  await using first = replicationProxy(Number(new URL(source.url).port));
  await using second = replicationProxy(Number(new URL(target.url).port));
  const through = (url: string, port: number) => Object.assign(new URL(url), { port: String(port) }).href;
  const running = bench.start("migrate", [...move, "--in-place", "shop,store", ...held.args], {
    DATABASE_URL: through(env.DATABASE_URL, first.port),
    TARGET_DATABASE_URL: through(env.TARGET_DATABASE_URL, second.port),
  });
  await held.during(() => [first, second].forEach((proxy) => proxy.stall()));
  const { code, stdout, stderr } = await running.result;
  const said = `${stdout}\n${stderr}`;
  assert.equal(code, ExitCode.verdictFailed, said);
  assert.match(said, /Cannot switch within 3 s, so long clients may wait/);
  assert.match(said, /went on at the old server\./);
  assert.doesNotMatch(said, /went on at the new server|their copy stays/);
  assert.match(said, /are where they were, in "shop" at /);
  const { migration } = await latest(bench);
  assert.ok(migration!.ledger.complete && migration!.ledger.ok > 0);
  assert.deepEqual(migration!.ledger.problems, []);
  // On a machine that is slow as well they may have waited too long.
  assert.deepEqual(migration!.errors.filter(({ code }) => code !== "timeout"), []);
  assert.deepEqual(await ask(env.DATABASE_URL, MADE), []);
  assert.deepEqual(
    await ask(
      env.TARGET_DATABASE_URL,
      `${MADE} UNION ALL SELECT nspname FROM pg_namespace WHERE nspname = 'northwind'`,
    ),
    [],
  );
}

/** Kills a move once clients have gone over: each start says what is where, until that is undone, as it says. */
async function killedBehindSwitch(
  bench: Workbench,
  move: readonly string[],
  env: { readonly DATABASE_URL: string; readonly TARGET_DATABASE_URL: string },
): Promise<void> {
  const running = bench.start("migrate", [...move, "--in-place", "shop,store"], env);
  const spool = await bench.measuring();
  const isOver = () =>
    stepsIn(spool).some(({ file, statement, endUs }) =>
      file.endsWith("-switch") && statement === 6 && endUs !== null
    );
  await until(() => isOver() || null, "clients do not go over");
  running.kill("SIGKILL");
  await running.result;
  // What is left looks like replication of the user's, and lets nobody write: the next start of the same removes it first.
  const first = await bench.call("migrate", [...move, "--in-place", "shop,store"], env);
  assert.equal(first.code, ExitCode.usage);
  assert.match(first.stderr, /Cannot move to the target: the target already has /);
  assert.match(
    first.stdout,
    /Checked the writes of the run \S+ at both servers: \d+ acknowledged writes, none is missing/,
    first.stderr,
  );
  const undo =
    /The move of run \S+ from the database "shop" at \S+ to the database "store" at \S+ was cut off when .* Then (DROP SCHEMA .* CASCADE;) at the new one .*`deno task migrate move-server --in-place shop,store` begins anew/;
  assert.match(first.stdout, undo);
  for (const url of [env.DATABASE_URL, env.TARGET_DATABASE_URL]) {
    assert.deepEqual(await ask(url, MADE), []);
    assert.deepEqual(await ask(url, LOADS_ROWS), []);
  }
  const second = await bench.call("bench", NEXT, env);
  const [, drop] = undo.exec(second.stdout) ?? [];
  assert.ok(drop !== undefined, second.stdout);
  await ask(env.TARGET_DATABASE_URL, drop);
}

/**
 * An application of the user's, which the load knows nothing of: it writes at the old server until that refuses it, and at
 * the new one from then on.
 * @returns ends it, and tells the keys that were acknowledged and the codes of what was refused
 */
async function otherApplication(urls: readonly [string, string]) {
  const clients = urls.map((connectionString) => new Client({ connectionString }));
  for (const client of clients) await client.connect();
  const written: number[] = [];
  const refused: string[] = [];
  let [at, stopped] = [0, false];
  const writing = (async () => {
    for (let id = 1000; !stopped; id++) {
      try {
        await clients[at]!.query("INSERT INTO northwind.shippers VALUES ($1, 'theirs', NULL)", [id]);
        written.push(id);
      } catch (error) {
        // By the fence; what comes at the new server is a fault.
        refused.push((error as { code?: string }).code ?? "");
        at = 1;
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  })();
  return async () => {
    stopped = true;
    await writing;
    for (const client of clients) await client.end();
    return { written, refused };
  };
}

Deno.test("two servers of one's own: the tables move, the load's rows and all that the move made do not stay", async () => {
  await withPostgres((_, source) =>
    withPostgres(async (_, target) => {
      for (const server of [source, target]) await trusting(server);
      const [oldUrl, newUrl] = [await source.database("shop"), await target.database("store")];
      const env = { DATABASE_URL: oldUrl, TARGET_DATABASE_URL: newUrl };
      await withWorkbench(async (bench) => {
        const move = ["move-server", "--variant", "safe", ...LITTLE, "--duration", "3s"];
        const unnamed = await bench.call("migrate", move, env);
        assert.equal(unnamed.code, ExitCode.usage);
        assert.match(unnamed.stderr, /--in-place is not given/);
        await stalledInSwitch(bench, move, { source, target, env });
        await killedBehindSwitch(bench, move, env);
        const running = bench.start("migrate", [...move, "--in-place", "shop,store"], env);
        await bench.measuring();
        const ending = await otherApplication([oldUrl, newUrl]);
        const { code, stdout, stderr } = await running.result;
        const said = `${stdout}\n${stderr}`;
        const { written, refused } = await ending();
        assert.ok([ExitCode.ok, ExitCode.verdictFailed, ExitCode.invalid].includes(code as 0), said);
        assert.match(said, /What was copied of the tables of \S+ stays in "store" at /);
        assert.doesNotMatch(said, new RegExp(new URL(oldUrl).password));
        const { migration } = await latest(bench);
        assert.equal(migration!.migration.place, "in-place");
        assert.deepEqual(migration!.moved!.switches.map(({ to }) => to), ["target"]);
        assert.deepEqual(migration!.moved!.provenAt, ["target", "source"]);
        assert.ok(migration!.ledger.complete && migration!.ledger.ok > 0);
        assert.deepEqual(migration!.ledger.problems, []);
        // On a slow machine they may have waited too long.
        assert.deepEqual(migration!.errors.filter(({ code }) => code !== "timeout"), []);
        assert.deepEqual(refused, ["25006"]);
        // What others write meanwhile is no damage, and goes along.
        assert.match(
          said,
          /northwind\.shippers.* Others have written them: row by row both servers hold the same\./,
        );
        assert.deepEqual([migration!.checksums.different, migration!.checksums.unclear], [[], []]);
        const theirs =
          "SELECT shipper_id::int AS id FROM northwind.shippers WHERE company_name = 'theirs' ORDER BY 1";
        assert.deepEqual((await ask<{ id: number }>(newUrl, theirs)).map(({ id }) => id), written);
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
