import type { Client, QueryConfig } from "pg";
import type { TimedOutage } from "../load/schedule.ts";
import { connectClient } from "../postgres/client.ts";
import { identify, isAlive, type ProcessId } from "../stack/process.ts";
import { sleep } from "../net/sleep.ts";

export interface Watch {
  /**
   * Declares an outage, before it begins.
   * @param nowUs what the clock of its moments shows now
   */
  expect(outage: TimedOutage, nowUs: number): void;
  /** Looks whether PostgreSQL still answers: a server that froze breaks no connection. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

export interface WatchOptions {
  /** URLs of the PostgreSQL servers by instance, ours and the user's. */
  readonly databases: Readonly<Record<string, string>>;
  /** Pids of embedded services by instance; asked again after an outage, as a service has another then. */
  readonly pids: () => Readonly<Record<string, number>>;
  /** Called once, with which service died as a sentence's part. */
  readonly onDeath: (what: string) => void;
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
 */
export async function watchServices({ databases, pids, onDeath }: WatchOptions): Promise<Watch> {
  let over = false;
  const die = (what: string) => {
    if (over) return;
    over = true;
    onDeath(what);
  };
  const outages = new Outages();
  const processes = Object.entries(pids()).flatMap(([name, pid]) => {
    const id = identify(pid);
    return id === null ? [] : [new WatchedProcess(name, id, outages)];
  });
  const connections = new IdleConnections(outages, die);
  try {
    for (const [name, url] of Object.entries(databases)) await connections.open(name, url);
  } catch (error) {
    await connections.close();
    throw error;
  }
  const timer = setInterval(() => {
    const now = pids();
    for (const process of processes) {
      const problem = process.look(now);
      if (problem !== null) die(problem);
    }
  }, PERIOD_MS);
  return {
    expect: (outage, nowUs) => outages.add(outage, nowUs),
    look: () => connections.look(),
    stop() {
      over = true;
      clearInterval(timer);
      return connections.close();
    },
  };
}

/** A connection to each server that does nothing: it breaks where the server does. */
class IdleConnections {
  readonly #outages: Outages;
  readonly #onDeath: (what: string) => void;
  readonly #clients = new Map<string, Client>();
  #closed = false;

  constructor(outages: Outages, onDeath: (what: string) => void) {
    this.#outages = outages;
    this.#onDeath = onDeath;
  }

  async open(name: string, url: string): Promise<void> {
    const client = await idleConnection(url, () => void this.#again(name, url));
    this.#clients.set(name, client);
    if (this.#closed) await client.end();
  }

  async look(): Promise<void> {
    // What else can go wrong with it breaks the connection, and is told by that.
    await Promise.all(
      [...this.#clients].map(([name, client]) =>
        client.query({ text: "", query_timeout: ANSWER_MS } as QueryConfig).catch(({ message }: Error) => {
          if (message === READ_TIMEOUT) this.#onDeath(`${serverName(name)} stopped answering during the run`);
        })
      ),
    );
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#clients.values()].map((client) => client.end().catch(() => {})));
  }

  async #again(name: string, url: string): Promise<void> {
    for (let left = RECONNECT_TRIES; left > 0 && !this.#closed;) {
      if (!this.#outages.covers(name)) left--;
      try {
        return await this.open(name, url);
      } catch {
        await sleep(PERIOD_MS);
      }
    }
    this.#onDeath(`${serverName(name)} stopped accepting connections during the run`);
  }
}

/** The primary is the PostgreSQL of a run. */
function serverName(instance: string): string {
  return instance === "postgres" ? "PostgreSQL" : `PostgreSQL (${instance})`;
}

/** Declared outages, on this thread's clock. */
class Outages {
  readonly #declared: { readonly instance: string; readonly fromMs: number; readonly untilMs: number }[] = [];

  add({ instance, fromUs, untilUs }: TimedOutage, nowUs: number): void {
    const nowMs = performance.now();
    const at = (us: number) => nowMs + (us - nowUs) / 1000;
    this.#declared.push({ instance, fromMs: at(fromUs), untilMs: at(untilUs) });
  }

  /** Whether an instance may have been away at some moment since then. */
  covers(name: string, sinceMs = performance.now()): boolean {
    const nowMs = performance.now();
    return this.#declared.some(({ instance, fromMs, untilMs }) =>
      instance === name && fromMs <= nowMs && untilMs >= sinceMs
    );
  }
}

/** A process that must go on, and may be another one after an outage only. */
class WatchedProcess {
  readonly #name: string;
  readonly #outages: Outages;
  #id: ProcessId;
  #seenMs = performance.now();

  constructor(name: string, id: ProcessId, outages: Outages) {
    this.#name = name;
    this.#id = id;
    this.#outages = outages;
  }

  /** What is wrong with it, as a sentence; null where nothing is. */
  look(pids: Readonly<Record<string, number>>): string | null {
    if (!isAlive(this.#id)) {
      const { pid } = this.#id;
      if (!this.#outages.covers(this.#name, this.#seenMs)) {
        return `the ${this.#name} process (${pid}) ended during the run`;
      }
      const next = identify(pids[this.#name] ?? 0);
      if (next === null) {
        return this.#outages.covers(this.#name)
          ? null
          : `the ${this.#name} process (${pid}) was not there again when its declared outage was over`;
      }
      this.#id = next;
    }
    this.#seenMs = performance.now();
    return null;
  }
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
