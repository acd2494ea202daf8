import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { join } from "node:path";
import { loadSpool } from "../store/load.ts";
import { resolveRun, type Rows } from "../store/runs.ts";
import { storeMigrations } from "../store/migrations.ts";
import { openStore } from "../store/open.ts";
import { storeFile, withStore, withTempDir } from "../store/testing.ts";
import { summarise } from "./summarise.ts";
import { withoutLastDigits } from "./testing.ts";

/**
 * One run as each version of the store had it, and the spool that it came from. With a new version belongs the store of
 * the one before: what `loadSpool` makes of that spool, as `<version>.duckdb.gz`.
 */
const DATA = join(import.meta.dirname!, "../store/testdata");
const RUN = "20260314-092653-0001";
/** A copy of the committed store of a version, which opening brings forward. */
function copyOf(version: number, dir: string): string {
  const file = join(dir, `${version}.duckdb`);
  Deno.writeFileSync(file, gunzipSync(Deno.readFileSync(join(DATA, `${version}.duckdb.gz`))));
  return file;
}

/** What the rows of the run come to. */
async function summaryOf(store: Rows & { readonly file: string }) {
  const { files: _files, ...summary } = await summarise(store, RUN);
  return withoutLastDigits(summary);
}

/** The rows of the run but those that an older version did not keep. */
async function known(store: Rows) {
  const rows = (sql: string) => store.rows<Record<string, unknown>>(sql, { run: RUN });
  return {
    run: await resolveRun(store, RUN),
    arms: await rows("SELECT * FROM arm WHERE run_id = $run ORDER BY arm_id"),
    phases: await rows("SELECT * FROM phase WHERE run_id = $run ORDER BY phase_id"),
    operations: await rows("SELECT * FROM operation WHERE run_id = $run ORDER BY operation_id"),
    requests: await rows("SELECT * FROM request WHERE run_id = $run ORDER BY slot"),
    samples: await rows("SELECT * FROM sample WHERE run_id = $run ORDER BY ALL"),
    plans: await rows("SELECT * FROM plan WHERE run_id = $run ORDER BY operation_id"),
  };
}

Deno.test("a run that an older version stored is the same as its spool is today, and so is what it comes to", async (t) => {
  await withTempDir(async (dir) => {
    const wanted = await withStore(storeFile(dir), "write", async (store) => {
      await loadSpool(store, join(DATA, RUN));
      return { rows: await known(store), summary: await summaryOf(store) };
    });
    assert.equal(wanted.rows.requests.length, wanted.summary.accounting.scheduled);
    assert.ok(wanted.summary.comparisons.some(({ verdict }) => verdict === "slower"));
    assert.deepEqual([...new Set(wanted.rows.operations.map(({ stream }) => stream))], ["shop", "office"]);
    for (let version = 1; version < storeMigrations().at(-1)!.version; version++) {
      await t.step(`version ${version}`, async () => {
        const store = await openStore(copyOf(version, dir), { mode: "read" });
        try {
          assert.deepEqual(await known(store), wanted.rows);
          // It is a function of these rows; the oldest has come the whole way.
          if (version === 1) assert.deepEqual(await summaryOf(store), wanted.summary);
        } finally {
          store.close();
        }
      });
    }
  });
});
