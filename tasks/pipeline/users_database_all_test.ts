import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { withPostgres } from "../stack/testing.ts";
import { assertSettledAsFound } from "../testing/facts.ts";
import { lookAtPostgres } from "../testing/look_at_postgres.ts";
import { SHORT, until, withWorkbench } from "./testing.ts";
import { leftAtOnce } from "./testing_migration.ts";

/** Writes many a second, by SQL alone: no other service is needed. */
const WRITING = ["write-heavy", ...SHORT, "--paths", "sql", "--rate", "200", "--no-report"];
/** Long enough to be caught in the middle. */
const LONG = [...WRITING, "--duration", "60s"];
/** Vacuums of what was written into, and a privilege that a test itself grants. */
const OURS = [/maintenance of table northwind\./, /table northwind\.order_details: relacl \+ plain=/];

/** A database of a user's with a role that is nobody special, and tables of its own that lean on ours. */
async function withUsersDatabase(
  use: (given: { url: string; admin: Client; env: Record<string, string> }) => Promise<void>,
): Promise<void> {
  await withPostgres(async (adminUrl) => {
    const admin = new Client({ connectionString: adminUrl });
    await admin.connect();
    try {
      await admin.query("CREATE ROLE plain LOGIN PASSWORD 'plain'; GRANT CREATE ON DATABASE test TO plain");
      await admin.query(
        "CREATE TABLE public.notes AS SELECT n, 'note ' || n AS text FROM generate_series(1, 50) n",
      );
      const url = new URL(adminUrl);
      url.username = url.password = "plain";
      await use({ url: adminUrl, admin, env: { DATABASE_URL: url.href } });
    } finally {
      await admin.end();
    }
  });
}

const reserved = async (admin: Client) =>
  Number(
    (await admin.query("SELECT count(*) AS n FROM ONLY northwind.orders WHERE order_id >= 1000000000"))
      .rows[0].n,
  );

