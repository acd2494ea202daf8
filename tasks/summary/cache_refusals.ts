import type { Warning } from "../model/summary.ts";
import { formatCount } from "../model/units.ts";
import type { Rows } from "../store/runs.ts";
import { query } from "../store/sql.ts";

/** One row of summary/cache_refusals.sql. */
export interface RefusalRow {
  readonly arm: string;
  readonly doing: "read" | "write";
  /** Redis's own words. */
  readonly reason: string;
  readonly n: number;
}

/** What the words that Redis's errors begin with mean for a run. */
const MEANING: Readonly<Record<string, string>> = {
  OOM: "It is full and its maxmemory-policy evicts nothing: entries that it refuses are misses",
  READONLY: "REDIS_URL names a replica, which takes no writes",
  MISCONF: "It takes no writes since it could not save its data to its disk",
  MOVED: "REDIS_URL names one node of a cluster, and the keys of others are not followed there",
  ASK: "REDIS_URL names one node of a cluster, and the keys of others are not followed there",
  CLUSTERDOWN: "Its cluster is not whole",
  LOADING: "It was still loading its data",
  MASTERDOWN: "It is a replica that has lost its primary",
  NOPERM: "The role of REDIS_URL may not do that",
  NOAUTH: "It wanted a password that it had not wanted when the run began",
};

/** A warning for each thing that the cache of an arm did not do: requests went on without it, and none failed. */
export async function cacheRefusals(rows: Rows, runId: string): Promise<Warning[]> {
  return refusalWarnings(await rows.rows<RefusalRow>(query("summary/cache_refusals"), { run: runId }));
}

/** The same, pure. */
export function refusalWarnings(rows: readonly RefusalRow[]): Warning[] {
  return rows.map(({ arm, doing, reason, n }) => {
    const what = `${formatCount(n)} ${doing === "write" ? "write" : "lookup"}${n === 1 ? "" : "s"}`;
    const [, code = ""] = /^([A-Z]+)(?: |$)/.exec(reason) ?? [];
    const meaning = MEANING[code];
    return {
      code: doing === "write" ? "cache-refused-writes" : "cache-refused-reads",
      text: `The cache refused ${what} of ${arm}: ${reason.replace(/\.$/, "")}.${
        meaning === undefined ? "" : ` ${meaning}.`
      }`,
    };
  });
}
