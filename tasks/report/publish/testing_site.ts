import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { StoredRun } from "../../store/runs.ts";
import { listRuns } from "../../store/runs.ts";
import { query } from "../../store/sql.ts";
import { placeStore, withStore } from "../../store/testing.ts";
import { type MadeRun, makeRun } from "../../summary/compare/testing.ts";
import { summarise } from "../../summary/summarise.ts";
import { pageKey, pageSources, withKey } from "../report_key.ts";

const root = resolve(import.meta.dirname!, "../../..");

/** Runs a transaction: more do not fit into the memory that a store writes with. */
const BATCH = 50;

/** A reports folder with its store, and a page of each run that says that it is made from what is stored. */
export async function makeReports(
  reports: string,
  runs: readonly MadeRun[],
  pageText = "<h1>A report</h1>",
): Promise<string[]> {
  const db = join(reports, "benchbook.duckdb");
  mkdirSync(reports, { recursive: true });
  await placeStore(db);
  await withStore(db, "write", async (store) => {
    for (let at = 0; at < runs.length; at += BATCH) {
      await store.transaction(async () => {
        for (const run of runs.slice(at, at + BATCH)) await makeRun(store, run);
      });
    }
  });
  return await withStore(db, "read", async (store) => {
    const stored = (await listRuns(store)).reverse();
    const summary = await summarise(store, stored[0]!.runId);
    const sources = await pageSources(root);
    for (const row of await store.rows<{ run_id: string }>(query("content_key"), { run: null })) {
      const run = stored.find(({ runId }) => runId === row.run_id)!;
      placePage(reports, run, { ...summary, run }, withKey(pageText, pageKey(sources, JSON.stringify(row))));
    }
    return stored.map(({ runId }) => runId);
  });
}

function placePage(reports: string, { runId }: StoredRun, summary: object, page: string): void {
  mkdirSync(join(reports, runId));
  writeFileSync(join(reports, runId, "summary.json"), JSON.stringify(summary));
  writeFileSync(join(reports, runId, "index.html"), page);
}
