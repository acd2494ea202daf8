import type { ArmRate, RateSearch } from "../model/rate_search.ts";
import { isRunId } from "../model/run_id.ts";
import type { RunStatus, Verdict } from "../model/run.ts";
import { jsonText } from "./json_text.ts";
import type { Store } from "./open.ts";
import { ownerForm, type SpoolOwner } from "./spool_form.ts";
import { query } from "./sql.ts";

/** What is kept of a search while it goes on and when it has ended. */
export interface KeptSearch {
  /** What it found so far. */
  readonly found: RateSearch;
  readonly status: RunStatus;
  readonly verdict: Verdict | null;
  /** Null while it runs. */
  readonly endedAt: Date | null;
  /** The process that searches. */
  readonly owner: SpoolOwner;
}

/**
 * Writes a search's entry among the runs, or replaces it. A search of which no run is stored has nothing to keep and
 * gets none.
 */
export async function keepSearch(
  store: Store,
  { found, status, verdict, endedAt, owner }: KeptSearch,
): Promise<void> {
  const { id, label, startedAt, seed } = found.search;
  await store.transaction(async () => {
    await store.run(query("search/adopt"));
    await store.run(query("search/end"), {
      run: id,
      label,
      status,
      verdict,
      started: startedAt,
      ended: endedAt,
      seed,
    });
    await store.run("DELETE FROM rate_search WHERE run_id = $run", { run: id });
    const [entry] = await store.rows("SELECT 1 AS one FROM run WHERE run_id = $run", { run: id });
    if (entry === undefined) return;
    const search = jsonText({ ...found, files: { html: null, pdf: null, store: null } });
    await store.run(query("search/keep"), { run: id, owner: jsonText(owner), search });
  });
}

/**
 * Ends the entries of searches whose process was killed, and makes one where it came to none, so that each search is
 * one entry whatever became of it.
 * @returns the searches' ids
 */
export async function endLeftSearches(
  store: Store,
  isAlive: (owner: SpoolOwner, id: string) => boolean,
): Promise<string[]> {
  const running = await store.rows<{ run_id: string; owner: string | null }>(query("search/running"));
  const left = running.filter(({ run_id, owner: text }) => {
    const owner = ownerOf(text);
    return isRunId(run_id) && (owner === null || !isAlive(owner, run_id));
  });
  for (const { run_id: run } of left) await store.run(query("search/crash"), { run });
  const adopted = await store.rows<{ run_id: string }>(query("search/adopt"));
  return [...left, ...adopted].map(({ run_id }) => run_id);
}

/** Who searches; null where that is not known: then it is nobody who lives. */
function ownerOf(text: string | null): SpoolOwner | null {
  try {
    return text === null ? null : ownerForm(JSON.parse(text));
  } catch {
    return null;
  }
}

/** A search as it was kept; null where it is of a later version, or damaged. */
export function searchOf(text: string | null): RateSearch | null {
  if (text === null) return null;
  try {
    const kept = JSON.parse(text) as RateSearch | OlderSearch;
    const found = kept.schema === 1 ? upgraded(kept) : kept;
    if (found.schema !== 2 || !found.arms.every(isArm) || !found.unavailable.every(isMissing)) return null;
    const startedAt = new Date(found.search.startedAt);
    if (Number.isNaN(startedAt.getTime()) || typeof found.search.id !== "string") return null;
    return { ...found, search: { ...found.search, startedAt } };
  } catch {
    return null;
  }
}

/** As versions had it that called arms paths. */
interface OlderSearch extends Omit<RateSearch, "schema" | "arms" | "unavailable"> {
  readonly schema: 1;
  readonly paths: readonly (Omit<ArmRate, "arm"> & { readonly path: string })[];
  readonly unavailable: readonly { readonly path: string; readonly reason: string }[];
}

function upgraded({ schema: _, paths, unavailable, ...rest }: OlderSearch): RateSearch {
  return {
    ...rest,
    schema: 2,
    arms: paths.map(({ path, ...found }) => ({ ...found, arm: path })),
    unavailable: unavailable.map(({ path, reason }) => ({ arm: path, reason })),
  };
}

function isMissing({ arm }: RateSearch["unavailable"][number]): boolean {
  return typeof arm === "string";
}

/** What lists show of an arm. */
function isArm({ arm, interval, probes }: ArmRate): boolean {
  const known = [...interval, ...probes.map(({ requests }) => requests)];
  return typeof arm === "string" && interval.length === 2 &&
    known.every((value) => value === null || typeof value === "number");
}
