/** What a generator is told of the row that it makes a value for. Everything is a function of (seed, column, row). */
export interface GeneratorContext {
  /**
   * The row's number in its table, counted from 0 over all partitions. Where rows are made from a parent, such as
   * an order's details, it is the parent's number.
   */
  readonly row: number;
  /** The row among those of its parent, counted from 0; 0 where each row stands alone. */
  readonly line: number;
  /** The data set's seed. */
  readonly seed: number;
  /** What Benchbook itself would have written, as PostgreSQL prints it; null for NULL. */
  readonly value: string | null;
  /** Uniform in [0, 1), a further independent value each call. */
  random(): number;
  /** A uniform whole number in [0, below), 1 ≤ below ≤ 2^32. */
  integer(below: number): number;
  /** One of the values, equally likely or by relative weights. */
  pick<const T>(values: readonly T[], weights?: readonly number[]): T;
  /** Normally distributed; mean 0 and deviation 1 unless told. */
  normal(mean?: number, deviation?: number): number;
  /** Log-normally distributed: half of the values lie below `median`, the logarithm has deviation `sigma`. */
  lognormal(median: number, sigma: number): number;
  /** Exponentially distributed. */
  exponential(mean: number): number;
  /** A rank 0 … n−1, rank k with probability proportional to 1 / (k + 1)^s. */
  zipf(n: number, s: number): number;
}

/** A value inside a json or jsonb column. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/**
 * What a generator may yield: null for SQL's NULL; text for every type, as PostgreSQL reads it in UTC; numbers and
 * bigints for a number's column, a boolean for a boolean's, a Date for days and times; for json and jsonb what is to be
 * stored, texts too.
 */
export type Generated = Json | bigint | Date;

/** Makes a column's value. Pure: called again for the same row it yields the same. */
export type ColumnGenerator = (context: GeneratorContext) => Generated;

/**
 * The default export of a file for `--custom`.
 *
 * Only the named columns change. What Benchbook derives from a column elsewhere, such as an order line's price
 * from its product's, stays as Benchbook made it.
 */
export interface Customisation {
  /** The data set that it is for. */
  readonly dataset: string;
  /** Generators by `table.column`. */
  readonly columns: Readonly<Record<string, ColumnGenerator>>;
  /** Declared distributions that differ; those given on the command line win. */
  readonly distributions?: Readonly<Record<string, number | readonly number[]>>;
}

/** A customisation as it was read from its file. */
export interface LoadedCustomisation {
  /** The data set that it is for. */
  readonly dataset: string;
  /** Generators by `table.column`. */
  readonly columns: Readonly<Record<string, ColumnGenerator>>;
  /** As the command line would have them: text by name. */
  readonly distributions: Readonly<Record<string, string>>;
  /** The file, absolute. */
  readonly path: string;
  /** Of the file's bytes, in hex: it stands for the generators. Files that it imports are not part of it. */
  readonly sha256: string;
}

/** A column as the server's catalogue has it. Plain values: workers get a copy. */
export interface ColumnType {
  /** The schema of its table. */
  readonly schema: string;
  /** Its table, without the schema; for a partition the table that it is part of. */
  readonly table: string;
  /** Its own name. */
  readonly column: string;
  /** As `format_type` writes it, e.g. `numeric(12,2)`. */
  readonly type: string;
  /** Whether it was declared NOT NULL when the table was made. */
  readonly notNull: boolean;
}
