import { ServiceError } from "../model/errors.ts";
import { hint } from "../model/suggest.ts";
import { type ProcessId, stopProcess } from "./process.ts";
import { type OwnerKind, readRecords, type ServiceRecord } from "./state.ts";

/**
 * Starts an embedded instance and records it.
 * @param port where it has to listen; one that is free without it
 */
export type StartInstance = (
  owner: OwnerKind,
  port?: number,
) => Promise<{ readonly process: ProcessId; readonly port: number }>;

/** Stops and starts the embedded instances of a stack by their names, whatever their kind. */
export class InstanceControl {
  /** Names of those that this stack has started. */
  readonly started = new Set<string>();
  readonly #home: string;
  readonly #known = new Map<string, StartInstance>();
  readonly #stopped = new Map<string, ServiceRecord>();
  readonly #again = new Map<string, ProcessId>();

  /** @param home whose instances these are */
  constructor(home: string) {
    this.#home = home;
  }

  /** Takes in an embedded instance, and how it is started again. */
  add(name: string, start: StartInstance): void {
    this.#known.set(name, start);
  }

  /** @throws {ServiceError} where Benchbook does not run an instance of that name, or no longer */
  async stop(name: string): Promise<void> {
    this.#startOf("stop", name);
    const running = readRecords(this.#home).find((record) => record.name === name);
    if (running === undefined) throw new ServiceError(`Cannot stop ${name}: it does not run`);
    this.#stopped.set(name, running);
    await stopProcess(running.process, running.stopSignal);
  }

  /** @throws {ServiceError} where it was not stopped before, or does not start */
  async start(name: string): Promise<void> {
    const start = this.#startOf("start", name);
    const stopped = this.#stopped.get(name);
    if (stopped === undefined) throw new ServiceError(`Cannot start ${name}: it was not stopped`);
    this.#again.set(name, (await start(stopped.owner.kind, stopped.port)).process);
    this.#stopped.delete(name);
  }

  /** @throws {ServiceError} as the two others */
  async restart(name: string): Promise<void> {
    await this.stop(name);
    await this.start(name);
  }

  /** An instance with the process that it has by now. */
  current<T extends { readonly name: string; readonly process: ProcessId | null }>(instance: T): T {
    const process = this.#again.get(instance.name);
    return process === undefined ? instance : { ...instance, process };
  }

  #startOf(what: string, name: string): StartInstance {
    const start = this.#known.get(name);
    if (start !== undefined) return start;
    throw new ServiceError(
      `Cannot ${what} ${name}: Benchbook runs no instance of that name`,
      hint(name, [...this.#known.keys()]),
    );
  }
}
