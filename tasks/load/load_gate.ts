import type { ClientGate, MoveSide } from "../model/client_gate.ts";
import { ServiceError } from "../model/errors.ts";
import { GateBoard, type GateOrder } from "./gate_board.ts";
import type { GateAnswer } from "./gate_keeper.ts";

/** An order under way. */
interface Pending {
  readonly nth: number;
  /** Generators that have not answered yet. */
  readonly left: Set<number>;
  problem: GateAnswer["problem"];
  readonly done: () => void;
}

/**
 * The gate of all generator threads of one load, see `LoadOptions`. Of the arms' connections those are moved that are
 * told where to (`ArmTarget.movesTo`). While there is no load there are no clients, and nothing to wait for.
 */
export class LoadGate implements ClientGate {
  readonly #board = new GateBoard();
  readonly #running = new Set<number>();
  #at: MoveSide = "source";
  #pending: Pending | null = null;

  /** For the generators' `GateBoard`. */
  get memory(): SharedArrayBuffer {
    return this.#board.memory;
  }

  async prepare(at: MoveSide, signal?: AbortSignal): Promise<void> {
    await this.#tell("prepare", at, signal);
  }

  async close(signal?: AbortSignal): Promise<void> {
    try {
      await this.#tell("close", this.#at, signal);
    } catch (error) {
      await this.#tell("open", this.#at);
      throw error;
    }
  }

  async open(at: MoveSide): Promise<void> {
    await this.#tell("open", at);
    this.#at = at;
  }

  /** By the load: a generator has started. */
  started(worker: number): void {
    this.#running.add(worker);
  }

  /** By the load: a generator has ended, and has nothing under way. */
  ended(worker: number): void {
    this.#running.delete(worker);
    this.#take(worker);
  }

  /** By the load: what a generator says. */
  answered(worker: number, { nth, problem }: GateAnswer): void {
    // An order that was given up may be answered late.
    if (nth !== this.#pending?.nth) return;
    this.#pending.problem ??= problem;
    this.#take(worker);
  }

  #take(worker: number): void {
    const pending = this.#pending;
    if (pending === null) return;
    pending.left.delete(worker);
    if (pending.left.size === 0) pending.done();
  }

  async #tell(kind: GateOrder["kind"], at: MoveSide, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.#running.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const done = () => resolve();
    const pending: Pending = {
      nth: this.#board.tell(kind, at),
      left: new Set(this.#running),
      problem: null,
      done,
    };
    this.#pending = pending;
    signal?.addEventListener("abort", done);
    await promise;
    signal?.removeEventListener("abort", done);
    this.#pending = null;
    signal?.throwIfAborted();
    if (pending.problem === null) return;
    const { message, next } = pending.problem;
    throw new ServiceError(`Cannot move clients to the ${at}: ${message}`, next);
  }
}
