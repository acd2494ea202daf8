import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { type LoadedScenario, loadScenario } from "../load/scenario.ts";
import { UsageError } from "../model/errors.ts";
import { withPostgres } from "../stack/testing.ts";
import { keptRecords } from "./journal.ts";
import type { OwnUndo, WriteRecord } from "./record.ts";
import { takeBackLeftWrites } from "./left_writes.ts";
import { recordFile, ROOT, writeSpool, writingOf } from "./testing.ts";
import { undoing } from "./undoing.ts";

const UNDO =
  "DELETE FROM shop.visit WHERE note = 'bench'; UPDATE shop.item SET stock = 10 WHERE stock <> 10;";

const SCENARIO = {
  name: "own-shop",
  title: "A shop of one's own",
  dataset: { schemas: ["shop"], undo: "undo.sql" },
  workload: "./shop",
  duration: 3,
  warmup: 0,
  block: 1,
  washout: 0,
  timeout: 5,
  paths: ["sql"],
  settings: {},
  arrivals: "poisson",
  rate: 50,
  operations: [
    { name: "visit", weight: 1, write: true, params: { id: { kind: "integer", min: 1, max: 1_000_000 } } },
    { name: "sell", weight: 1, write: true, params: { item: { kind: "integer", min: 1, max: 40 } } },
  ],
};

const WORKLOAD = {
  "visit.sql":
    "-- Notes a visit.\n-- :id integer\nINSERT INTO shop.visit VALUES (:id, 'bench') RETURNING visit_id",
  "visit.check.sql": "-- What it left.\n-- :id integer\nSELECT note FROM shop.visit WHERE visit_id = :id",
  "sell.sql":
    "-- Sells one.\n-- :item integer\nUPDATE shop.item SET stock = stock - 1 WHERE item_id = :item RETURNING stock",
  "sell.check.sql": "-- What it left.\n-- :item integer\nSELECT stock FROM shop.item WHERE item_id = :item",
};

async function scenarioIn(folder: string): Promise<LoadedScenario> {
  const dir = join(folder, "mine");
  mkdirSync(join(dir, "shop"), { recursive: true });
  writeFileSync(join(dir, "own.ts"), `export default ${JSON.stringify(SCENARIO)};\n`);
  for (const [name, text] of Object.entries(WORKLOAD)) writeFileSync(join(dir, "shop", name), `${text}\n`);
  return await loadScenario(ROOT, join(dir, "own.ts"));
}

