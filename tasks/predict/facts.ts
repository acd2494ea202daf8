import type { Work } from "../model/statement_effects.ts";
import { DEFAULT_RATES, type MachineRates, type Rate } from "./rates.ts";

/** An index as the catalogue has it. */
export interface IndexFacts {
  readonly name: string;
  readonly bytes: number;
  /** As CREATE INDEX takes it, from USING on: `USING btree (customer_id, order_date DESC)`. */
  readonly definition: string;
}

/** A relation as catalogue and statistics know it, which reads none of its rows. */
export interface RelationFacts {
  /** `schema.name`. */
  readonly relation: string;
  /** The relation whose rows it has: itself, or what it was called, or was filled from. */
  readonly origin: string;
  /** As the statistics estimate them. */
  readonly rows: number;
  /** Without its indexes. */
  readonly bytes: number;
  readonly indexes: readonly IndexFacts[];
  /** Of a materialized view, what the planner expects its query to cost and to give; null of others. */
  readonly query: QueryFacts | null;
}

/** What the planner expects of a query. */
export interface QueryFacts {
  /** With the names that there are. */
  readonly text: string;
  readonly cost: number;
  readonly rows: number;
  /** Bytes of a row. */
  readonly width: number;
  /** The steps of its plan: `Hash Join (Seq Scan, Hash (Seq Scan))`. */
  readonly steps: string;
  /** Names of the indexes that these read, without schemas. */
  readonly indexes: readonly string[];
  /**
   * Its rows are inserted one by one, and divided among so many partitions, 0: the table has none; null: they become a new
   * table's, all at once.
   */
  readonly partitions: number | null;
}

/** What a query took on rows of the same kind. */
export interface MeasuredQuery {
  /** For a unit of the planner's costs, ms. */
  readonly msPerCost: Rate;
  /** To keep its rows as they are to be kept, µs a KiB; null: there were too few to tell. */
  readonly writeUsPerKiB: Rate | null;
}

/** What a piece of work took on rows of the same kind. */
export interface MeasuredWork {
  /** Whatever the number of rows is, ms: workers are started. */
  readonly fixedMs: number;
  readonly usPerRow: Rate;
  /** The share of that in which rows are sorted into indexes, 0 to 1. */
  readonly sorted: number;
  /** How many rows that was. */
  readonly rows: number;
}

/** All that a prediction is made of. */
export interface PredictionFacts {
  /** By name. */
  readonly relations: ReadonlyMap<string, RelationFacts>;
  readonly rates: MachineRates;
  /** What was measured on a likeness of the relation, by `workKey`. */
  readonly measured: ReadonlyMap<string, MeasuredWork>;
  /** What was measured of a query on likenesses, by its text. */
  readonly queries: ReadonlyMap<string, MeasuredQuery>;
  /** How long the oldest transaction has been open that others than us hold, s; null: there is none, or it is not known. */
  readonly oldestTransactionS: number | null;
}

/** Facts of relations alone: nothing was measured, and nobody is known to be in a transaction. */
export function factsOf(
  relations: readonly RelationFacts[],
  known: Partial<Omit<PredictionFacts, "relations">> = {},
): PredictionFacts {
  return {
    relations: new Map(relations.map((each) => [each.relation, each])),
    rates: DEFAULT_RATES,
    measured: new Map(),
    queries: new Map(),
    oldestTransactionS: null,
    ...known,
  };
}

/** Pieces of work that take as long for a row: they do the same to the same relation. */
export function workKey(
  { kind, relation, columns, including = [], into }: Pick<
    Work,
    "kind" | "relation" | "columns" | "including" | "into"
  >,
): string {
  const of = kind === "index build" || kind === "look-up" ? [...columns, "", ...including].join(", ") : "";
  return [kind, relation, of, into ?? ""].join("|");
}
