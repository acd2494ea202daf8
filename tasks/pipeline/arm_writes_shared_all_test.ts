import assert from "node:assert/strict";
import { join } from "node:path";
import { Client } from "pg";
import type { RunSummary } from "../model/summary.ts";
import { seed } from "../seed/seed.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { keptRecords } from "../undo/journal.ts";
import { SHORT, until, withWorkbench } from "./testing.ts";

const QUICK = ["write-heavy", ...SHORT, "--paths", "sql", "--no-report", "--json", "--slo", "errors<1%"];
const WRITES = `SELECT n_tup_ins::integer AS written,
  (SELECT count(*)::integer FROM ONLY northwind.orders WHERE order_id >= 1000000000) AS reserved
  FROM pg_stat_user_tables WHERE relid = 'northwind.orders'::regclass`;

Deno.test("an arm with a database of its own writes there, and nothing of it is left", (t) =>
  withDatabase((url, { database }) =>
    withWorkbench(async (bench) => {
      const other = await database("other");
      for (const each of [url, other]) {
        await seed({ url: each, dataset: "northwind", scale: "tiny", seed: 42 });
      }
      const client = new Client({ connectionString: other });
      await client.connect();
      const file = (name: string, databaseUrl: string) => {
        const path = join(bench.folder, `${name}.json`);
        Deno.writeTextFileSync(path, JSON.stringify({ databaseUrl }));
        return path;
      };
      const arm = file("other", other);
      const run = (arms: readonly string[] = [`other=${arm}`], more: readonly string[] = []) =>
        bench.call("bench", [...QUICK, ...arms.flatMap((each) => ["--arm", each]), ...more], {
          DATABASE_URL: url,
        });
      const look = async () => {
        await client.query("SELECT pg_stat_force_next_flush()");
        return (await client.query<{ written: number; reserved: number }>(WRITES)).rows[0]!;
      };
      const [name, at] = [new URL(other).pathname.slice(1), new URL(other).host];
      try {
        await t.step("a run over two arms", async () => {
          const before = await look();
          const { code, stdout, stderr } = await run();
          const summary = JSON.parse(stdout) as RunSummary;
          assert.equal(code, summary.validity.valid ? 0 : 4, stderr);
          assert.equal(summary.operations.find(({ arm }) => arm === "other")!.errorRate.value, 0);
          // A session tells the server's statistics when it ends, which its client does not wait for.
          const after = await until(async () => {
            const found = await look();
            return found.written > before.written + 10 ? found : null;
          }, "nothing was written into the other database");
          assert.deepEqual([after.reserved, (await keptRecords(bench.home)).records], [0, []]);
        });

        await t.step("its rows in the way are refused, and stay", async () => {
          await client.query(
            "INSERT INTO northwind.orders SELECT (o).* FROM (SELECT jsonb_populate_record(o, " +
              `'{"order_id": 1000000003}') AS o FROM northwind.orders o LIMIT 1)`,
          );
          const { code, stderr } = await run();
          assert.equal(code, 2, stderr);
          assert.match(stderr, /rows of somebody else in .*\(order_id 1000000003\)/);
          assert.ok(stderr.includes(`, in the database "${name}" at ${at}`), stderr);
          assert.equal((await look()).reserved, 1);
          await client.query("DELETE FROM northwind.orders WHERE order_id = 1000000003");
        });

        await t.step("what would be replicated from there is refused", async () => {
          await client.query("CREATE PUBLICATION theirs FOR TABLE northwind.orders");
          const { code, stderr } = await run();
          assert.equal(code, 2, stderr);
          assert.match(stderr, /publication theirs/);
          assert.ok(stderr.includes(`, in the database "${name}" at ${at}`), stderr);
          await client.query("DROP PUBLICATION theirs");
        });

        await t.step("the same database by another URL is refused", async () => {
          for (const [of, more] of [[url, []], [other, [`other=${arm}`]]] as const) {
            const spelled = new URL(of);
            spelled.searchParams.set("application_name", "spelled");
            const { code, stderr } = await run([...more, `again=${file("again", spelled.href)}`]);
            assert.equal(code, 2, stderr);
            assert.match(
              stderr,
              /Cannot use the arm again \(\S+again\.json\): databaseUrl: the scenario write-heavy writes, and "\S+" at \S+ is the run's own database, or that of another arm/,
            );
          }
        });

        await t.step("a database with other data is refused, before anything is written", async () => {
          const before = await look();
          const empty = file("empty", await database("empty"));
          for (
            const [file, more, holds] of [
              [empty, [], "it does not hold northwind, or not all of it"],
              [arm, ["--seed", "7", "--replace"], "it holds northwind tiny (seed 42)"],
            ] as const
          ) {
            const { code, stderr } = await run([`other=${file}`], more);
            assert.equal(code, 2, stderr);
            assert.ok(stderr.includes(`must hold northwind tiny (seed ${more.length > 0 ? 7 : 42})`), stderr);
            assert.ok(stderr.includes(holds), stderr);
          }
          assert.deepEqual(await look(), before);
        });
      } finally {
        await client.end();
      }
    }, { untouched: true })
  ));
