import type { KeySpace } from "../model/dataset.ts";
import type { CopyWriter } from "./copy_writer.ts";

/**
 * The rows of one table as a function of their index. A unit is what rows are made from: a row itself, or a
 * parent with all its children (an order with its lines). Any range of units can be written alone and in any
 * order, so that several connections share a table and the result is the same.
 */
export interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  readonly units: number;
  /** All rows of all units. */
  readonly rows: number;
  /** Appends the rows of one unit, 0 ≤ unit < units; a unit takes less than `MAX_UNIT_BYTES`. */
  write(unit: number, out: CopyWriter): void;
}

/** A kind of data that `seed` can make at several scales. Its SQL lies in queries/schema/<name>/. */
export interface Dataset {
  readonly name: string;
  /** One line for `--help`. */
  readonly title: string;
  /** The PostgreSQL schema it lives in; nothing outside of it is touched. */
  readonly schema: string;
  /** Every table, parents first. */
  readonly tableNames: readonly string[];
  /** Changes whenever the same (scale, seed) gives other rows than before. */
  readonly generator: string;
  readonly scales: readonly string[];
  /** The least key of rows that a benchmark may write; every seeded key lies below. */
  readonly reservedBase: number;
  /** The tables of a scale and seed, in the order of `tableNames`; the value pools are made here. */
  tables(scale: string, seed: number): Promise<readonly Table[]>;
  /** What parameters are drawn from, given the rows by table. Pure and cheap: workers call it. */
  keySpaces(counts: Readonly<Record<string, number>>): Readonly<Record<string, KeySpace>>;
}
