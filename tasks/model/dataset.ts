/** The keys of a table as a function of the row's index: what parameters are drawn from. */
export interface KeySpace {
  readonly name: string;
  readonly count: number;
  /** The key of row `index`, 0 ≤ index < count. Ordered by age where the table has an age. */
  key(index: number): string | number;
}

export const SCALES = ["tiny", "small"] as const;
export type Scale = typeof SCALES[number];

/** What a database was seeded with; read back from its own marker table. */
export interface SeededDataset {
  readonly name: string;
  readonly scale: string;
  readonly seed: number;
  /** Rows by table. */
  readonly counts: Readonly<Record<string, number>>;
  readonly rows: number;
  readonly bytes: number | null;
  /** Hash of the content of all tables; equal for equal (dataset, scale, seed). */
  readonly hash: string;
}
