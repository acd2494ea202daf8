import assert from "node:assert/strict";
import type { StepPlan } from "../model/migration.ts";
import { UNLIMITED, withClient } from "../seed/connect.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { checkNames } from "./refuse_missing.ts";

/** Each of them as the second statement of a file, which begins at line 3. */
const CASES: readonly (readonly [sql: string, said: string | null, next?: string])[] = [
  [
    'ALTER TABLE shop."order" ADD COLUMN note text',
    'relation "shop.order" does not exist (42P01)',
    "Did you mean shop.orders? Nothing was changed.",
  ],
  [
    "SELECT * FROM nowhere_at_all_to_be_found",
    'relation "nowhere_at_all_to_be_found" does not exist (42P01)',
  ],
  ["UPDATE shopp.orders SET total = 1", 'relation "shopp.orders" does not exist (42P01)'],
  [
    "ALTER TABLE shop.orders ALTER COLUMN totl SET NOT NULL",
    'column "totl" does not exist (42703)',
    "Did you mean total? Nothing was changed.",
  ],
  ['CREATE INDEX ON shop.orders ("Total")', 'column "Total" does not exist (42703)'],
  ["ALTER TABLE shop.made ADD COLUMN i integer", null],
  [
    "ALTER TABLE shop.made ALTER COLUMN nope SET NOT NULL",
    'column "nope" of relation "shop.made" does not exist',
  ],
  ["ALTER TABLE IF EXISTS shop.gone ADD COLUMN i integer", null],
  ["UPDATE shop.orders SET total = 0 WHERE id > :after AND id <= :upto", null],
  ["SELECT count(*) FROM pg_class", null],
];

Deno.test("a change that names what is not there is refused in PostgreSQL's words, and nothing of it is run", () =>
  withDatabase((url) =>
    withClient(url, async (client) => {
      await client.query("CREATE SCHEMA shop; CREATE TABLE shop.orders (id integer, total numeric)");
      const planOf = (...texts: readonly string[]) => {
        const statements = texts.map((text, at) => ({ text, line: 1 + 2 * at }));
        return [{ step: 1, file: "change.sql", statements }] as unknown as StepPlan[];
      };
      for (const [sql, said, next] of CASES) {
        const checked = checkNames(client, planOf("CREATE TABLE shop.made (id integer)", sql));
        if (said === null) await checked;
        else {
          await assert.rejects(
            checked,
            (error: Error & { readonly exitCode: number; readonly next: string }) => {
              assert.ok(error.message.startsWith(`Cannot run change.sql:3: ${said}`), error.message);
              assert.equal(error.exitCode, 2);
              if (next !== undefined) assert.equal(error.next, next);
              return true;
            },
          );
        }
      }
      // What a statement above has taken away is not there either, though the server has it still.
      await assert.rejects(
        checkNames(
          client,
          planOf("ALTER TABLE shop.orders DROP COLUMN total", "UPDATE shop.orders SET total = 1"),
        ),
        /column "total" of relation "shop.orders" does not exist/,
      );
      await assert.rejects(
        checkNames(client, planOf("DROP TABLE shop.orders", "TABLE shop.orders")),
        /relation "shop.orders" does not exist/,
      );
      // A composite type is none of the relations that are looked at, and a foreign table is there.
      await client.query(`
        CREATE EXTENSION file_fdw; CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
        CREATE FOREIGN TABLE public.passwd (line text) SERVER files OPTIONS (filename '/dev/null')`);
      await checkNames(
        client,
        planOf("SELECT * FROM passwd", "ALTER FOREIGN TABLE passwd ADD COLUMN more text"),
      );
      // What a block makes cannot be followed: what comes after it may be there.
      await checkNames(client, planOf("DO $$ BEGIN EXECUTE 'CREATE TABLE x (i int)'; END $$", "TABLE x"));
      const { rows } = await client.query(
        "SELECT relname FROM pg_class WHERE relnamespace = 'shop'::regnamespace",
      );
      assert.deepEqual(rows, [{ relname: "orders" }]);
    }, UNLIMITED)
  ));
