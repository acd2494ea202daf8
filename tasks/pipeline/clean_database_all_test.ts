import assert from "node:assert/strict";
import { Client } from "pg";
import { lockDatabase } from "../seed/database_lock.ts";
import { makeDependents, namesOfDependents, ordinaryRole } from "../seed/testing_dependents.ts";
import { seed } from "../seed/seed.ts";
import { withPostgres } from "../stack/testing.ts";
import { assertAsFound, assertSettledAsFound } from "../testing/facts.ts";
import { lookAtFolder } from "../testing/look_at_folder.ts";
import { lookAtPostgres } from "../testing/look_at_postgres.ts";
import type { Called } from "../terminal/testing_in_process.ts";
import { withWorkbench, type Workbench } from "./testing.ts";

async function query<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

const clean = (bench: Workbench, url: string, ...more: string[]) =>
  bench.call("clean", ["--database", "--yes", ...more], { DATABASE_URL: url });

/** Ends with that code and sentence, and leaves the server as it was. */
async function refused(
  admin: string,
  work: () => Promise<Called>,
  code: number,
  said: readonly (string | RegExp)[],
): Promise<void> {
  const before = await lookAtPostgres(admin);
  const result = await work();
  const unsaid = said.filter((part) =>
    typeof part === "string" ? !result.stderr.includes(part) : !part.test(result.stderr)
  );
  assert.deepEqual([result.code, unsaid], [code, []], result.stdout + result.stderr);
  await assertSettledAsFound(before, () => lookAtPostgres(admin));
}

Deno.test("leaving a user's database", (t) =>
  withPostgres((_url, postgres) =>
    withWorkbench(async (bench) => {
      const builtUpon = await postgres.database("built_upon");
      const builder = await ordinaryRole(builtUpon, "seeder");

      await t.step(
        "where there is nothing of ours that is said, and a schema that is not ours stays",
        async () => {
          const { code, stdout, stderr } = await clean(bench, builder);
          assert.equal(code, 0, stderr);
          assert.match(
            stdout,
            /^There is nothing of Benchbook's in the database "built_upon" at 127\.0\.0\.1:\d+\.$/m,
          );
          const other = await postgres.database("other");
          await query(other, "CREATE SCHEMA benchbook; CREATE TABLE benchbook.dataset AS SELECT 1 AS name");
          await refused(other, () => clean(bench, other), 0, []);
        },
      );

      await t.step("without DATABASE_URL there is none to clean", async () => {
        const { code, stderr } = await bench.call("clean", ["--database", "--yes"]);
        assert.equal(code, 2);
        assert.match(stderr, /DATABASE_URL must name one: it is not set/);
      });

      for (const dataset of ["northwind", "events"]) {
        await seed({ url: builder, dataset, scale: "tiny", seed: 42 });
      }
      await t.step("all that leans on ours is named, and nothing is removed", async () => {
        await makeDependents(builtUpon, "seeder");
        await refused(builtUpon, () => clean(bench, builder), 2, [
          /^error: Cannot remove Benchbook from "built_upon": with it would go what Benchbook did not make: /,
          ...namesOfDependents("seeder"),
        ]);
      });
      const admin = await postgres.database("shop");
      const own = await ordinaryRole(admin, "seeder");
      await query(admin, "CREATE SCHEMA app; CREATE TABLE app.precious AS SELECT 1 AS n");
      const unseeded = await lookAtPostgres(admin);
      for (const dataset of ["northwind", "events"]) {
        await seed({ url: own, dataset, scale: "tiny", seed: 42 });
      }

      await t.step("`clean` alone is about this machine, and touches no server of the user's", async () => {
        await refused(admin, () => bench.call("clean", ["--yes"], { DATABASE_URL: own }), 0, []);
      });

      await t.step("without a terminal and without --yes it only shows", async () => {
        await refused(admin, () => bench.run("clean", ["--database"], { DATABASE_URL: own }), 2, [
          "Cannot ask whether to remove this: there is no terminal",
        ]);
      });

      await t.step("while another task is using the database it waits for its turn", async () => {
        const lock = await lockDatabase(admin, "bench access-paths");
        await refused(admin, () => clean(bench, own), 3, [
          /Cannot run clean --database now: "bench access-paths" \(process \d+ on .*\) is using the database "shop"/,
        ]);
        await lock.release();
      });

      await t.step("a role that does not own it, or may not write, is told so", async () => {
        const other = await ordinaryRole(admin, "visitor");
        await refused(admin, () => clean(bench, other), 2, [/permission denied for schema benchbook/]);
        await query(
          admin,
          "GRANT USAGE ON SCHEMA benchbook, northwind, northwind_sales, events TO visitor; " +
            "GRANT SELECT ON ALL TABLES IN SCHEMA benchbook, northwind, northwind_sales, events TO visitor",
        );
        await refused(admin, () => clean(bench, other), 2, [
          'the role "visitor" must own what is there: "seeder" does',
        ]);
        await query(
          admin,
          "REVOKE ALL ON SCHEMA benchbook, northwind, northwind_sales, events FROM visitor; " +
            "REVOKE ALL ON ALL TABLES IN SCHEMA benchbook, northwind, northwind_sales, events FROM visitor",
        );
        const readOnly = new URL(own);
        readOnly.searchParams.set("options", "-c default_transaction_read_only=on");
        await refused(admin, () => clean(bench, readOnly.href), 3, ["it takes no writes"]);
      });

      await t.step(
        "what goes is shown, and afterwards the server is as it was before the seeding",
        async () => {
          await query(admin, "GRANT SELECT ON northwind.orders TO reporter");
          const home = lookAtFolder(bench.home);
          const { code, stdout, stderr } = await bench.call("clean", ["--database", "--yes"], {
            DATABASE_URL: own,
          });
          assert.equal(code, 0, stdout + stderr);
          assert.match(
            stdout,
            /the database "shop" at 127\.0\.0\.1:\d+: events \(tiny, seed 42\), northwind \(tiny/,
          );
          assert.match(stdout, /^northwind\.orders +2,700 +[\d.,]+ .iB$/m);
          assert.match(stdout, /^events\.events +[\d,]+ +[\d.]+ .iB$/m);
          assert.match(
            stdout,
            /1 view, 12 functions, 4 types, .* and the schemas benchbook, events, northwind, northwind_sales\./,
          );
          assert.match(stdout, /^ {2}privileges of role reporter on table northwind\.orders$/m);
          assert.match(stdout, /^Removed 22 tables .* Nothing of Benchbook's is left in "shop"/m);
          assert.ok(!stdout.includes("plain"), "the password is shown");
          await query(admin, "DROP OWNED BY visitor; DROP ROLE visitor");
          await assertSettledAsFound(unseeded, () => lookAtPostgres(admin));
          assertAsFound(home, lookAtFolder(bench.home));
        },
      );

      await t.step(
        "a half loaded data set goes too, and then one of a version without a record",
        async () => {
          for (
            const [change, said] of [
              ["status = 'loading', counts = NULL", /northwind \(tiny, seed 42, half loaded\)/],
              ["objects = NULL", /northwind \(tiny, seed 42\)/],
            ] as const
          ) {
            await seed({ url: own, dataset: "northwind", scale: "tiny", seed: 42 });
            await query(admin, `UPDATE benchbook.dataset SET ${change}`);
            const { code, stdout, stderr } = await clean(bench, own);
            assert.equal(code, 0, stderr);
            assert.match(stdout, said);
            await assertSettledAsFound(unseeded, () => lookAtPostgres(admin));
          }
        },
      );
    })
  ));
