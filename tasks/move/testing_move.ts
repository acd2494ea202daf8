import pg from "pg";
import type { ClientGate, MoveSide } from "../model/client_gate.ts";
import type { StepRecord } from "../model/migration.ts";
import { sleep } from "../net/sleep.ts";
import { type TestPostgres, withPostgres } from "../stack/testing.ts";
import { PRIMARY_CLUSTER } from "../stack/postgres_cluster.ts";
import { type EmbeddedConnection, embeddedConnection } from "./embedded_connection.ts";
import type { MoveOptions, MoveSample } from "./move_options.ts";

/** The run that moves. */
export const RUN = "20260301-120000-abcd";

/** One of the servers of a move. */
export type MovedServer = Pick<TestPostgres, "url" | "home" | "process">;

/** Two servers, each with an empty database. */
export interface TwoServers {
  readonly source: MovedServer;
  readonly target: MovedServer;
  readonly options: MoveOptions;
  readonly records: StepRecord[];
  readonly samples: MoveSample[];
}

/** Runs `use` with two servers and what a move between them takes; its gate lets everything through. */
export function withTwoServers(use: (servers: TwoServers) => Promise<void>): Promise<void> {
  return withPostgres((_source, source) =>
    withPostgres((_target, target) => betweenServers(source, target, use))
  );
}

/** The same with servers that are there. */
export async function betweenServers(
  source: MovedServer,
  target: MovedServer,
  use: (servers: TwoServers) => Promise<void>,
): Promise<void> {
  const connections: EmbeddedConnection[] = [
    await embeddedConnection(target.home, RUN, PRIMARY_CLUSTER, source.url),
    await embeddedConnection(source.home, RUN, PRIMARY_CLUSTER, target.url),
  ];
  const records: StepRecord[] = [];
  const samples: MoveSample[] = [];
  const beganMs = performance.now();
  const options: MoveOptions = {
    home: source.home,
    runId: RUN,
    variant: "safe",
    source: { url: source.url, embedded: true, connection: connections[0]!.connection },
    target: { url: target.url, embedded: true, connection: connections[1]!.connection },
    schemas: ["shop"],
    andBack: false,
    // A busy machine is no fault.
    pauseMs: 60_000,
    gate: openGate,
    nowUs: () => (performance.now() - beganMs) * 1000,
    onRecord: (record) => records.push(record),
    onSample: (sample) => samples.push(sample),
  };
  try {
    await use({ source, target, options, records, samples });
  } finally {
    connections.forEach((connection) => connection.remove());
  }
}

const openGate: ClientGate = {
  prepare: () => Promise.resolve(),
  close: () => Promise.resolve(),
  open: () => Promise.resolve(),
};

/** Waits until something is so. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(10);
}

/** Runs `use` with a connection. */
export async function withPg<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/** A client that writes one row after another, behind a gate of its own. */
export interface Writer {
  readonly gate: ClientGate;
  /** Numbers whose rows a server has acknowledged. */
  readonly acknowledged: readonly number[];
  /** What servers said otherwise. */
  readonly refused: readonly { readonly n: number; readonly code: string | undefined }[];
  /** The longest time between two answers, ms. */
  readonly longestMs: number;
  stop(): Promise<void>;
}

/**
 * Writes throughout, at each moment over one connection, into `shop.item (id, note)`, and updates an earlier row.
 */
export function startWriter(
  urls: Readonly<Record<MoveSide, string>>,
  first = 1_000_000,
  everyMs = 4,
): Writer {
  const clients = new Map<MoveSide, pg.Client>();
  const acknowledged: number[] = [];
  const refused: { n: number; code: string | undefined }[] = [];
  let [at, stopped, longestMs, lastMs]: [MoveSide, boolean, number, number] = [
    "source",
    false,
    0,
    performance.now(),
  ];
  let closed = null as PromiseWithResolvers<void> | null;
  let busy: Promise<unknown> = Promise.resolve();
  const connect = async (side: MoveSide) => {
    if (clients.has(side)) return;
    const client = new pg.Client({ connectionString: urls[side] });
    client.on("error", () => clients.delete(side));
    await client.connect();
    clients.set(side, client);
  };
  const write = async (n: number) => {
    try {
      await connect(at);
      await clients.get(at)!.query("INSERT INTO shop.item (id, note) VALUES ($1, $2)", [n, `note ${n}`]);
      await clients.get(at)!.query("UPDATE shop.item SET note = note || '.' WHERE id = $1", [n % 1000]);
      acknowledged.push(n);
    } catch (error) {
      refused.push({ n, code: (error as { code?: string }).code });
    }
    longestMs = Math.max(longestMs, performance.now() - lastMs);
    lastMs = performance.now();
  };
  const done = (async () => {
    for (let n = first; !stopped; n++) {
      await closed?.promise;
      await (busy = write(n));
      await sleep(everyMs);
    }
  })();
  return {
    acknowledged,
    refused,
    get longestMs() {
      return longestMs;
    },
    gate: {
      prepare: connect,
      async close() {
        closed = Promise.withResolvers();
        await busy;
      },
      open(side) {
        at = side;
        closed?.resolve();
        closed = null;
        return Promise.resolve();
      },
    },
    async stop() {
      stopped = true;
      closed?.resolve();
      await done;
      await Promise.allSettled([...clients.values()].map((client) => client.end()));
    },
  };
}
