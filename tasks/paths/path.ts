import type { CacheBehaviour } from "../model/cache_settings.ts";
import type { PathName } from "../model/operation.ts";
import type { Network } from "../net/channel.ts";
import type { Entries } from "../targets/cache_entries.ts";
import type { Target } from "../targets/target.ts";
import type { Suffix } from "../targets/workload.ts";
import type { Tier } from "./tier.ts";

/** A service that a path may need besides PostgreSQL. */
export type Need = "redis" | "graphql";

/** One access path: how a question is asked and answered. Generator threads load it, and nothing that they may not. */
export interface Path {
  readonly name: PathName;
  /** What its statements are written in: it tells what answers and errors look like. */
  readonly language: "sql" | "graphql";
  /** Of the files with its statements: `product-by-id` and this. */
  readonly suffix: Suffix;
  /** Whether a cache stands before it. */
  readonly cached: boolean;
  readonly needs: readonly Need[];
  /** How its plans are taken: of the statement as its connections prepare it; null: nobody can ask for them. */
  readonly explain: "prepared" | null;
  /** What stands beside the tables it asks; absent: nothing does. */
  readonly tier?: Tier;
  /** How a cache before it keeps its answers. */
  readonly entries: Entries;
  /** Where an arm over it sends its requests. @param endpoints those of all that it needs */
  targetAt(endpoints: Endpoints): ArmTarget;
  /** What sends them, not opened yet. */
  make(target: ArmTarget, options: TargetOptions): Target;
  /** Whether one of its connections is by TLS, which Deno's own event loop has to wait for. */
  hasTls(target: ArmTarget): boolean;
}

/** Where services are found. May hold passwords. */
export interface Endpoints {
  /** `session` is what connections are called at the server, see `sessionName`. */
  readonly postgres: Pick<ArmTarget, "url" | "movesTo" | "session" | "settings">;
  readonly graphql?: Required<Pick<ArmTarget, "url" | "headers">> & Pick<ArmTarget, "endpoints">;
  readonly cache?: CacheTarget;
}

/** A cache before a path; how it works as usual where nothing else is said. */
export interface CacheTarget extends Partial<CacheBehaviour> {
  readonly redisUrl: string;
  /** It is the user's, with keys of theirs. */
  readonly shared?: boolean;
  /** What all keys of the run begin with. */
  readonly prefix: string;
  /** The arm that keeps keys of its own there; its path's name if absent. */
  readonly arm?: string;
  readonly ttlSeconds: number;
}

/** How one arm reaches the system; goes to the workers by message and may hold passwords: never stored. */
export interface ArmTarget {
  readonly path: PathName;
  /** Of the database, or where GraphQL documents are posted to. */
  readonly url: string;
  /** The same database at another server, to which its own connections may move meanwhile. May hold a password. */
  readonly movesTo?: string;
  /** What its connections are called at PostgreSQL. */
  readonly session?: string;
  /** PostgreSQL settings of its connections. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Its own connections are used in turn: none is idle for long. */
  readonly inTurn?: boolean;
  /** What a GraphQL request carries besides. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Where they go, in turn, where several processes serve them; else `url`. */
  readonly endpoints?: readonly string[];
  readonly cache?: CacheTarget;
}

/** What a thread opens an arm's target with. */
export interface TargetOptions {
  /** Its number among those that share the load. */
  readonly worker?: number;
  readonly connections: number;
  /** Connections to PostgreSQL of all arms together. */
  readonly ofAllArms: number;
  /** How long a statement may run at PostgreSQL, ms; no limit without it. */
  readonly limitMs?: number;
  /** How long it may wait for a lock there, ms. */
  readonly lockMs?: number;
  /** No arm writes. */
  readonly readOnly: boolean;
  readonly seed: number;
  readonly nowUs: () => number;
  /** Opens sockets where there is no TLS; Deno's own without it. */
  readonly network?: Network;
}

/** Whether the path's own connections lead to PostgreSQL; else those of a GraphQL service do. */
export function isDirect({ needs }: Path): boolean {
  return !needs.includes("graphql");
}
