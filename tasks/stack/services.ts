import type { ServiceFact } from "../model/run.ts";
import type { PostgresFacts } from "./postgres_server.ts";
import type { ProcessId } from "./process.ts";
import type { OwnerKind } from "./state.ts";

/** A PostgreSQL server, the embedded one or the user's. */
export interface PostgresService extends PostgresFacts {
  readonly origin: "embedded" | "user";
  /** Embedded: the database `postgres`, as superuser. The user's: DATABASE_URL. Holds a password. */
  readonly adminUrl: string;
  /** The postmaster, where it is ours. */
  readonly process: ProcessId | null;
}

export interface RedisService {
  readonly available: true;
  readonly origin: "embedded" | "user";
  /** Holds a password: never print it. */
  readonly url: string;
  readonly version: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly process: ProcessId | null;
}

export interface GraphqlService {
  readonly available: true;
  readonly origin: "embedded" | "user";
  /** "graphql", "graphql-2" …: the name of its log. */
  readonly name: string;
  /** Where documents are posted to. */
  readonly url: string;
  /** What a request must carry besides; may hold a secret. */
  readonly headers: Readonly<Record<string, string>>;
  readonly version: string | null;
  readonly settings: Readonly<Record<string, string>>;
  readonly process: ProcessId | null;
}

/** A service that is not there. The paths that need it are marked "not available" and the others go on. */
export interface Unavailable {
  readonly available: false;
  /** Why, and what to do about it, in whole sentences. */
  readonly reason: string;
}

export interface GraphqlOptions {
  /** Connections to PostgreSQL. */
  readonly poolSize?: number;
  /** Serve the GraphiQL page too. */
  readonly graphiql?: boolean;
  /** What its connections are called at PostgreSQL: their application_name. */
  readonly session?: string;
  /** How long a statement of its may run, ms: it goes on when the request that wanted it is given up. */
  readonly limitMs?: number;
}

export interface StackOptions {
  /** `up` leaves what it started running; what a `bench` started ends with `stop()` or with its process. */
  readonly owner: OwnerKind;
  readonly need: { readonly redis: boolean; readonly graphql: boolean };
  /** Told in a few words what is going on, for a step list. */
  readonly onStep?: (text: string) => void;
  readonly signal?: AbortSignal;
}

/** The services of a run, found or started. */
export interface Stack {
  readonly postgres: PostgresService;
  readonly redis: RedisService | Unavailable;
  /** What cannot be measured here and why, in whole sentences. */
  readonly unavailable: readonly string[];
  /**
   * The URL of a database. On the embedded server it is made unless it exists; on a user's server it is
   * always the database that DATABASE_URL names, where Benchbook keeps to its own schemas.
   */
  databaseUrl(name: string): Promise<string>;
  /** A GraphQL service over some schemas of a database: the user's, or a PostGraphile of its own. */
  graphql(databaseUrl: string, schemas: readonly string[], options?: GraphqlOptions): Promise<
    GraphqlService | Unavailable
  >;
  /** One fact per service, for the run's fingerprint; without passwords. */
  facts(): ServiceFact[];
  /** Pids of embedded services by name, for the host sampler. */
  pids(): Record<string, number>;
  /** Stops what this stack started (nothing where the owner is `up`). Takes less than 5 seconds. */
  stop(): Promise<void>;
}
