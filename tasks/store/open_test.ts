import assert from "node:assert/strict";
import { join } from "node:path";
import { ServiceError, UsageError } from "../model/errors.ts";
import { migrate, needsMigration, storeMigrations } from "./migrations.ts";
import { openStore } from "./open.ts";
import { storeFile, withStore, withTempDir } from "./testing.ts";
import { whileHeld } from "./testing_hold.ts";

const TABLES = [
  "arm",
  "checksum",
  "ledger",
  "lock_event",
  "migration_step",
  "operation",
  "phase",
  "plan",
  "rate_search",
  "run",
  "sample",
  "statement_lock",
  "tier_refresh",
  "timing",
];

Deno.test("a new store has the contract's tables and views, empty and askable", () =>
  withTempDir((dir) =>
    withStore(join(dir, "new", "deep", "store.duckdb"), "write", async (store) => {
      const names = await store.rows<{ name: string }>(
        "SELECT table_name AS name FROM information_schema.tables WHERE table_name <> 'schema_version' ORDER BY 1",
      );
      assert.deepEqual(
        names.map(({ name }) => name),
        [...TABLES, "after_warmup", "latency", "request", "slot", "timeline"].sort(),
      );
      assert.deepEqual(await store.rows("SELECT * FROM latency"), []);
      assert.deepEqual(await store.rows("SELECT * FROM timeline"), []);
    })
  ));

Deno.test("reading never makes a store: without one there are no runs yet", () =>
  withTempDir(async (dir) => {
    await assert.rejects(openStore(storeFile(dir), { mode: "read" }), (error: Error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, /there are no runs yet/);
      assert.match(error.next!, /deno task bench/);
      return true;
    });
    assert.deepEqual([...Deno.readDirSync(dir)], []);
    // A full disk, or an editor, leaves an empty file.
    Deno.writeTextFileSync(storeFile(dir), "");
    await assert.rejects(openStore(storeFile(dir), { mode: "read" }), /there are no runs yet/);
    assert.equal(Deno.statSync(storeFile(dir)).size, 0);
  }));

Deno.test("a closed store is free for another process at once", () =>
  withTempDir(async (dir) => {
    const file = storeFile(dir);
    const store = await openStore(file, { mode: "write" });
    // Results still referenced must not keep the file.
    const kept = await store.rows("SELECT * FROM range(10)");
    const result = await store.connection.runAndReadAll("SELECT 1 AS one");
    store.close();
    await whileHeld(file, "write", () => Promise.resolve());
    assert.equal(kept.length, 10);
    assert.equal(result.columnCount, 1);
  }));

Deno.test("a store held elsewhere is waited for, then refused with who holds it and that nothing is lost", () =>
  withTempDir(async (dir) => {
    const file = storeFile(dir);
    await withStore(file, "write", () => Promise.resolve());
    await whileHeld(file, "read", async () => {
      // Readers do not disturb each other.
      await withStore(file, "read", (store) => store.rows("SELECT 1"));
      let waited = 0;
      await assert.rejects(
        openStore(file, { mode: "write", waitMs: 250, onWait: () => waited++ }),
        (error: Error) => {
          assert.ok(error instanceof ServiceError);
          assert.match(error.message, /within 250 ms: another process \(.*pid \d+\) holds it/);
          assert.match(error.next!, /notebook or the DuckDB shell.*Nothing is lost/);
          return true;
        },
      );
      assert.equal(waited, 1);
    });
  }));

Deno.test("a store that is let go during the wait opens", () =>
  withTempDir(async (dir) => {
    const file = storeFile(dir);
    await withStore(file, "write", () => Promise.resolve());
    await whileHeld(file, "write", async ({ release }) => {
      let holder = "";
      const opening = openStore(file, {
        mode: "read",
        onWait(who) {
          holder = who;
          void release();
        },
      });
      (await opening).close();
      assert.match(holder, /pid \d+/);
    });
  }));

Deno.test("a process killed while it writes leaves what was committed and nothing else, readable at once", () =>
  withTempDir(async (dir) => {
    const file = storeFile(dir);
    await withStore(file, "write", () => Promise.resolve());
    const phase = (id: number) => `INSERT INTO phase VALUES ('R', ${id}, 'steady', true, 0, 'sql', 0, 1)`;
    await whileHeld(file, "write", ({ kill }) => kill(), [phase(1), "BEGIN TRANSACTION", phase(2)]);
    for (const mode of ["read", "write"] as const) {
      const rows = await withStore(file, mode, (store) => store.rows("SELECT phase_id FROM phase"));
      assert.deepEqual(rows, [{ phase_id: 1 }]);
    }
  }));

