import type { StepPlan } from "../../model/migration.ts";
import { sleep } from "../../net/sleep.ts";
import { type MigrationBench, planOf, stepOf, untilWaiting } from "../testing_steps.ts";

/** Fails where two rows have the same kind. */
export const STEP = stepOf(
  1,
  { kind: "concurrently", index: "public.item_kind" },
  "CREATE UNIQUE INDEX CONCURRENTLY item_kind ON public.item (kind)",
);
/** Removes what it leaves. */
export const DROP = "DROP INDEX CONCURRENTLY IF EXISTS public.item_kind;";

/** Two of the same kind. */
export const ITEMS =
  "CREATE TABLE item (id integer PRIMARY KEY, kind integer); INSERT INTO item VALUES (1, 1), (2, 1)";

/** Indexes of the table, and whether they are INVALID. */
export const indexes = ({ all }: MigrationBench) =>
  all<{ name: string; valid: boolean }>(
    "SELECT indexrelid::regclass::text AS name, indisvalid AS valid FROM pg_index " +
      "WHERE indrelid = 'item'::regclass ORDER BY 1",
  );
export const KEY = { name: "item_pkey", valid: true };

/** Waits until a look at what a statement has at work is over that began after now. */
export async function looked({ all }: MigrationBench): Promise<void> {
  const [now] = await all<{ at: string }>("SELECT clock_timestamp()::text AS at");
  const isOver = async () =>
    (await all(
      `SELECT FROM pg_stat_activity
       WHERE application_name LIKE 'benchbook-locks%' AND datname = current_database()
         AND query LIKE '-- INVALID indexes that%' AND query_start > $1 AND state = 'idle'`,
      [now!.at],
    )).length > 0;
  while (!await isOver()) await sleep(5);
}

/** Runs the step while a writer is open, and does something to it as soon as it is seen to wait for that. */
export async function whileBuilding(
  bench: MigrationBench,
  act: (pid: number) => unknown,
  { tables = ITEMS, step = STEP, signal, url }: {
    readonly tables?: string;
    readonly step?: StepPlan;
    readonly signal?: AbortSignal;
    /** As whom it runs; the bench's where it is absent. */
    readonly url?: string;
  } = {},
) {
  const { run, theirs } = bench;
  const as = url === undefined ? {} : { url };
  await theirs.query(tables);
  await theirs.query("BEGIN; INSERT INTO item VALUES (3, 3)");
  let pid = 0;
  const running = run(planOf(step), { ...as, signal, onSession: (own) => pid = own });
  await untilWaiting(bench, running);
  await looked(bench);
  await act(pid);
  return running;
}
