import type { Move } from "../../model/migration.ts";
import { stepOf } from "../testing_steps.ts";

/** Along the key of the tests' table. */
export const BATCHES: Move = { kind: "batches", table: "public.item", key: "id" };
/** Counts how often each row was in a batch. */
export const VISIT = stepOf(
  1,
  BATCHES,
  "UPDATE item SET visits = visits + 1 WHERE id > :after AND id <= :upto",
);

/** A table of so many rows, with gaps between their keys. */
export const items = (rows: number) =>
  `CREATE TABLE item (id integer PRIMARY KEY, visits integer NOT NULL DEFAULT 0);
   INSERT INTO item SELECT 3 * n FROM generate_series(1, ${rows}) n`;

/** How many rows were visited how often. */
export const VISITED = "SELECT visits, count(*)::int AS n FROM item GROUP BY visits ORDER BY visits";
