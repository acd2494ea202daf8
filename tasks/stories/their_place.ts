import type { Ended } from "./story.ts";

/** The database without anything in it, and what is seen there. */
export interface TheirPlace {
  readonly elsewhere: Readonly<Record<"DATABASE_URL", string>>;
  /** Nothing shows the password that leads to their server. */
  silent(ended: Ended): void;
  query(sql: string): Promise<readonly Record<string, unknown>[]>;
  seedIs(seed: number): Promise<void>;
}

/** Objects of the data set in the database that was empty, and of its marker. */
export const DATA_SET = /^[-+~] theirs: PostgreSQL: bare: .*\b(northwind|northwind_sales|benchbook)\b/;
