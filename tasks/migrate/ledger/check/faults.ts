import { join } from "node:path";
import { readSmallText } from "../../../files/small_file.ts";
import type { LedgerEntry, LedgerProblem } from "../../../model/migration.ts";
import { type Counter, counter } from "../../../random/counter.ts";
import { RESERVED_BASE } from "../../../seed/northwind/distributions.ts";
import type { Executed, Fault } from "./faulty_proxy.ts";
import { FOLDER, ORDER, type Shop, UPDATE } from "./shop.ts";

/** What is injected, and what the ledger must say of it. */
export const FAULTS = {
  "loss: acknowledged, never committed": "lost",
  "duplicate: executed twice": "duplicate",
  "overwrite: a value changed afterwards": "overwritten",
  "reordering: an earlier write stands": "reordered",
} as const satisfies Record<string, LedgerProblem>;

/** How likely an order is to be the next one with a fault. */
const CHANCE = 0.3;
type OfOrders = "lost" | "duplicate" | "overwritten";

/** Decides which writes of a load something is done to, and remembers what the ledger must find. */
export class Faults {
  readonly #shop: Shop;
  readonly #each: number;
  readonly #random: Counter;
  readonly #counts: Record<OfOrders, number> = { lost: 0, duplicate: 0, overwritten: 0 };
  /** What must be found: of an order by its slot, of an update by its row. */
  readonly #expected = new Map<number | string, LedgerProblem>();
  /** Of each row its first update, and the last half of the load in which it had one. */
  readonly #updates = new Map<string, { readonly first: Executed; readonly half: number; last: number }>();
  #orders = 0;
  #half = 0;

  /** @param each so many of each kind */
  constructor(shop: Shop, each: number, seed: number) {
    this.#shop = shop;
    this.#each = each;
    this.#random = counter(seed, "faults");
  }

  /** A half of the load begins; the one before is over. */
  begin(half: number): void {
    this.#half = half;
  }

  /** What is done to a write. */
  faultOf(executed: Executed): Fault {
    if (executed.text !== this.#shop.statements[ORDER]!.text) return null;
    const draw = this.#orders++;
    const due = (Object.keys(this.#counts) as OfOrders[]).filter((kind) => this.#counts[kind] < this.#each);
    if (due.length === 0 || this.#random.float(draw, 0) >= CHANCE) return null;
    const kind = due[this.#random.integer(draw, 1, due.length)]!;
    const [key] = executed.values;
    this.#counts[kind]++;
    this.#expected.set(Number(key) - RESERVED_BASE, kind);
    if (kind === "lost") return "rolled back";
    const other = { text: readSmallText(join(FOLDER, "overwrite.sql")), values: [key!] };
    return { afterwards: [kind === "duplicate" ? executed : other] };
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
      this.#expected.set(row, "reordered");
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
    const caught = new Map<LedgerProblem, number>();
    let alarms = 0;
    for (const { slot, problem, op } of entries) {
      if (problem === null) continue;
      const isUpdate = op === this.#shop.scenario.operations[UPDATE]!.name;
      const which = isUpdate ? String(this.#shop.mix.valuesOf(slot, UPDATE)["customer_id"]) : slot;
      if (this.#expected.get(which) === problem) caught.set(problem, (caught.get(problem) ?? 0) + 1);
      else alarms++;
    }
    const injected = Map.groupBy(this.#expected.values(), (problem) => problem);
    const faults = Object.entries(FAULTS).map(([fault, problem]) => ({
      fault,
      injected: injected.get(problem)?.length ?? 0,
      caught: caught.get(problem) ?? 0,
    }));
    return { faults, alarms };
  }
}