Deno.test("what is not a DuckDB file is named as such and left alone", () =>
  withTempDir(async (dir) => {
    const file = storeFile(dir);
    Deno.writeTextFileSync(file, "not a database at all\n".repeat(1000));
    await assert.rejects(openStore(file, { mode: "write" }), (error: Error) => {
      assert.ok(error instanceof ServiceError);
      assert.match(error.message, /^Cannot open .* as a DuckDB store: /);
      return true;
    });
    assert.match(Deno.readTextFileSync(file), /^not a database/);
  }));

Deno.test("a store of a newer Benchbook is refused, and stays free", () =>
  withTempDir(async (dir) => {
    const file = storeFile(dir);
    await withStore(file, "write", (store) => store.run("INSERT INTO schema_version (version) VALUES (999)"));
    for (const mode of ["read", "write"] as const) {
      await assert.rejects(openStore(file, { mode }), (error: Error) => {
        assert.ok(error instanceof ServiceError);
        assert.match(error.message, /it has version 999/);
        return true;
      });
    }
    await openRaw(file);
  }));

/** Opens the file past Benchbook, which fails while anything of this process still holds it. */
async function openRaw(file: string): Promise<void> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(file, { access_mode: "READ_WRITE" });
  instance.closeSync();
}

Deno.test("an older store is brought forward when it is opened to read", () =>
  withTempDir(async (dir) => {
    const file = storeFile(dir);
    const { DuckDBInstance } = await import("@duckdb/node-api");
    const instance = await DuckDBInstance.create(file);
    const connection = await instance.connect();
    const run = (sql: string) => connection.run(sql);
    await migrate({ run, version: () => Promise.resolve(0) }, storeMigrations().slice(0, 1));
    connection.closeSync();
    instance.closeSync();
    await withStore(file, "read", async (store) => {
      assert.equal(store.mode, "read");
      assert.deepEqual(await store.rows("SELECT * FROM run"), []);
      const [{ version }] = await store.rows<{ version: number }>(
        "SELECT max(version) AS version FROM schema_version",
      ) as [{ version: number }];
      assert.equal(version, storeMigrations().at(-1)!.version);
    });
  }));

Deno.test("migrations run in order from where the store is; one that fails leaves the version before it", () =>
  withTempDir((dir) =>
    withStore(storeFile(dir), "write", async (store) => {
      const version = async () =>
        (await store.rows<{ v: number }>("SELECT max(version) AS v FROM schema_version"))[0]!.v;
      const target = { run: (sql: string) => store.run(sql), version };
      const first = await version();
      const steps = [
        { version: first, sql: "SELECT error('applied twice')" },
        { version: first + 1, sql: "CREATE TABLE extra (a INTEGER); INSERT INTO extra VALUES (1);" },
        { version: first + 2, sql: "ALTER TABLE extra ADD COLUMN b INTEGER; SELECT error('no');" },
      ];
      await assert.rejects(migrate(target, steps), /no/);
      assert.equal(await version(), first + 1);
      assert.deepEqual(await store.rows("SELECT * FROM extra"), [{ a: 1 }]);
      await migrate(target, [...steps.slice(0, 2), {
        version: first + 2,
        sql: "ALTER TABLE extra ADD COLUMN b INTEGER",
      }]);
      assert.deepEqual(await store.rows("SELECT * FROM extra"), [{ a: 1, b: null }]);
      assert.equal(needsMigration("x", first + 1, steps), true);
      assert.equal(needsMigration("x", first + 2, steps), false);
    })
  ));

Deno.test("a transaction that fails leaves nothing behind", () =>
  withTempDir((dir) =>
    withStore(storeFile(dir), "write", async (store) => {
      await assert.rejects(
        store.transaction(async () => {
          await store.run("INSERT INTO phase VALUES ('x', 0, 'steady', true, 0, 'sql', 0, 1)");
          throw new Error("stop");
        }),
        /stop/,
      );
      assert.deepEqual(await store.rows("SELECT * FROM phase"), []);
    })
  ));

Deno.test("rows are plain: numbers for counts and decimals, dates for timestamps, null for NULL", () =>
  withTempDir((dir) =>
    withStore(storeFile(dir), "write", async (store) => {
      const [row] = await store.rows(
        `-- $unused in a comment is no parameter
         SELECT count(*) AS n, 1.25::DECIMAL(9, 2) AS d, $when::TIMESTAMP AS at, NULL AS nothing, [1::BIGINT] AS list,
           {'big': 2::HUGEINT} AS nested, $text AS text`,
        { when: new Date("2026-01-02T03:04:05.678Z"), text: "it's", other: 1 },
      );
      assert.deepEqual(row, {
        n: 1,
        d: 1.25,
        at: new Date("2026-01-02T03:04:05.678Z"),
        nothing: null,
        list: [1],
        nested: { big: 2 },
        text: "it's",
      });
    })
  ));
