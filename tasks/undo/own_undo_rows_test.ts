import assert from "node:assert/strict";
import { Client } from "pg";
import { loadScenario } from "../load/scenario.ts";
import { UsageError } from "../model/errors.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { runOwnUndo } from "./own_undo.ts";
import { ROOT, writingOf, writtenAt } from "./testing.ts";
import { undoing } from "./undoing.ts";

/** A partition of shop.call that stands for shop.far, in the same database as if it were another server's. */
function foreignPartition(url: string): string {
  const { hostname, port, username, password, pathname } = new URL(url);
  const text = (value: string) => `'${decodeURIComponent(value)}'`;
  return `
    CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw
      OPTIONS (host ${text(hostname)}, port ${text(port)}, dbname ${text(pathname.slice(1))});
    CREATE USER MAPPING FOR CURRENT_USER SERVER far OPTIONS (user ${text(username)}, password ${
    text(password)
  });
    CREATE FOREIGN TABLE shop.call_far PARTITION OF shop.call FOR VALUES FROM (0) TO (9) SERVER far
      OPTIONS (schema_name 'shop', table_name 'far')`;
}

Deno.test("an undo of the user's own that would touch rows of theirs is refused before the first write", async (t) => {
  await withDatabase(async (url, { home }) => {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      await client.query(`
        CREATE SCHEMA shop;
        CREATE TABLE shop.visit (visit_id integer PRIMARY KEY, note text);
        CREATE TABLE shop.old_visit () INHERITS (shop.visit);
        CREATE TABLE shop.stay (visit_id integer REFERENCES shop.visit ON DELETE CASCADE);
        CREATE FUNCTION shop.clear() RETURNS void LANGUAGE sql AS 'DELETE FROM ONLY shop.visit WHERE note = ''bench''';
        CREATE EXTENSION postgres_fdw;
        CREATE TABLE shop.far (n integer, note text);
        INSERT INTO shop.far VALUES (1, 'bench'), (1, 'bench');
        CREATE TABLE shop.call (n integer, note text) PARTITION BY RANGE (n);
        INSERT INTO shop.visit VALUES (1, 'bench'), (2, 'theirs');
        INSERT INTO shop.old_visit VALUES (3, 'bench');
        INSERT INTO shop.stay VALUES (1), (1)`);
      await client.query(foreignPartition(url));
      const all = async () =>
        (await client.query("SELECT visit_id, note FROM shop.visit ORDER BY 1")).rows.map(({ visit_id }) =>
          visit_id
        );
      const loaded = await loadScenario(ROOT, "access-paths");
      const operations = loaded.operations.map((operation) => ({ ...operation, write: false, params: {} }));
      const scenario = { ...loaded, datasetName: null, operations };
      const options = (sql: string, embedded = false) => ({
        ...writingOf(scenario, { url, home, dataset: null }),
        databases: [{ ...writtenAt(url), embedded }],
        own: { file: "undo.sql", path: "", sql, schemas: ["shop"] },
      });
      const faults: [string, string, RegExp][] = [
        [
          "a table that inherits",
          "DELETE FROM shop.visit WHERE visit_id = 3",
          /would remove or change 1 row /,
        ],
        [
          "rows that cascades remove",
          "DELETE FROM ONLY shop.visit WHERE note = 'bench';",
          /would remove or change 3 rows /,
        ],
        [
          "several statements",
          "UPDATE shop.visit SET note = 'x' WHERE visit_id = 2; SELECT 1",
          /change 1 row /,
        ],
        ["a function", "SELECT shop.clear()", /change 3 rows /],
        [
          "a WITH",
          "WITH gone AS (DELETE FROM ONLY shop.visit WHERE visit_id = 2 RETURNING 1) SELECT count(*) FROM gone",
          /change 1 row /,
        ],
        ["TRUNCATE", "TRUNCATE shop.stay", /takes shop\.stay as a whole/],
        [
          "a partition on another server",
          "DELETE FROM shop.call WHERE note = 'bench'",
          /takes shop\.call_far .*on another server/,
        ],
        [
          "a COMMIT of its own",
          "DELETE FROM shop.visit; COMMIT",
          /undo\.sql.* fails: .*transaction commands/,
        ],
        [
          "what fails",
          "DELETE FROM shop.visits",
          /fails: relation "shop\.visits" does not exist \(SQLSTATE 42P01\)/,
        ],
      ];
      for (const [what, sql, said] of faults) {
        await t.step(what, async () => {
          await assert.rejects(
            undoing(options(sql), () => assert.fail("it went on")),
            (error: UsageError) => error instanceof UsageError && said.test(error.message),
          );
          assert.deepEqual(await all(), [1, 2, 3]);
          assert.equal((await client.query("SELECT * FROM shop.stay")).rowCount, 2);
        });
      }

      await t.step(
        "one that takes a table as a whole only once the run has written is rolled back",
        async () => {
          const sql = `DO $x$ BEGIN
          IF EXISTS (SELECT FROM shop.visit WHERE visit_id = 10) THEN TRUNCATE shop.stay; END IF;
        END $x$`;
          const { left } = await undoing(
            options(sql),
            async () => void await client.query("INSERT INTO shop.visit VALUES (10, 'bench')"),
          );
          assert.match(left.join("\n"), /undo\.sql was rolled back: it takes shop\.stay as a whole/);
          assert.equal((await client.query("SELECT * FROM shop.stay")).rowCount, 2);
          await client.query("DELETE FROM shop.visit WHERE visit_id = 10");
        },
      );

      await t.step("whoever reads there is not held up for long", async () => {
        const reader = new Client({ connectionString: url, application_name: "their-reader" });
        await reader.connect();
        try {
          await reader.query("BEGIN; SELECT * FROM shop.stay");
          await assert.rejects(
            undoing(options("TRUNCATE shop.stay"), () => assert.fail("it went on")),
            /must be free within 1 s: session \d+ \("their-reader".* against \w+ on shop\.stay$/,
          );
        } finally {
          await reader.end();
        }
      });

      await t.step("none is refused that touches nothing before", async () => {
        const { left } = await undoing(
          options("DELETE FROM ONLY shop.visit WHERE visit_id BETWEEN 10 AND 19"),
          async () => void await client.query("INSERT INTO shop.visit VALUES (10, 'bench')"),
        );
        assert.deepEqual(left, []);
        assert.deepEqual(await all(), [1, 2, 3]);
      });

      await t.step("of an embedded database without keys it is the rule", async () => {
        const { left } = await undoing(
          options("DELETE FROM ONLY shop.visit WHERE visit_id = 2", true),
          async () => {},
        );
        assert.deepEqual(left, []);
        assert.deepEqual(await all(), [1, 3]);
      });

      await t.step("what a session did before is not counted", async () => {
        await client.query("INSERT INTO shop.visit VALUES (30, 'x')");
        assert.equal((await runOwnUndo(client, "SELECT 1", () => false)).rows, 0);
      });
    } finally {
      await client.end();
    }
  });
});