Deno.test("a database of the user's own", async (t) => {
  await withUsersDatabase(async ({ url, admin, env }) => {
    await withWorkbench(async (bench) => {
      const seeded = await bench.call("seed", ["--scale", "tiny"], env);
      assert.equal(seeded.code, 0, seeded.stderr);
      await admin.query("CREATE TABLE public.archive () INHERITS (northwind.orders)");
      await admin.query("INSERT INTO public.archive SELECT * FROM ONLY northwind.orders LIMIT 2");
      await admin.query("UPDATE public.archive SET order_id = order_id + 1000000000");
      const before = await lookAtPostgres(url);
      const asFound = () => assertSettledAsFound(before, () => lookAtPostgres(url), { except: OURS });

      await t.step("is after a plain run as it was before", async () => {
        const { code, stdout, stderr } = await bench.call("bench", WRITING, env);
        assert.ok(code === 0 || code === 4, stdout + stderr);
        await asFound();
      });

      await t.step("is used by one task at a time, from whatever home", async () => {
        const first = bench.start("bench", LONG, env);
        await bench.measuring();
        await withWorkbench(async (other) => {
          const second = await other.call("bench", WRITING, env);
          assert.equal(second.code, 3, second.stderr);
          assert.match(
            second.stderr,
            /Cannot run .* now: "bench write-heavy \S+" \(process \d+ on \S+, .*\) is using the database "test"/,
          );
        });
        first.kill("SIGINT");
        const ended = await first.result;
        assert.equal(ended.code, 130);
        // It wrote all the while: a machine may be too busy to take that back in the time that Ctrl-C gives.
        if (leftAtOnce(ended)) assert.equal((await bench.call("clean", ["--writes"], env)).code, 0);
        await asFound();
      });

      await t.step(
        "whose DELETE is revoked in mid-run: exit 3, what is left is named, and later taken back",
        async () => {
          const running = bench.start("bench", [...WRITING, "--duration", "6s"], env);
          await bench.measuring();
          await until(async () => await reserved(admin) > 0 || null, "no order was written");
          await admin.query("ALTER TABLE northwind.order_details OWNER TO CURRENT_USER");
          await admin.query("GRANT SELECT, INSERT ON northwind.order_details TO plain");
          const { code, stdout } = await running.result;
          assert.equal(code, 3, stdout);
          const left = await reserved(admin);
          assert.match(
            stdout,
            new RegExp(
              `The run left something behind:[\\s\\S]* ${left} rows of the run \\S+ are left in northwind\\.orders`,
            ),
          );
          assert.match(stdout, /permission denied for table order_details/);
          const still = await bench.call("clean", ["--writes"], env);
          assert.equal(still.code, 3, still.stdout);
          const kept = await bench.call("clean", ["--yes"], env);
          assert.equal(kept.code, 3, kept.stdout);
          assert.match(
            kept.stderr,
            /only it knows what may be left of the run \S+ in the database "test" at 127\.0\.0\.1/,
          );
          await admin.query("ALTER TABLE northwind.order_details OWNER TO plain");
          const done = await bench.call("clean", ["--writes"], env);
          assert.equal(done.code, 0, done.stdout + done.stderr);
          assert.match(
            done.stdout,
            /Took back what the run \S+ \(write-heavy\) had left in the database "test"/,
          );
          await asFound();
          const nothing = await bench.call("clean", ["--writes"], env);
          assert.equal(nothing.code, 0);
          assert.match(nothing.stdout, /No run has left anything/);
        },
      );

      await t.step(
        "in which a run was killed: a run of another scenario takes its rows back and says so",
        async () => {
          const running = bench.start("bench", LONG, env);
          await bench.measuring();
          await until(async () => await reserved(admin) > 0 || null, "no order was written");
          running.kill("SIGKILL");
          await running.result;
          assert.ok(await reserved(admin) > 0);
          const next = await bench.run(
            "bench",
            ["read-heavy", ...SHORT, "--paths", "sql", "--no-report"],
            env,
          );
          assert.ok(next.code === 0 || next.code === 4, next.stderr);
          assert.match(next.stdout, /Recovered run/);
          assert.match(
            next.stdout,
            /Took back what the run \S+ \(write-heavy\) had left in the database "test" at .*: \d+ rows/,
          );
          await asFound();
        },
      );

      await t.step("where the paths differ: nothing of the comparison is left", async () => {
        const dir = join(bench.home, "mine");
        await Deno.mkdir(dir, { recursive: true });
        const workload = new URL("../../queries/workloads/access-paths", import.meta.url).pathname;
        for (const name of ["order-insert.sql", "order-insert.graphql"]) {
          await Deno.copyFile(join(workload, name), join(dir, name));
        }
        // A key gives a different answer each time, so that the second path differs after both have written.
        await Deno.writeTextFile(
          join(dir, "order-insert.check.sql"),
          "-- What it left.\n-- :order_id integer\nSELECT order_id FROM northwind.orders WHERE order_id = :order_id\n",
        );
        const scenario =
          (await import(new URL("../../queries/scenarios/access-paths.ts", import.meta.url).href)).default;
        const insert = scenario.operations.find(({ name }: { name: string }) => name === "order-insert");
        const file = join(dir, "differ.ts");
        const own = {
          ...scenario,
          name: "differ",
          workload: dir,
          operations: [{ ...insert, outdates: undefined }],
          paths: ["sql", "sql+cache"],
        };
        await Deno.writeTextFile(file, `export default ${JSON.stringify(own)};\n`);
        const { code, stderr } = await bench.call("bench", [file, ...SHORT, "--no-report"], env);
        assert.equal(code, 4, stderr);
        assert.match(stderr, /order-insert answers differently|different/);
        assert.ok(
          !existsSync(join(bench.home, "undo")) ||
            [...Deno.readDirSync(join(bench.home, "undo"))].length === 0,
        );
        await asFound();
      });
    });
  });
});
