import type { ServiceFact } from "../model/run.ts";
import type { Balancer } from "../model/scaling.ts";
import type { InstanceControl } from "./instance_control.ts";
import type { PostgresFacts } from "./postgres_server.ts";
import type { ProcessId } from "./process.ts";
import type { OwnerKind } from "./state.ts";

/** What a PostgreSQL cluster is there for. */
export type ClusterRole = "primary" | "target";

/** One running service. */
export interface Instance {
  /** "postgres", "postgres-target", "redis", "graphql", "graphql-2", "haproxy" …: also the name of its log and its record. */
  readonly name: string;
  readonly role: ClusterRole | "arm" | "cache" | "graphql" | "balancer";
  readonly service: ServiceFact["name"];
  readonly origin: "embedded" | "user";
  /** May hold a password: never print it. */
  readonly url: string;
  readonly version: string | null;
  readonly settings: Readonly<Record<string, string>>;
  /** Where it is ours; of PostgreSQL the postmaster. */
  readonly process: ProcessId | null;
  /** The arms that alone use it, whose files name it; absent where the run's arms share it. */
  readonly arms?: readonly string[];
}

/** Whether Benchbook runs it, and may do with it as it likes. */
export function isEmbedded({ origin }: Pick<Instance, "origin">): boolean {
  return origin === "embedded";
}

/** A PostgreSQL server, an embedded one or the user's. */
export interface PostgresService extends PostgresFacts, Instance {
  readonly version: string;
  readonly service: "postgres";
  readonly role: ClusterRole;
  /** Embedded: the database `postgres`, as superuser. The user's: DATABASE_URL. Holds a password. */
  readonly adminUrl: string;
}

export interface RedisService extends Instance {
  readonly available: true;
  readonly version: string;
}

export interface GraphqlService extends Instance {
  readonly available: true;
  /** What a request must carry besides; may hold a secret. */
  readonly headers: Readonly<Record<string, string>>;
  /** Where documents are posted to: each process that shares the load, or what stands before them. */
  readonly endpoints: readonly string[];
  /** Of each process of ours. */
  readonly processUrls: readonly string[];
  /** By which the gate of its connections to PostgreSQL is closed and opened, where that can be. Secret. */
  readonly gateToken?: string;
}

/** A service that is not there. The paths that need it are marked "not available" and the others go on. */
export interface Unavailable {
  readonly available: false;
  /** Why, and what to do about it, in whole sentences. */
  readonly reason: string;
}

export interface GraphqlOptions {
  /** Processes that share the load; default 1. A service of the user's is one, however many stand behind it. */
  readonly instances?: number;
  /** What deals requests over them; default whoever sends them, over `endpoints`. */
  readonly balancer?: Balancer;
  /** The arms that alone ask it. */
  readonly arms?: readonly string[];
  /** Connections to PostgreSQL, over all processes. */
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
export interface Stack extends AsyncDisposable {
  /** The primary. */
  readonly postgres: PostgresService;
  readonly redis: RedisService | Unavailable;
  /** All that run, each with a name of its own. */
  readonly instances: readonly Instance[];
  /** What cannot be measured here and why, in whole sentences. */
  readonly unavailable: readonly string[];
  /**
   * The PostgreSQL of a role: the primary, or a further embedded cluster, which is started when it is first asked for.
   * @throws {ServiceError} when it does not start
   */
  cluster(role: ClusterRole): Promise<PostgresService>;
  /**
   * Stops an embedded instance of any kind by its name, and starts it again on the same port, so that its URLs stay. To
   * those who watch over the stack that is a crash, unless it was declared.
   */
  readonly control: Pick<InstanceControl, "stop" | "start" | "restart">;
  /**
   * The URL of a database of the primary. On an embedded server it is made unless it exists; on a user's server it is
   * always the database that DATABASE_URL names, where Benchbook keeps to its own schemas.
   */
  databaseUrl(name: string, role?: ClusterRole): Promise<string>;
  /** A GraphQL service over some schemas of a database: the user's, or a PostGraphile of its own. */
  graphql(databaseUrl: string, schemas: readonly string[], options?: GraphqlOptions): Promise<
    GraphqlService | Unavailable
  >;
  /** One fact per instance, and per service that is not available, for the run's fingerprint; without passwords. */
  facts(): ServiceFact[];
  /** Pids of embedded services by instance, for the host sampler. */
  pids(): Record<string, number>;
  /** Stops what this stack started (nothing where the owner is `up`). Takes less than 5 seconds. */
  stop(): Promise<void>;
}
