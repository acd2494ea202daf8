import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { Client } from "pg";
import { type PostgresPrograms, withUserPostgres } from "../stack/testing_user_postgres.ts";
import { assertSettledAsFound } from "../testing/facts.ts";
import { lookAtPostgres } from "../testing/look_at_postgres.ts";
import type { Workbench } from "./testing.ts";

const example = resolve(import.meta.dirname!, "../../docs/examples");
const sql = (file: string) => Deno.readTextFileSync(join(example, "shop", file));
const scenario = join(example, "shop.ts");
const SHORT = ["--duration", "2s", "--warmup", "300ms", "--no-report", "--json"];

/** Does the example as its docs say, by a role that has the grants it names and no other. */
export async function tryExample(
  t: Deno.TestContext,
  bench: Workbench,
  programs?: PostgresPrograms,
): Promise<void> {
  await withUserPostgres(async ({ url }) => {
    const owner = new Client({ connectionString: url });
    await owner.connect();
    try {
      await owner.query(sql("setup.sql"));
      // One that inherits, with a key that a run may use, and one beyond them.
      await owner.query(
        "CREATE TABLE shop.old_purchase () INHERITS (shop.purchase);" +
          "INSERT INTO shop.old_purchase VALUES (2000000000, 1, 1, 1);" +
          "INSERT INTO shop.purchase VALUES (2100000000, 1, 1, 1)",
      );
      await owner.query("REVOKE ALL ON SCHEMA public FROM PUBLIC; CREATE ROLE bench LOGIN PASSWORD 'narrow'");
      await owner.query(sql("grants.sql"));
      const narrow = new URL(url);
      narrow.username = "bench";
      narrow.password = "narrow";
      const env = { DATABASE_URL: narrow.href };
      const before = await lookAtPostgres(url);
      const maintenance = { except: [/maintenance of table shop\./] };

      await t.step("runs over both paths, and leaves the shop as it was", async () => {
        const { code, stdout, stderr } = await bench.call("bench", [scenario, ...SHORT], env);
        assert.ok(code === 0 || code === 4 && /"verdict": "invalid"/.test(stdout), `exit ${code}\n${stderr}`);
        assert.match(stderr, /Check that all paths return equal results/);
        assert.doesNotMatch(stderr, /are left|not as before/);
        await assertSettledAsFound(before, () => lookAtPostgres(url), maintenance);
      });

      await t.step("refuses a purchase of the shop among the keys, and lets it stand", async () => {
        await owner.query("INSERT INTO shop.purchase VALUES (1000000003, 1, 1, 1)");
        const { code, stderr } = await bench.call("bench", [scenario, ...SHORT], env);
        assert.equal(code, 2, stderr);
        assert.match(stderr, /buy\.check\.sql finds something under \[1000000003\]/);
        const { rows } = await owner.query("SELECT 1 FROM shop.purchase WHERE purchase_id = 1000000003");
        assert.equal(rows.length, 1);
        await owner.query("DELETE FROM ONLY shop.purchase WHERE purchase_id = 1000000003");
      });

      await t.step(
        "refuses one that no request of the run would write, since its undo would remove it",
        async () => {
          await owner.query("INSERT INTO shop.purchase VALUES (1999999999, 1, 1, 1)");
          const found = await lookAtPostgres(url);
          const { code, stderr } = await bench.call("bench", [scenario, ...SHORT, "--paths", "sql"], env);
          assert.equal(code, 2, stderr);
          assert.match(stderr, /undo\.sql .* would remove or change 1 row that no run of this home wrote/);
          await assertSettledAsFound(found, () => lookAtPostgres(url), maintenance);
        },
      );
    } finally {
      await owner.end();
    }
  }, { programs });
}
