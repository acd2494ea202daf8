import type { KeySpace } from "../model/dataset.ts";
import type { CopyWriter } from "./copy_writer.ts";
import type { Declared, Values } from "./distributions.ts";

/**
 * The rows of a table, or of a partition, as a function of their index. A unit is what rows are made from: a row itself,
 * or a parent with all its children (an order with its lines). Any range of units can be written alone and in any
 * order, so that several connections share a table and the result is the same.
 */
export interface Rows {
  /** The table as people know it; partitions bear the name of the table that they are part of. */
  readonly name: string;
  readonly units: number;
  /** All rows of all units. */
  readonly rows: number;
  /** Appends the rows of one unit, 0 ≤ unit < units; a unit takes less than `MAX_UNIT_BYTES`. */
  write(unit: number, out: CopyWriter): void;
}

/** Rows, and where they go. */
export interface DatasetTable extends Rows {
  /** The table, or one of its partitions, with its schema. */
  readonly relation: string;
  readonly columns: readonly string[];
  /**
   * Of a table with columns of a user's: what the server's refusal of a COPY is to them, where that is known.
   * @param from the unit that the COPY began with
   */
  refusal?(error: unknown, from: number): Error | null;
}

/** A count that the user may set, e.g. customers. */
export interface CountOption {
  readonly describe: string;
  readonly min: number;
  readonly max: number;
}

/** What rows are a function of. Plain values: workers get a copy. */
export interface Shape {
  readonly seed: number;
  /** By count option, all of them. */
  readonly counts: Readonly<Record<string, number>>;
  /** By declared distribution, all of them. */
  readonly distributions: Values;
}

/** A statistical property of the data as SQL finds it and as the declared distributions promise it. */
export interface DistributionCheck {
  /** What is looked at, e.g. "orders on a Saturday". */
  readonly name: string;
  readonly table: string;
  readonly expected: number;
  /** The check passes while |found − expected| ≤ tolerance; in the unit of both. */
  readonly tolerance: number;
}

/** A column that runs may write texts of their own into, in rows that are seeded: what was there follows from other rows. */
export interface MarkedColumn {
  /** `schema.name`. */
  readonly table: string;
  readonly column: string;
  /** The table's key. */
  readonly key: string;
  /** The key space that the texts are from. */
  readonly keys: string;
  /** A regular expression of PostgreSQL's that all of these match, and no seeded text does. */
  readonly pattern: string;
  /** A file of queries/undo/ with a query that gives, for each row, `key`, the text `found` and the one that is `seeded`. */
  readonly seeded: string;
}

/** A kind of data that `seed` can make at several scales. Its SQL lies in queries/schema/<name>/. */
export interface Dataset {
  readonly name: string;
  /** One line for `--help`. */
  readonly title: string;
  /** The PostgreSQL schemas it lives in; nothing outside of them is touched. */
  readonly schemas: readonly string[];
  /** Every table by name with its schema, parents first. Names are unique over the schemas. */
  readonly tableSchemas: Readonly<Record<string, string>>;
  /** Changes whenever the same request gives other rows or functions than before. */
  readonly generator: string;
  /** Counts by scale. */
  readonly scales: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly countOptions: Readonly<Record<string, CountOption>>;
  readonly declared: Declared;
  /** About so many bytes a row of each table takes in PostgreSQL, with its indexes. */
  readonly rowBytes: Readonly<Record<string, number>>;
  /** The least key of rows that a benchmark may write; every seeded key lies below. */
  readonly reservedBase: number;
  /** The tables that hold such rows, `schema.name`, with the column of the key; children before their parents. */
  readonly reserved: readonly { readonly table: string; readonly column: string }[];
  readonly marked: readonly MarkedColumn[];
  /** Makes the value pools, once; what it returns can be copied or shared with workers. */
  prepare(shape: Shape): Promise<unknown>;
  /** All tables, parents first; cheap, and every worker calls it with the same arguments. */
  tables(shape: Shape, prepared: unknown): readonly DatasetTable[];
  /** What must be true of the data, by the name of a column that verify.sql returns. */
  checks(shape: Shape, rows: Readonly<Record<string, number>>): Readonly<Record<string, DistributionCheck>>;
  /** What parameters are drawn from, given the rows by table. Pure and cheap: workers call it. */
  keySpaces(rows: Readonly<Record<string, number>>): Readonly<Record<string, KeySpace>>;
}
