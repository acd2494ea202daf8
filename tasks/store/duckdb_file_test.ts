import assert from "node:assert/strict";
import { DuckDBInstance } from "@duckdb/node-api";
import { ServiceError, UsageError } from "../model/errors.ts";
import { fileProblem } from "./duckdb_file.ts";
import { openStore } from "./open.ts";
import { deleteRun, insertRun } from "./runs.ts";
import { storeProblem } from "./store_problem.ts";
import { bareRun, storeFile, withStore, withTempDir } from "./testing.ts";

const BLOCK = 262_144;

/** A store with rows in many blocks, some of them freed again. @returns its size in bytes */
async function filled(file: string): Promise<number> {
  await withStore(file, "write", async (store) => {
    await store.run("CREATE TABLE big AS SELECT random() AS r FROM range(200000)");
    await insertRun(store, bareRun("R1"));
    await store.run(
      `INSERT INTO sample SELECT 'R1', range, 'host', 'm' || hash(range), '{}', random() FROM range(200000)`,
    );
  });
  await withStore(file, "write", (store) => store.run("DROP TABLE big"));
  return Deno.statSync(file).size;
}

const problemOf = (file: string) => withStore(file, "read", storeProblem);

Deno.test("a whole store has no problem, whatever was removed from it", () =>
  withTempDir(async (dir) => {
    const file = storeFile(dir);
    assert.equal(fileProblem(file), null, "none there");
    await withStore(file, "write", () => Promise.resolve());
    assert.equal(await problemOf(file), null);
    for (let round = 0; round < 3; round++) {
      await filled(file);
      assert.equal(fileProblem(file), null);
      assert.equal(await problemOf(file), null);
      await withStore(file, "write", (store) => deleteRun(store, "R1"));
      assert.equal(await problemOf(file), null);
      await withStore(file, "write", (store) => store.run("CHECKPOINT"));
      assert.equal(await problemOf(file), null);
    }
  }));

Deno.test("a store that was cut short anywhere is told, and left as it is", () =>
  withTempDir(async (dir) => {
    const file = storeFile(dir);
    const size = await filled(file);
    for (const cut of [size - 1, size - BLOCK, size - 2 * BLOCK, Math.floor(size / 2), 12_288, 5000, 20]) {
      Deno.truncateSync(file, cut);
      const told = await problemOf(file).catch((error) => error);
      if (told instanceof Error) {
        assert.ok(told instanceof ServiceError);
        assert.match(`${told.message}\n${told.next}`, /it is cut short.*\n.*--db/);
      } else {
        assert.match(String(told), /^is cut short: \d+ bytes are there of at least \d+$/);
      }
      assert.equal(Deno.statSync(file).size, cut);
    }
  }));

Deno.test("an empty file, as a full disk leaves it, is as good as none", () =>
  withTempDir(async (dir) => {
    const file = storeFile(dir);
    Deno.writeFileSync(file, new Uint8Array());
    assert.equal(fileProblem(file), null);
    await withStore(file, "write", (store) => store.rows("SELECT * FROM run"));
  }));

Deno.test("a database of something else is no store: no table is made in it, not even to read", () =>
  withTempDir(async (dir) => {
    for (const table of ["orders", "schema_version", "run"]) {
      const file = `${dir}/${table}.duckdb`;
      const instance = await DuckDBInstance.create(file);
      const connection = await instance.connect();
      await connection.run(`CREATE TABLE ${table} AS SELECT 7 AS version`);
      connection.closeSync();
      instance.closeSync();
      for (const mode of ["read", "write"] as const) {
        await assert.rejects(
          openStore(file, { mode }),
          (error) => error instanceof UsageError && error.message.includes(`with the table ${table}`),
        );
      }
      const again = await DuckDBInstance.create(file);
      const look = await again.connect();
      const tables = await look.runAndReadAll("SELECT table_name FROM duckdb_tables()");
      assert.deepEqual(tables.getRowsJS(), [[table]]);
      look.closeSync();
      again.closeSync();
    }
  }));

Deno.test("an empty database is read as one without runs, and not written to", () =>
  withTempDir(async (dir) => {
    const file = storeFile(dir);
    (await DuckDBInstance.create(file)).closeSync();
    const before = Deno.readFileSync(file);
    await assert.rejects(openStore(file, { mode: "read" }), /there are no runs yet/);
    assert.deepEqual(Deno.readFileSync(file), before);
  }));
