import type { TimedOutage } from "../load/schedule.ts";
import { ServiceError } from "../model/errors.ts";
import { SERVICE_NAMES } from "../model/run.ts";
import type { Instance } from "../stack/services.ts";
import { identify, isAlive, type ProcessId } from "../stack/process.ts";
import { sleep } from "../net/sleep.ts";
import { type IdleConnection, openIdle, placeOf, type Reached } from "./idle_connection.ts";

export interface Watch {
  /**
   * Declares an outage, before it begins.
   * @param nowUs what the clock of its moments shows now
   */
  expect(outage: TimedOutage, nowUs: number): void;
  /** Looks whether each PostgreSQL still answers: a server that froze breaks no connection. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

export interface WatchOptions {
  /** Those that a connection is kept to: every PostgreSQL, and of the others such as have no process of ours. */
  readonly instances: readonly WatchedInstance[];
  /** Pids of embedded services by instance; asked again after an outage, as a service has another then. */
  readonly pids: () => Readonly<Record<string, number>>;
  /** The arms that alone use an embedded service, by its name. */
  readonly armsOf?: ReadonlyMap<string, readonly string[]>;
  /** Called once, with which service died as a sentence's part. */
  readonly onDeath: (what: string) => void;
}

/** A service that is connected to, with the name that messages and outages know it by. */
export type WatchedInstance = Reached & Pick<Instance, "name" | "arms">;

const PERIOD_MS = 500;
/** A server that is merely busy answers a question without work within this time. */
const ANSWER_MS = 10_000;
/** A server that restarts by itself (a backend crashed) is back within this time, asked so often for so long. */
const RECONNECT_TRIES = 6;
const RECONNECT_MS = 2_000;

/**
 * Notices the death of a service in mid-run: of our own processes by their pids, of others anywhere by an idle
 * connection that breaks and cannot be made again. Costs the server nothing while it lives.
 * @throws {ServiceError} where a service takes no connection at the start
 */
export async function watchServices({ instances, pids, armsOf, onDeath }: WatchOptions): Promise<Watch> {
  let over = false;
  const die = (what: string) => {
    if (over) return;
    over = true;
    onDeath(what);
  };
  const outages = new Outages();
  const processes = Object.entries(pids()).flatMap(([name, pid]) => {
    const id = identify(pid);
    return id === null ? [] : [new WatchedProcess(name, id, outages, armsOf?.get(name))];
  });
  const connections = new IdleConnections(outages, die);
  try {
    for (const instance of instances) await connections.first(instance);
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
  readonly #open = new Map<WatchedInstance, IdleConnection>();
  #closed = false;

  constructor(outages: Outages, onDeath: (what: string) => void) {
    this.#outages = outages;
    this.#onDeath = onDeath;
  }

  async first(instance: WatchedInstance): Promise<void> {
    try {
      await this.open(instance, ANSWER_MS);
    } catch (error) {
      throw new ServiceError(
        `Cannot watch ${calledOf(instance)} during the run: ${(error as Error).message}`,
        "Look whether it is overloaded, then start the run again.",
      );
    }
  }

  async open(instance: WatchedInstance, limitMs: number): Promise<void> {
    const connection = await openIdle(instance, () => void this.#again(instance), limitMs);
    this.#open.set(instance, connection);
    if (this.#closed) await connection.close();
  }

  async look(): Promise<void> {
    await Promise.all(
      [...this.#open].map(async ([instance, connection]) => {
        if (await connection.answers(ANSWER_MS)) return;
        this.#onDeath(`${calledOf(instance)} stopped answering during the run`);
      }),
    );
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#open.values()].map((connection) => connection.close()));
  }

  async #again(instance: WatchedInstance): Promise<void> {
    for (let left = RECONNECT_TRIES; left > 0 && !this.#closed;) {
      if (!this.#outages.covers(instance.name)) left--;
      try {
        return await this.open(instance, RECONNECT_MS);
      } catch {
        await sleep(PERIOD_MS);
      }
    }
    this.#onDeath(`${calledOf(instance)} stopped accepting connections during the run`);
  }
}

/** What a message calls an instance; the primary is the PostgreSQL of a run. */
function calledOf(instance: WatchedInstance): string {
  const { name, service, arms = [] } = instance;
  if (arms.length > 0) {
    return `${SERVICE_NAMES[service]} at ${placeOf(instance)}${ofArms(arms)}`;
  }
  return name === service ? SERVICE_NAMES[service] : `${SERVICE_NAMES[service]} (${name})`;
}

/** Whose a service alone is, as a part of a sentence that goes on. */
function ofArms(arms: readonly string[]): string {
  return arms.length === 0 ? "" : `, of the ${arms.length === 1 ? "arm" : "arms"} ${arms.join(", ")},`;
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
  readonly #of: string;
  #id: ProcessId;
  #seenMs = performance.now();

  constructor(name: string, id: ProcessId, outages: Outages, arms: readonly string[] = []) {
    this.#name = name;
    this.#of = ofArms(arms);
    this.#id = id;
    this.#outages = outages;
  }

  /** What is wrong with it, as a sentence; null where nothing is. */
  look(pids: Readonly<Record<string, number>>): string | null {
    if (!isAlive(this.#id)) {
      const { pid } = this.#id;
      if (!this.#outages.covers(this.#name, this.#seenMs)) {
        return `the ${this.#name} process (${pid})${this.#of} ended during the run`;
      }
      const next = identify(pids[this.#name] ?? 0);
      if (next === null) {
        return this.#outages.covers(this.#name)
          ? null
          : `the ${this.#name} process (${pid})${this.#of} was not there again when its declared outage was over`;
      }
      this.#id = next;
    }
    this.#seenMs = performance.now();
    return null;
  }
}
