import type { Client, QueryConfig } from "pg";
import { connectClient } from "../postgres/client.ts";
import { identify, isAlive, type ProcessId } from "../stack/process.ts";

export interface Watch {
  /** Which service died, as a sentence; null while all live. */
  readonly dead: string | null;
  /** Looks whether PostgreSQL still answers: a server that froze breaks no connection. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

/** What pg says where its `query_timeout` is over. */
const READ_TIMEOUT = "Query read timeout";
const PERIOD_MS = 500;
/** A server that is merely busy answers a question without work within this time. */
const ANSWER_MS = 10_000;
/** A server that restarts by itself (a backend crashed) is back within this time. */
const RECONNECT_TRIES = 6;

/**
 * Notices the death of a service in mid-run: of our own processes by their pids, of a PostgreSQL anywhere by
 * an idle connection that breaks and cannot be made again. Costs the server nothing while it lives.
 * @param pids of embedded services by name
 */
export async function watchServices(
  url: string,
  pids: Readonly<Record<string, number>>,
  onDeath: (what: string) => void,
): Promise<Watch> {
  let dead: string | null = null;
  let stopped = false;
  const die = (what: string) => {
    if (dead !== null || stopped) return;
    dead = what;
    onDeath(what);
  };
  const processes = Object.entries(pids).flatMap(([name, pid]): [string, ProcessId][] => {
    const id = identify(pid);
    return id === null ? [] : [[name, id]];
  });
  const timer = setInterval(() => {
    for (const [name, id] of processes) {
      if (!isAlive(id)) die(`the ${name} process (${id.pid}) ended during the run`);
    }
  }, PERIOD_MS);
  let client = await idleConnection(url, lost);
  async function lost(): Promise<void> {
    for (let attempt = 0; attempt < RECONNECT_TRIES && !stopped; attempt++) {
      try {
        client = await idleConnection(url, lost);
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, PERIOD_MS));
      }
    }
    die("PostgreSQL stopped accepting connections during the run");
  }
  return {
    get dead() {
      return dead;
    },
    async look() {
      // What else can go wrong with it breaks the connection, and is told by that.
      await client.query({ text: "", query_timeout: ANSWER_MS } as QueryConfig).catch(
        ({ message }: Error) => {
          if (message === READ_TIMEOUT) die("PostgreSQL stopped answering during the run");
        },
      );
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
      await client.end().catch(() => {});
    },
  };
}

async function idleConnection(url: string, onLost: () => void): Promise<Client> {
  const client = await connectClient(url, { applicationName: "benchbook-watch", connectTimeoutMs: 2000 });
  let told = false;
  const lost = () => {
    if (told) return;
    told = true;
    onLost();
  };
  client.on("error", lost);
  client.on("end", lost);
  return client;
}
