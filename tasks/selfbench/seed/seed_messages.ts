/** What the process that seeds is told, on its stdin: a password stays off the command line. */
export interface SeedOrder {
  /** An empty database. */
  readonly url: string;
  readonly dataset: string;
  readonly scale: string;
  readonly seed: number;
  readonly workers: number;
  /** The whole `seed`, or only as far as the rows are stored. */
  readonly work: "whole" | "rows";
}

/** What came of it. */
export interface Seeded {
  /** From the call to the end, value pools and worker threads included; not the start of the process. */
  readonly seconds: number;
  /** The part of it before the first row: making the value pools; null where the whole was asked for. */
  readonly prepareSeconds: number | null;
  readonly rows: number;
  /** Of the rows as they were sent. */
  readonly hash: string;
  /** The most bytes that the process had resident; null where the system does not tell. */
  readonly peakBytes: number | null;
}
