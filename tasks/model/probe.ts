import type { LedgerSummary } from "./migration_summary.ts";

/**
 * What a probe finds out about a change of a database that is not Benchbook's: a switch-over, a failover. Times are µs from the
 * run's start, like everywhere in a run.
 */

/** What a run's configuration says of the probe that it was. */
export interface ProbeConfig {
  /** Host, port and database that were asked for; never with a password. */
  readonly place: string;
  /** The schema that the ledger lay in; null: it was left out (`--no-ledger`). */
  readonly schema: string | null;
  /** Pauses that are shorter are not told from the gaps between requests, ms. */
  readonly floorMs: number;
  /** The same by path, where paths differ. */
  readonly floors?: Readonly<Record<string, number>>;
  /** So long a pause may be, ms. */
  readonly pauseLimitMs: number;
  /** Verdicts that the user takes for a success, e.g. `brief-pause`. */
  readonly allow: readonly string[];
  /** How long it was to watch; null or absent: until it was ended. */
  readonly seconds?: number | null;
  /** `--paths` as it was given. */
  readonly paths?: string | null;
  /** The scenario whose reads were asked, too: its name or path. */
  readonly scenario?: string | null;
}

/** The server that new connections reached, as it told of itself. */
export interface ServerSight {
  /** As the server sees it; `socket` over a Unix socket. */
  readonly address: string;
  /** Its port; 0 over a Unix socket. */
  readonly port: number;
  /** When it began to run, µs since 1970, as text. */
  readonly started: string;
  /** The cluster's system identifier; null where the role may not ask. */
  readonly system: string | null;
  /** The timeline; null likewise. */
  readonly timeline: string | null;
  /** Whether it was a replica. */
  readonly recovery: boolean;
  /** Whether it refused writes. */
  readonly readOnly: boolean;
}

/** Something of the way to the server that became another. */
export interface ServerChange {
  /** When it was first seen. */
  readonly atUs: number;
  /**
   * `server`: another one answers, or the same one otherwise; `resolved`: the host's name stands for other addresses; `away`: no
   * connection can be made.
   */
  readonly kind: "server" | "resolved" | "away";
  /** In words, e.g. `10.0.0.2:5432, promoted (timeline 1 → 2)`. */
  readonly text: string;
  /** Of a server that answers again: `same` where nothing of it is otherwise, `other` where it is at another address or of another cluster. */
  readonly compared?: "same" | "changed" | "other";
}

/** A time in which requests were due and none succeeded. */
export interface Pause {
  /** Of which path; null: of all together. */
  readonly path: string | null;
  /** Of which requests. */
  readonly kind: "read" | "write" | "all";
  /** When the first request of it was due, or the last success before it, whichever came later. */
  readonly fromUs: number;
  /** When the first request succeeded again; the end of the run where none did. */
  readonly untilUs: number;
  /** How long it lasted, as clients saw it. */
  readonly ms: number;
  /** How much of that is certainly not time in which the load generator itself was late. */
  readonly leastMs: number;
  /** Requests that were due or under way in it. */
  readonly requests: number;
  /** Of those such as failed or timed out. */
  readonly failed: number;
  /** Which connections requests succeeded over again; null: it had not ended when the run did. */
  readonly endedBy: "same connections" | "new connections" | null;
  /** The server that these were to, where it was another one, or the same one otherwise. */
  readonly server: string | null;
  /** Whether that is at another address, or of another cluster. */
  readonly otherServer: boolean;
}

/** Requests that failed alike. */
export interface ProbeError {
  /** Over which path. */
  readonly path: string;
  /** Of which requests. */
  readonly kind: "read" | "write";
  /** SQLSTATE, HTTP status or GraphQL code; `timeout`, `shed` of requests that were never answered. */
  readonly code: string;
  /** What it means, in a few words; null where that is not known. */
  readonly meaning: string | null;
  /** How many. */
  readonly n: number;
  /** When the first of them was due. */
  readonly firstUs: number;
  /** When the last of them was due. */
  readonly lastUs: number;
}

/** What became of the load's connections. */
export interface ConnectionSummary {
  /** Connections that broke. */
  readonly lost: number;
  /** Of those such as were there again. */
  readonly regained: number;
  /** Attempts to connect that failed. */
  readonly refused: number;
  /** The longest that one was away, ms; null where none came again. */
  readonly longestMs: number | null;
  /** Losses, returns and refusals that came close together, in order of time. */
  readonly events: readonly {
    /** The first of them. */
    readonly fromUs: number;
    /** The last. */
    readonly untilUs: number;
    /** What happened. */
    readonly kind: "lost" | "regained" | "refused";
    /** Why: SQLSTATE or the system's code; empty where nothing more is to be said. */
    readonly code: string;
    /** How many. */
    readonly n: number;
  }[];
}

/** What the ledger's rows came to at the server that answered last. */
export interface ProbeLedgerSummary extends LedgerSummary {
  /** Acknowledged writes that the replication of the user's did not carry: nobody can tell of them by this table. */
  readonly notReplicated: number;
  /** Missing ones of which it cannot be told whether they were lost or not replicated. */
  readonly unclear: number;
  /** What the last server had of the table, and why that is taken for so, in whole sentences. */
  readonly carried: readonly string[];
}

/** What a probe saw. Part of a run's summary. */
export interface ProbeSummary {
  /** What was asked. */
  readonly probe: ProbeConfig;
  /** How long it watched. */
  readonly seconds: number;
  /** In order of time. */
  readonly pauses: readonly Pause[];
  /** The longest; null: there was none. */
  readonly longest: Pause | null;
  /** Most frequent first. */
  readonly errors: readonly ProbeError[];
  /** Writes that the last server refused since it had no table of the probe's: its own, and no failures of the server's. */
  readonly withoutTable: number;
  /** Of the load. */
  readonly connections: ConnectionSummary;
  /** In order of time; the first entry is the server at the beginning. */
  readonly changes: readonly ServerChange[];
  /** Null without a ledger. */
  readonly ledger: ProbeLedgerSummary | null;
}

/** The source of samples that tell of servers and addresses, and the metrics of it. */
export const PROBE_SOURCE = "probe";
/** Metrics of `PROBE_SOURCE`; a value of 1, and the rest in the labels, where nothing else is said. */
export const PROBE_METRICS = {
  /** Labels: the fields of `ServerSight`. */
  server: "server",
  /** Labels: `code`, and `message` without secrets. */
  away: "away",
  /** Labels: `host`, `addresses`. */
  resolved: "resolved",
  /** A connection of the load broke. Labels: `code`. */
  lost: "connection_lost",
  /** It is there again; the value is how long it was away, ms. */
  regained: "connection_regained",
  /** It could not be made. Labels: `code`. */
  refused: "connection_refused",
  /** Acknowledged writes that were not replicated. Labels: `why`. */
  notReplicated: "not_replicated",
  /** Missing writes of which nobody can tell. Labels: `why`. */
  unclear: "unclear",
  /** A sentence about the table at the last server. Labels: `text`. */
  carried: "carried",
} as const;