Deno.test("an undo of the user's own is held against what stood there before, by key", async (t) => {
  await withPostgres(async (url, { home, database }) => {
    const client = new Client({ connectionString: url });
    await client.connect();
    const dir = await Deno.makeTempDir({ prefix: "benchbook-undo-" });
    const count = async () => Number((await client.query("SELECT count(*) AS n FROM shop.visit")).rows[0].n);
    try {
      await client.query(`
        CREATE SCHEMA shop;
        CREATE TABLE shop.item (item_id integer PRIMARY KEY, stock integer NOT NULL);
        INSERT INTO shop.item SELECT n, 10 FROM generate_series(1, 40) AS n;
        CREATE TABLE shop.guest (guest_id integer);
        CREATE TABLE shop.visit (visit_id integer PRIMARY KEY, note text);
        INSERT INTO shop.visit VALUES (0, 'theirs')`);
      // A file in the home proves nothing of what a record there says.
      const scenario = await scenarioIn(dir);
      const undoFile = join(dir, "undo.sql");
      writeFileSync(undoFile, UNDO);
      const writing = writingOf(scenario, { url, home, dataset: null });
      const options = (sql: string) => ({
        ...writing,
        slots: 100,
        own: { file: "undo.sql", path: undoFile, sql, schemas: ["shop"] },
      });
      /** As the run's first hundred slots do. */
      const work = async () => {
        const { operationOf, valuesOf } = writing.mix;
        for (let slot = 0; slot < 100; slot++) {
          const operation = operationOf(slot, 0);
          const { id, item } = valuesOf(slot, operation);
          if (operation === 0) await client.query("INSERT INTO shop.visit VALUES ($1, 'bench')", [id]);
          else await client.query("UPDATE shop.item SET stock = stock - 1 WHERE item_id = $1", [item]);
        }
      };

      await t.step("one that takes back all that the run wrote leaves nothing to say", async () => {
        assert.deepEqual((await undoing(options(UNDO), work)).left, []);
        assert.equal(await count(), 1);
      });

      await t.step("it is run also where no operation is declared to write", async () => {
        const reads = scenario.operations.map((operation) => ({ ...operation, write: false }));
        const silent = { ...options(UNDO), scenario: { ...scenario, operations: reads } };
        assert.deepEqual((await undoing(silent, work)).left, []);
        assert.equal(await count(), 1);
      });

      await t.step("one that undoes nothing is told by operation and key, and the record stays", async () => {
        const { left } = await undoing(options("SELECT 1"), work);
        for (const operation of ["visit", "sell"]) {
          const said =
            `^Of \\d+ keys that ${operation} of the run \\S+ may have written, \\d+ are not as before in the ` +
            `database "test" after undo\\.sql; the first: \\[\\d+\\]\\. Or somebody else has changed them meanwhile\\.$`;
          assert.match(left.join("\n"), new RegExp(said, "m"));
        }
        assert.match(left.at(-1)!, /deno task clean --writes/);
      });

      await t.step(
        "a check that cannot be read is named, as bad input, before anything is written",
        async () => {
          const check = join(scenario.workloadDir, "sell.check.sql");
          writeFileSync(check, WORKLOAD["sell.check.sql"].replace("stock", "stocks"));
          await assert.rejects(
            undoing(options(UNDO), () => assert.fail("it went on")),
            (error: UsageError) =>
              error instanceof UsageError &&
              /sell.*: column "stocks" does not exist \(42703\)/.test(error.message) &&
              error.next!.endsWith("Correct sell.check.sql."),
          );
          writeFileSync(check, WORKLOAD["sell.check.sql"]);
        },
      );

      await t.step("one that fails once the run has written is told with its error", async () => {
        await client.query(UNDO);
        const { left } = await undoing(options("DELETE FROM shop.guest"), async () => {
          await work();
          await client.query("ALTER TABLE shop.guest RENAME TO guests");
        });
        assert.match(
          left.join("\n"),
          /undo\.sql failed: relation "shop\.guest" does not exist \(SQLSTATE 42P01\)/,
        );
      });

      await t.step("one that would touch more rows than the run can have written does nothing", async () => {
        await client.query("DELETE FROM shop.visit WHERE note = 'bench'");
        const sql = "DELETE FROM ONLY shop.visit WHERE note = 'bench'";
        const operations = scenario.operations.filter(({ name }) => name === "visit");
        const streams = scenario.streams.map((stream) => ({ ...stream, count: 1 }));
        const own = { file: "undo.sql", path: undoFile, sql, schemas: ["shop"], perWrite: 1 };
        const visits = {
          ...writingOf({ ...scenario, operations, streams }, { url, home, dataset: null }),
          slots: 100,
          own,
        };
        const write = async (theirs: number) => {
          for (let id = 2_000_001; id <= 2_000_002 + theirs; id++) {
            await client.query("INSERT INTO shop.visit VALUES ($1, 'bench')", [id]);
          }
          writeSpool(visits, { 0: "ok", 1: "timeout", 2: "taken" });
        };
        const { left, touched } = await undoing(visits, () => write(0));
        assert.deepEqual({ left, touched }, { left: [], touched: [2] });
        rmSync(visits.spool!.dir, { recursive: true });
        const more = await undoing(visits, () => write(1));
        assert.match(
          more.left.join("\n"),
          /undo\.sql was rolled back: it would remove or change 3 rows, and the run \S+ can have written 2 of them/,
        );
        assert.equal(await count(), 4);
        rmSync(recordFile(home, visits.runId));
        await client.query(sql);
        // After a kill as many as were planned may have been written of which nothing is told, and no more.
        const few = {
          ...visits,
          ...writingOf({ ...scenario, operations, streams }, { url, home, dataset: null }),
          own,
        };
        await undoing({ ...few, slots: 100 }, async () => {
          await client.query(
            "INSERT INTO shop.visit SELECT n, 'bench' FROM generate_series(3000001, 3000900) AS n",
          );
          writeSpool(few, { 0: "ok" });
        });
        const record = JSON.parse(await Deno.readTextFile(recordFile(home, few.runId)));
        await Deno.writeTextFile(
          recordFile(home, few.runId),
          JSON.stringify({ ...record, whole: false, owner: { pid: 1, startedAt: "long ago" } }),
        );
        writeFileSync(undoFile, sql);
        const killed = await takeBackLeftWrites(home, { url, embedded: false, held: false });
        assert.match(
          killed.left.join("\n"),
          /it would remove or change 900 rows, and the run \S+ can have written 100 of/,
        );
        writeFileSync(undoFile, UNDO);
        rmSync(recordFile(home, few.runId));
        await client.query(sql);
      });

      await t.step(
        "after a kill the next start of any scenario does it, from any database of the server",
        async () => {
          await client.query(UNDO);
          const { left } = await undoing(options("SELECT 1"), work);
          assert.notEqual(left.length, 0);
          const file = recordFile(home, writing.runId);
          const record = JSON.parse(await Deno.readTextFile(file));
          const owner = { pid: 1, startedAt: "long ago" };
          const write = (own: Partial<OwnUndo>, changes: Partial<WriteRecord> = {}) =>
            Deno.writeTextFile(
              file,
              JSON.stringify({ ...record, ...changes, owner, own: { ...record.own, sql: UNDO, ...own } }),
            );
          const at = { url, embedded: false, held: false };
          await client.query("CREATE TABLE shop.seen (n integer)");
          const FORGED = "DROP TABLE shop.seen";
          const lookOf = (text: string) => ({ operation: "visit", path: "", text, values: [], before: "" });
          const refusals: (readonly [Partial<OwnUndo>, Partial<WriteRecord>, RegExp])[] = [
            [{ sql: FORGED }, {}, /undo\.sql has changed since that run\. That task shows it and asks\.$/m],
            [{ sql: FORGED, path: "" }, {}, /does not say where undo\.sql lies/],
            [{ sql: FORGED, path: join(home, "undo/evil.sql") }, {}, /evil\.sql lies in /],
            [{ sql: FORGED, path: join(dir, "none.sql") }, {}, /none\.sql is not there any more/],
            [
              { sql: FORGED },
              { place: { ...record.place, system: null } },
              /with a DATABASE_URL that leads there/,
            ],
            ...[FORGED, `SELECT 1; COMMIT; ${FORGED}`].map((text) =>
              [{}, { looks: [lookOf(text)] }, /record is damaged/] as const
            ),
          ];
          writeFileSync(join(home, "undo/evil.sql"), FORGED);
          for (const [own, changes, said] of refusals) {
            await write(own, changes);
            assert.match((await takeBackLeftWrites(home, at)).left.join("\n"), said);
            rmSync(`${file}.damaged`, { force: true });
          }
          // One that writes all the same ends in an error of the server's.
          await write({ sql: "SELECT 1", path: join(dir, "one.sql") }, {
            looks: [lookOf("WITH gone AS (DELETE FROM shop.visit) SELECT 1")],
          });
          writeFileSync(join(dir, "one.sql"), "SELECT 1");
          assert.match(
            (await takeBackLeftWrites(home, at)).left.join("\n"),
            /the record does not say where visit\.check\.sql lies/,
          );
          // Not even where it may run.
          assert.match(
            (await takeBackLeftWrites(home, { ...at, mayRun: () => true })).left.join("\n"),
            /It is not known whether/,
          );
          await write({});
          Deno.chmodSync(file, 0o666);
          assert.match((await takeBackLeftWrites(home, at)).left.join("\n"), /may be written by other users/);
          Deno.chmodSync(file, 0o600);
          if (Deno.uid() === 0) {
            Deno.chownSync(file, 1, 1);
            assert.match(
              (await takeBackLeftWrites(home, at)).left.join("\n"),
              /belongs to user id 1, so others/,
            );
            Deno.chownSync(file, 0, 0);
          }
          // A query may call what ends a session: it is no less than a statement.
          const ends =
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'the shop'";
          const theirs = new Client({ connectionString: url, application_name: "the shop" });
          theirs.on("error", () => {});
          await theirs.connect();
          await Deno.writeTextFile(
            file,
            JSON.stringify({
              ...record,
              owner,
              own: null,
              looks: [{ operation: "visit", text: ends, values: [], before: "" }],
            }),
          );
          assert.match((await takeBackLeftWrites(home, at)).left.join("\n"), /Its SQL is not run unasked/);
          assert.equal((await theirs.query("SELECT 1 AS one")).rows.length, 1);
          await theirs.end();
          assert.equal((await client.query("SELECT FROM shop.seen")).rows.length, 0, "no SQL of others ran");
          await write({ sql: `${UNDO} ` });
          let asked = 0;
          const mayRun = () => ++asked === 0;
          assert.notEqual((await takeBackLeftWrites(home, { ...at, mayRun })).left.length, 0);
          assert.equal(asked, 1);
          await write({});
          const next = await takeBackLeftWrites(home, {
            url: await database("elsewhere"),
            embedded: false,
            held: false,
          });
          assert.deepEqual(next.left, []);
          assert.match(
            next.told[0]!,
            /^Took back what the run \S+ \(own-shop\) had left in .*: by undo\.sql\.$/,
          );
          assert.equal(await count(), 1);
        },
      );
    } finally {
      await client.end();
      await Deno.remove(dir, { recursive: true });
    }
  });
});

Deno.test("a pipe in place of a record is named, and not waited for", async () => {
  const home = Deno.makeTempDirSync({ prefix: "benchbook-undo-" });
  try {
    mkdirSync(join(home, "undo"));
    new Deno.Command("mkfifo", { args: [recordFile(home, "20261129-171705-f802")] }).outputSync();
    const { records, damaged } = await keptRecords(home);
    assert.deepEqual(records, []);
    assert.match(damaged[0]!, /the run 20261129-171705-f802 .* its record is damaged/);
  } finally {
    Deno.removeSync(home, { recursive: true });
  }
});
