import { join } from "node:path";
import { readSmallText } from "../../../files/small_file.ts";
import type { LedgerEntry, LedgerProblem } from "../../../model/migration.ts";
import { type Counter, counter } from "../../../random/counter.ts";
import { RESERVED_BASE } from "../../../seed/northwind/distributions.ts";
import { parameterText } from "../../../targets/pg_values.ts";
import { operationOfSlot } from "../../../undo/may_write.ts";
import type { Executed, Fault } from "./faulty_proxy.ts";
import { FOLDER, ORDER, type Shop, UPDATE } from "./shop.ts";

const OF_ORDERS = {
  "loss: acknowledged, never committed": "lost",
  "duplicate: executed twice": "duplicate",
  "overwrite: a value changed afterwards": "overwritten",
  "swap: each of two has the other's values": "overwritten",
} as const satisfies Record<string, LedgerProblem>;
type OfOrders = keyof typeof OF_ORDERS;
const REORDERING = "reordering: an earlier write stands";

/** What is injected, and what the ledger must say of it. */
export const FAULTS: Readonly<Record<OfOrders | typeof REORDERING, LedgerProblem>> = {
  ...OF_ORDERS,
  [REORDERING]: "reordered",
};

/** How likely an order is to be the next one with a fault. */
const CHANCE = 0.4;

/** One that was injected. */
interface Injected {
  readonly fault: keyof typeof FAULTS;
  /** Entries that must tell of it and have not. */
  untold: number;
}

/** Decides which writes of a load something is done to, and remembers what the ledger must find. */
export class Faults {
  readonly #shop: Shop;
  readonly #slots: number;
  readonly #each: number;
  readonly #random: Counter;
  /** What must be found: of an order by its slot, of an update by its row. */
  readonly #expected = new Map<number | string, Injected>();
  readonly #injected: Injected[] = [];
  /** Orders that get the values of one that came before, by their slots. */
  readonly #swapped = new Map<number, Executed>();
  /** Of each row its first update, and the last half of the load in which it had one. */
  readonly #updates = new Map<string, { readonly first: Executed; readonly half: number; last: number }>();
  /** The highest slot of an order that has come. */
  #last = -1;
  #orders = 0;
  #half = 0;

  /**
   * @param slots of the load
   * @param each so many of each kind
   */
  constructor(shop: Shop, slots: number, each: number, seed: number) {
    this.#shop = shop;
    this.#slots = slots;
    this.#each = each;
    this.#random = counter(seed, "faults");
  }

  /** A half of the load begins; the one before is over. */
  begin(half: number): void {
    this.#half = half;
  }

  /** What is done to a write. */
  faultOf(executed: Executed): Fault | null {
    if (executed.text !== this.#shop.statements[ORDER]!.text) return null;
    const slot = Number(executed.values[0]) - RESERVED_BASE;
    this.#last = Math.max(this.#last, slot);
    const draw = this.#orders++;
    const swapped = this.#swapped.get(slot);
    if (swapped !== undefined) return { rolledBack: true, afterwards: [withKeyOf(executed, swapped)] };
    const partner = this.#laterOrder();
    const due = (Object.keys(OF_ORDERS) as OfOrders[]).filter((fault) =>
      this.#count(fault) < this.#each && (partner !== null || !fault.startsWith("swap"))
    );
    if (due.length === 0 || this.#random.float(draw, 0) >= CHANCE) return null;
    const fault = due[this.#random.integer(draw, 1, due.length)]!;
    switch (fault) {
      case "loss: acknowledged, never committed":
        this.#expect(fault, slot);
        return { rolledBack: true, afterwards: [] };
      case "duplicate: executed twice":
        this.#expect(fault, slot);
        return { rolledBack: false, afterwards: [executed] };
      case "overwrite: a value changed afterwards":
        this.#expect(fault, slot);
        return {
          rolledBack: false,
          afterwards: [{
            text: readSmallText(join(FOLDER, "overwrite.sql")),
            values: executed.values.slice(0, 1),
          }],
        };
      case "swap: each of two has the other's values":
        this.#expect(fault, slot, partner!);
        this.#swapped.set(partner!, executed);
        return { rolledBack: true, afterwards: [withKeyOf(executed, this.#orderOf(partner!))] };
    }
  }

  /** Takes note of updates. */
  onAnswered(executed: Executed): void {
    if (executed.text !== this.#shop.statements[UPDATE]!.text) return;
    const row = String(executed.values[0]);
    const known = this.#updates.get(row);
    if (known === undefined) this.#updates.set(row, { first: executed, half: this.#half, last: this.#half });
    else known.last = this.#half;
  }

  /** Executes the first update of some rows once more, when the load is over: each was answered before the last one began. */
  async reorder(execute: (executed: Executed) => Promise<void>): Promise<void> {
    const apart = [...this.#updates].filter(([, { half, last }]) => last > half);
    for (const [row, { first }] of apart.slice(0, this.#each)) {
      await execute(first);
      this.#expect(REORDERING, row);
    }
  }

  /**
   * Holds what the ledger has found against what was done.
   * @returns of each fault how many were injected and how many of these were caught, and entries that say otherwise
   */
  compared(entries: readonly LedgerEntry[]): {
    readonly faults: readonly {
      readonly fault: string;
      readonly injected: number;
      readonly caught: number;
    }[];
    readonly alarms: number;
  } {
    let alarms = 0;
    for (const { slot, problem, op } of entries) {
      if (problem === null) continue;
      const isUpdate = op === this.#shop.scenario.operations[UPDATE]!.name;
      const which = isUpdate ? String(this.#shop.mix.valuesOf(slot, UPDATE)["customer_id"]) : slot;
      const expected = this.#expected.get(which);
      if (expected !== undefined && FAULTS[expected.fault] === problem) expected.untold--;
      else alarms++;
    }
    const faults = (Object.keys(FAULTS) as (keyof typeof FAULTS)[]).map((fault) => {
      const own = this.#injected.filter((one) => one.fault === fault);
      return { fault, injected: own.length, caught: own.filter(({ untold }) => untold === 0).length };
    });
    return { faults, alarms };
  }

  #count(fault: keyof typeof FAULTS): number {
    return this.#injected.filter((one) => one.fault === fault).length;
  }

  #expect(fault: keyof typeof FAULTS, ...which: (number | string)[]): void {
    const injected = { fault, untold: which.length };
    this.#injected.push(injected);
    for (const one of which) this.#expected.set(one, injected);
  }

  /** The next slot of an order that has not come yet and is nobody's partner; null without one. */
  #laterOrder(): number | null {
    const operationOf = operationOfSlot(this.#shop.writes);
    for (let slot = this.#last + 1; slot < this.#slots; slot++) {
      if (operationOf(slot) === ORDER && !this.#swapped.has(slot)) return slot;
    }
    return null;
  }

  /** What the order of a slot will ask. */
  #orderOf(slot: number): Executed {
    const { text, parameters } = this.#shop.statements[ORDER]!;
    const values = this.#shop.mix.valuesOf(slot, ORDER);
    return { text, values: parameters.map(({ name }) => parameterText(values[name])) };
  }
}

/** An order under its own key, with the values of another one. */
function withKeyOf({ text, values: [key] }: Executed, { values: [, ...others] }: Executed): Executed {
  return { text, values: [key!, ...others] };
}
