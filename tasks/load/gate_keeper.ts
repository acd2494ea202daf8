import type { MoveSide } from "../model/client_gate.ts";
import { BenchbookError } from "../model/errors.ts";
import type { Network } from "../net/channel.ts";
import type { Statement, Target, TargetGate } from "../targets/target.ts";
import { GateBoard, type GateOrder } from "./gate_board.ts";
import type { LoadPlan } from "./plan.ts";

/** How one generator has carried out an order. */
export interface GateAnswer {
  /** Of the order. */
  readonly nth: number;
  /** Why it could not; null where it has. */
  readonly problem: { readonly message: string; readonly next: string | undefined } | null;
}

export interface GateKeeperOptions {
  readonly board: GateBoard;
  /** Of the targets that have one, with the statements that these are asked. */
  readonly gates: readonly { readonly gate: TargetGate; readonly statements: readonly Statement[] }[];
  readonly network: Pick<Network, "handshake">;
  readonly answer: (answer: GateAnswer) => void;
}

/** What keeps the gates of a plan's targets; null where none of them moves. */
export function gateKeeper(
  { gate: memory, arms }: Pick<LoadPlan, "gate" | "arms">,
  targets: readonly Target[],
  network: GateKeeperOptions["network"],
  answer: GateKeeperOptions["answer"],
): GateKeeper | null {
  if (memory === undefined) return null;
  const gates = targets.flatMap(({ gate }, index) =>
    gate === undefined ? [] : [{ gate, statements: arms[index]!.statements }]
  );
  return new GateKeeper({ board: new GateBoard(memory), gates, network, answer });
}

/** Opens and closes the gates of a generator's targets as it is told. */
export class GateKeeper {
  readonly #options: GateKeeperOptions;
  #seen = 0;
  #closed = false;
  /** Preparations under way, one after another. */
  #preparing: Promise<void> = Promise.resolve();
  #preparations = 0;

  constructor(options: GateKeeperOptions) {
    this.#options = options;
  }

  /** Whether it is closed: then the word to open must not be seen late. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Looks for an order. To be called every few milliseconds. */
  look(): void {
    const { board } = this.#options;
    if (board.nth === this.#seen) return;
    const order = board.order;
    this.#seen = order.nth;
    switch (order.kind) {
      case "prepare":
        return this.#later(order, () => this.#prepare(order.at));
      case "close":
        return this.#close(order);
      case "open":
        return this.#open(order);
    }
  }

  #close(order: GateOrder): void {
    const { gates } = this.#options;
    this.#closed = true;
    let busy = gates.length;
    if (busy === 0) this.#answer(order, null);
    for (const { gate } of gates) gate.closeGate(() => --busy === 0 && this.#answer(order, null));
  }

  #open(order: GateOrder): void {
    const ready = this.#options.gates.every(({ gate }) => gate.isReady(order.at));
    if (ready && this.#preparations === 0) {
      this.#openAll(order.at);
      return this.#answer(order, null);
    }
    this.#later(order, async () => {
      await this.#prepare(order.at);
      this.#openAll(order.at);
    });
  }

  #openAll(at: MoveSide): void {
    for (const { gate } of this.#options.gates) gate.openGate(at);
    this.#closed = false;
  }

  /** One preparation after another: each connection does one thing at a time. */
  #prepare(at: MoveSide): Promise<void> {
    this.#preparations++;
    const before = this.#preparing;
    const prepare = async () => {
      await before.catch(() => {});
      try {
        for (const { gate, statements } of this.#options.gates) await gate.prepareServer(at, statements);
      } finally {
        this.#preparations--;
      }
    };
    return this.#preparing = prepare();
  }

  #later(order: GateOrder, work: () => Promise<void>): void {
    this.#options.network.handshake(work).then(
      () => this.#answer(order, null),
      (error: Error) => this.#answer(order, error),
    );
  }

  #answer({ nth }: GateOrder, error: Error | null): void {
    const problem = error === null
      ? null
      : { message: error.message, next: error instanceof BenchbookError ? error.next : undefined };
    this.#options.answer({ nth, problem });
  }
}
