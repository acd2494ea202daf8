import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { withDatabase } from "../stack/testing_shared.ts";
import { loadCustomisation, type LoadedCustomisation } from "./custom.ts";
import { seed } from "./seed.ts";
import { verify } from "./verify.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
/** The content of (northwind, tiny, 42) with the example's columns: databases that were seeded with it have it on record. */
const SHOPS_42 = "82e0aad6eec48e0e916a77383a3bb5a3";
const tiny = { dataset: "northwind", scale: "tiny", seed: 42 };

async function rows(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

Deno.test("seeding with a user's generators", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "benchbook-custom-"));
  const written = (name: string, columns: string): Promise<LoadedCustomisation> => {
    writeFileSync(join(folder, name), `export default { dataset: "northwind", columns: { ${columns} } };`);
    return loadCustomisation(name, folder);
  };
  try {
    await withDatabase(async (url, postgres) => {
      const names = "SELECT company_name AS name FROM northwind.customers ORDER BY customer_id";
      let plain = "";

      await t.step("the example's columns are loaded, the same by one worker as by two", async () => {
        plain = (await seed({ ...tiny, url })).hash;
        const custom = await loadCustomisation("queries/generators/northwind-shops.ts", ROOT);
        const hashes: string[] = [];
        for (const workers of [1, 2]) {
          const database = await postgres.database(`workers_${workers}`);
          hashes.push((await seed({ ...tiny, url: database, custom, workers })).hash);
          const numbers = (await rows(database, names)).map(({ name }) =>
            /^\D+ (\d+) \D+$/.exec(String(name))?.[1]
          );
          const expected = Array.from({ length: numbers.length }, (_, row) => row + 1);
          assert.deepEqual(numbers.map(Number).sort((a, b) => a - b), expected);
          const checks = await verify({ ...tiny, url: database, custom });
          assert.deepEqual(checks.filter(({ ok }) => !ok), []);
        }
        assert.deepEqual(hashes, [SHOPS_42, SHOPS_42]);
        assert.notEqual(plain, SHOPS_42);
      });

      await t.step("what fails at once is refused before the data that is there are touched", async () => {
        const before = await rows(url, names);
        for (
          const [name, columns, message] of [
            [
              "long",
              `"customers.company_name": () => "x".repeat(41)`,
              /customers\.company_name, row 0: .* character varying\(40\): it yielded .*too long/,
            ],
            ["absent", `"customers.companyname": () => "x"`, /has no column "companyname"/],
            ["key", `"orders.order_id": ({ row }) => row`, /orders\.order_id: it is a key/],
          ] as const
        ) {
          const custom = await written(`${name}.ts`, columns);
          await assert.rejects(seed({ ...tiny, url, custom, replace: true }), {
            name: "UsageError",
            exitCode: 2,
            message,
          });
        }
        assert.deepEqual(await rows(url, names), before);
        const again = await seed({ ...tiny, url });
        assert.deepEqual([again.alreadyThere, again.hash], [true, plain]);
      });

      await t.step(
        "what fails in mid-load names column and row, from another thread too, and leaves nothing",
        async () => {
          const database = await postgres.database("late");
          for (
            const [name, value, message] of [
              ["nan", "NaN", /nan\.ts for orders\.freight, row 2000: it must yield .*: it yielded NaN$/],
              [
                "large",
                "1e10",
                /large\.ts for orders\.freight, row 2000: .*numeric\(12,2\), or null: it yielded 10000000000 \(PostgreSQL: .* overflow/,
              ],
            ] as const
          ) {
            const columns = `"orders.freight": ({ row }) => row === 2000 ? ${value} : 1`;
            const custom = await written(`${name}.ts`, columns);
            for (const workers of [1, 2]) {
              await assert.rejects(seed({ ...tiny, url: database, custom, workers }), {
                name: "UsageError",
                exitCode: 2,
                message,
              });
              assert.deepEqual(
                await rows(database, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'northwind%'"),
                [],
              );
            }
          }
        },
      );
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
