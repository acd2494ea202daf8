import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pageKey, pageSources, withKey } from "../../report/report_key.ts";
import { openStore, type Store } from "../../store/open.ts";
import { listRuns, type StoredRun } from "../../store/runs.ts";
import { query } from "../../store/sql.ts";
import { summarise } from "../../summary/summarise.ts";
import { makeUpRun } from "./made_up_run.ts";

/** Of each run: as many as ten seconds of a small one have. */
const TIMINGS = 3000;
/** Copied by one transaction: more would not go into DuckDB's memory. */
const BATCH = 50;
const SQL = join(import.meta.dirname!, "../../../queries/selfbench/report");

/**
 * Makes a reports folder of runs that nobody made, each with a page that is up to date: one run, and copies of it an hour
 * apart. The pages have no figures.
 * @param root of the checkout
 */
export async function makeUpSite(
  dir: string,
  reports: string,
  runs: number,
  { root, onProgress }: { readonly root: string; readonly onProgress: (made: number) => void },
): Promise<void> {
  mkdirSync(reports, { recursive: true });
  const db = join(reports, "benchbook.duckdb");
  const first = await makeUpRun(dir, db, TIMINGS, () => {});
  {
    using store = await openStore(db, { mode: "write" });
    await store.run(sql("copies"));
    for (let from = 1; from < runs; from += BATCH) {
      onProgress(from);
      await store.transaction(() => copy(store, first, from, Math.min(runs, from + BATCH)));
    }
    await store.run("CHECKPOINT");
  }
  using store = await openStore(db, { mode: "read" });
  const summary = await summarise(store, first);
  const sources = await pageSources(root);
  const keys = new Map(
    (await store.rows<{ run_id: string }>(query("content_key"), { run: null })).map((row) => [
      row.run_id,
      pageKey(sources, JSON.stringify(row)),
    ]),
  );
  for (const run of await listRuns(store)) {
    placePage(join(reports, run.runId), { ...summary, run }, keys.get(run.runId)!);
  }
}

async function copy(store: Store, run: string, from: number, to: number): Promise<void> {
  await store.run(sql("copy_run"), { run, from, to });
  for (const table of ["phase", "arm", "operation", "timing"]) {
    await store.run(sql("copy").replaceAll("{table}", table), { run, from, to });
  }
}

function placePage(folder: string, summary: { readonly run: StoredRun }, key: string): void {
  mkdirSync(folder);
  writeFileSync(join(folder, "summary.json"), `${JSON.stringify(summary, null, 1)}\n`);
  writeFileSync(join(folder, "index.html"), withKey("<h1>A report</h1>", key));
}

function sql(name: string): string {
  return Deno.readTextFileSync(join(SQL, `${name}.sql`));
}
