import type { Warning } from "../model/summary.ts";
import { counted } from "../model/units.ts";
import type { Rows } from "../store/runs.ts";
import { query } from "../store/sql.ts";
import { isDamage } from "../targets/cache_entry_header.ts";

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
  READONLY: "It is a replica, which takes no writes",
  MISCONF: "It takes no writes since it could not save its data to its disk",
  MOVED: "It is one node of a cluster, and the keys of others are not followed there",
  ASK: "It is one node of a cluster, and the keys of others are not followed there",
  CLUSTERDOWN: "Its cluster is incomplete",
  STALLED: "The connection was given up, so that no more requests wait for it, and opened anew",
  LOADING: "It was still loading its data",
  MASTERDOWN: "It is a replica that has lost its primary",
  NOPERM: "The role of its URL may not do that",
  WRONGTYPE: "Somebody else writes into that Redis",
  NOVERSION: "Somebody else writes into that Redis",
  LOCKED: "Somebody else writes into that Redis: what that key locks is loaded without single flight",
  NOAUTH: "It asked for a password, which it had not done when the run began",
};

/** A warning for each thing that the cache of an arm did not do: requests went on without it, and none failed. */
export async function cacheRefusals(rows: Rows, runId: string): Promise<Warning[]> {
  return refusalWarnings(await rows.rows<RefusalRow>(query("summary/cache_refusals"), { run: runId }));
}

/** The same, pure. */
export function refusalWarnings(rows: readonly RefusalRow[]): Warning[] {
  const told = rows.filter(({ reason }) => !WATCHED.test(reason));
  return [
    ...evictionWarnings(rows),
    ...told.map((row) => {
      if (TAG.test(row.reason)) return tagRefusal(row);
      return isDamage(row.reason) ? damage(row) : refusal(row);
    }),
  ];
}

/** What a lookup found under its key and was no entry of it; it was loaded anew. */
function damage({ arm, reason, n }: RefusalRow): Warning {
  return {
    code: "cache-damaged-entries",
    text: `${counted(n, "lookup")} of ${arm} found no sound entry under the key: ${
      reason.replace(/^[A-Z]+ /, "")
    }. What was asked for was loaded and stored anew. Somebody else writes into that Redis, or it has lost data.`,
  };
}

/** What the watch over the evictions of a shared Redis says, see `EvictionWatch`; each worker has one. */
const WATCHED = /^(EVICTED|UNWATCHED) /;

function evictionWarnings(rows: readonly RefusalRow[]): Warning[] {
  return [...new Set(rows.filter(({ reason }) => WATCHED.test(reason)).map(({ arm }) => arm))].map((arm) => {
    const counts = rows.filter((row) => row.arm === arm)
      .flatMap(({ reason }) => /^EVICTED (\d+) /.exec(reason)?.[1] ?? []).map(Number);
    if (counts.length === 0) {
      return {
        code: "cache-evictions-unknown",
        text: `It cannot be known whether keys were evicted from its Redis while ${arm} stored into it: ` +
          "its role may not ask for INFO.",
      };
    }
    const most = Math.max(...counts);
    return {
      code: "cache-evicted-keys",
      text:
        `${
          counted(most, "key was", "keys were")
        } evicted from its Redis while ${arm} stored into it, perhaps keys of yours. It stopped storing then: later lookups are misses. ` +
        "Give that Redis more room (maxmemory), or take another one.",
    };
  });
}

/** New versions of tags that Redis did not take, see `CacheTags`. */
const TAG = /^TAG /;

function tagRefusal({ arm, reason, n }: RefusalRow): Warning {
  const why = reason.replace(TAG, "");
  return {
    code: "cache-refused-writes",
    text: `The cache refused ${
      counted(n, "write")
    } of ${arm} that could not outdate entries: hits may be out of date. ${why.replace(/\.$/, "")}.`,
  };
}

function refusal({ arm, doing, reason, n }: RefusalRow): Warning {
  const what = counted(n, doing === "write" ? "write" : "lookup");
  const [, code = ""] = /^([A-Z]+)(?: |$)/.exec(reason) ?? [];
  const meaning = MEANING[code];
  return {
    code: doing === "write" ? "cache-refused-writes" : "cache-refused-reads",
    text: `The cache refused ${what} of ${arm}: ${reason.replace(/\.$/, "")}.${
      meaning === undefined ? "" : ` ${meaning}.`
    }`,
  };
}
