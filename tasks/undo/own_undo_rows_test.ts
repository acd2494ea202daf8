import assert from "node:assert/strict";
import { Client } from "pg";
import { loadScenario } from "../load/scenario.ts";
import { UsageError } from "../model/errors.ts";
import { withPostgres } from "../stack/testing.ts";
import { runOwnUndo } from "./own_undo.ts";
import { ROOT, writingOf } from "./testing.ts";
import { undoing } from "./undoing.ts";

Deno.test("an undo of the user's own that would touch rows of theirs is refused before the first write", async (t) => {
  await withPostgres(async (url, { home }) => {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      await client.query(`
        CREATE SCHEMA shop;
        CREATE TABLE shop.visit (visit_id integer PRIMARY KEY, note text);
        CREATE TABLE shop.old_visit () INHERITS (shop.visit);
        CREATE TABLE shop.stay (visit_id integer REFERENCES shop.visit ON DELETE CASCADE);
        CREATE FUNCTION shop.clear() RETURNS void LANGUAGE sql AS 'DELETE FROM ONLY shop.visit WHERE note = ''bench''';
        INSERT INTO shop.visit VALUES (1, 'bench'), (2, 'theirs');
        INSERT INTO shop.old_visit VALUES (3, 'bench');
        INSERT INTO shop.stay VALUES (1), (1)`);
      const all = async () =>
        (await client.query("SELECT visit_id, note FROM shop.visit ORDER BY 1")).rows.map(({ visit_id }) =>
          visit_id
        );
      const loaded = await loadScenario(ROOT, "access-paths");
      const operations = loaded.operations.map((operation) => ({ ...operation, write: false, params: {} }));
      const scenario = { ...loaded, datasetName: null, operations };
      const options = (sql: string, embedded = false) => ({
        ...writingOf(scenario, { url, home, dataset: null }),
        embedded,
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
