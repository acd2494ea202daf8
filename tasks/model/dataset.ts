/** The keys of a table as a function of the row's index: what parameters are drawn from. */
export interface KeySpace {
  /** What a scenario's draws call it, e.g. `products`. */
  readonly name: string;
  /** How many keys there are. */
  readonly count: number;
  /** The key of row `index`, 0 ≤ index < count. Ordered by age where the table has an age. */
  key(index: number): string | number;
}

/** The sizes in which data sets can be seeded. */
export const SCALES = ["tiny", "small", "medium", "full"] as const;

/** What a database was seeded with; read back from its own marker table. */
export interface SeededDataset {
  /** The data set's name, e.g. `northwind`. */
  readonly name: string;
  /** One of the data set's scales, e.g. `tiny`. */
  readonly scale: string;
  /** The number that all rows were drawn from. */
  readonly seed: number;
  /** How it differs from the plain scale, e.g. `customers=500 orders.customerSkew=1.1`; empty where it does not. */
  readonly variation: string;
  /** Rows by table; of a user's own tables what the server estimates. */
  readonly counts: Readonly<Record<string, number>>;
  /** Rows of all tables together. */
  readonly rows: number;
  /** Size in PostgreSQL with indexes, in bytes; null where it was not taken. */
  readonly bytes: number | null;
  /**
   * Hash of the content of all tables; equal for equal (dataset, scale, seed, variation). Of a user's own tables, which
   * are not read through, a hash of their definitions, which says so.
   */
  readonly hash: string;
}
