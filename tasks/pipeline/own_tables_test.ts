import assert from "node:assert/strict";
import { Client } from "pg";
import type { LoadedScenario } from "../load/scenario.ts";
import type { SeededDataset } from "../model/dataset.ts";
import type { Stack } from "../stack/services.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { openTerminal } from "../terminal/terminal.ts";
import { openOwnTables } from "./own_tables.ts";

const SCENARIO = {
  name: "own-shop",
  file: "own.ts",
  ownTables: { schemas: ["shop"] },
  operations: [{ write: false }],
} as unknown as LoadedScenario;

Deno.test("a user's own tables are described without reading them, and without waiting for their locks", async (t) => {
  await withDatabase(async (url) => {
    const theirs = new Client({ connectionString: url });
    await theirs.connect();
    const stack = {
      postgres: { origin: "user" },
      databaseUrl: () => Promise.resolve(url),
    } as unknown as Stack;
    const described = async (): Promise<SeededDataset> => {
      const { signal } = new AbortController();
      const terminal = openTerminal({ json: true });
      return (await openOwnTables(stack, SCENARIO, () => Promise.resolve(), terminal, signal)).dataset;
    };
    try {
      await theirs.query(`
        CREATE SCHEMA shop;
        CREATE TABLE shop.item (id integer PRIMARY KEY, price numeric DEFAULT 1, CHECK (price > 0));
        INSERT INTO shop.item SELECT n FROM generate_series(1, 5000) AS n;
        CREATE TABLE shop.visit (at date NOT NULL) PARTITION BY RANGE (at);
        CREATE TABLE shop.visit_2026 PARTITION OF shop.visit FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
        INSERT INTO shop.visit SELECT date '2026-01-01' + n FROM generate_series(0, 99) AS n;
        ANALYZE shop.item, shop.visit`);
      /** What a session did is counted at its end, and of this one when it is told to. */
      const scans = async () => {
        await theirs.query("SELECT pg_stat_force_next_flush()");
        const { rows } = await theirs.query(
          "SELECT sum(seq_scan + seq_tup_read + coalesce(idx_scan, 0)) AS n FROM pg_stat_user_tables",
        );
        return Number(rows[0].n);
      };
      const before = await scans();
      const { counts, rows, hash } = await described();

      await t.step("rows are what the server estimates, and the hash says what it is of", () => {
        assert.deepEqual(counts, { "shop.item": 5000, "shop.visit": 100 });
        assert.equal(rows, 5100);
        assert.match(hash, /^[0-9a-f]{32} \(of the tables' definitions; their rows are not read\)$/);
      });

      await t.step("locks of theirs are not met, and nothing was scanned", async () => {
        await theirs.query("BEGIN; LOCK TABLE shop.item, shop.visit IN ACCESS EXCLUSIVE MODE");
        assert.equal((await described()).hash, hash);
        await theirs.query("ROLLBACK");
        assert.equal(await scans(), before);
      });

      await t.step("rows that change leave the hash, and what defines a table changes it", async () => {
        await theirs.query("DELETE FROM shop.item WHERE id > 10");
        assert.equal((await described()).hash, hash);
        await theirs.query("CREATE INDEX ON shop.item (price)");
        const indexed = (await described()).hash;
        assert.notEqual(indexed, hash);
        await theirs.query("ALTER TABLE shop.visit ADD note text");
        assert.notEqual((await described()).hash, indexed);
      });
    } finally {
      await theirs.end();
    }
  });
});
