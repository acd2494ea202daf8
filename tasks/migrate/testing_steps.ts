import assert from "node:assert/strict";
import { Client } from "pg";
import type { Move, StepPlan, StepRecord, VariantPlan } from "../model/migration.ts";
import { sleep } from "../net/sleep.ts";
import { counter } from "../random/counter.ts";
import { withPostgres } from "../stack/testing.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { runSteps, type StepsOptions, type StepsOutcome } from "./run_steps.ts";

/** Steps that were run by a test. */
export interface Ran {
  readonly outcome: StepsOutcome;
  /** The last row of each statement, in their order. */
  readonly rows: readonly StepRecord[];
  /** Every row that was told. */
  readonly told: readonly StepRecord[];
}

/** A database for a migration. */
export interface MigrationBench {
  readonly url: string;
  /** Whoever else is connected, as `their-app`. */
  readonly theirs: Client;
  /** Asks over another session. */
  all<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
  run(plan: VariantPlan, options?: Partial<StepsOptions>): Promise<Ran>;
}

export const RUN_ID = "20260301-101010-ab12";

/** A step of statements, each on a line of its own. */
export function stepOf(step: number, move: Move, ...texts: string[]): StepPlan {
  return {
    step,
    file: `change/safe/0${step}-step.sql`,
    about: "",
    risk: null,
    fix: null,
    shows: [],
    move,
    statements: texts.map((text, index) => ({ text, line: index + 1, shown: text })),
  };
}

/** A way of these steps. */
export function planOf(...steps: StepPlan[]): VariantPlan {
  return { variant: "safe", steps };
}

export const PLAIN: Move = { kind: "plain", oneTransaction: false };
export const LOCK_TIMEOUT: Move = { kind: "lock_timeout", oneTransaction: false };
export const TOGETHER: Move = { kind: "lock_timeout", oneTransaction: true };

/** Gives a test a database, with somebody else connected to it. */
export function withMigration(use: (bench: MigrationBench) => Promise<void>): Promise<void> {
  return withDatabase((url) => benchAt(url, use));
}

/** The same on a server of its own, which it may kill. */
export function withOwnMigration(use: (bench: MigrationBench) => Promise<void>): Promise<void> {
  return withPostgres((url) => benchAt(url, use));
}

/** The same on any server. */
export async function benchAt(url: string, use: (bench: MigrationBench) => Promise<void>): Promise<void> {
  const theirs = new Client({ connectionString: url, application_name: "their-app" });
  // Within a transaction what others do is seen once and for all.
  const watcher = new Client({ connectionString: url });
  for (const client of [theirs, watcher]) client.on("error", () => {});
  await Promise.all([theirs.connect(), watcher.connect()]);
  try {
    await use({
      url,
      theirs,
      all: async (sql, values) => (await watcher.query(sql, values)).rows,
      run: (plan, options) => ran(url, plan, options),
    });
  } finally {
    await Promise.all([theirs.end(), watcher.end()]);
  }
}

/** Waits until somebody waits for a lock on a relation of the test's. @param running ends without that only by a mistake */
export async function untilWaiting({ all }: MigrationBench, running: Promise<Ran>): Promise<void> {
  let over: Ran | null = null;
  running.then((ran) => over = ran, () => {});
  while (!await isWaiting({ all })) {
    assert.equal(over, null, "it ended without a wait");
    await sleep(5);
  }
}

/** Whether somebody waits for a lock in this database. */
export async function isWaiting({ all }: Pick<MigrationBench, "all">): Promise<boolean> {
  const found = await all(
    `SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)
     WHERE NOT l.granted AND a.datname = current_database() AND a.application_name = $1`,
    [`benchbook ${RUN_ID} migration`],
  );
  return found.length > 0;
}

async function ran(url: string, plan: VariantPlan, options: Partial<StepsOptions> = {}): Promise<Ran> {
  const told: StepRecord[] = [];
  const outcome = await runSteps(plan, {
    url,
    runId: RUN_ID,
    nowUs: () => performance.now() * 1000,
    random: counter(1, "moves"),
    ...options,
    onRecord: (row) => {
      told.push(row);
      options.onRecord?.(row);
    },
  });
  const last = new Map(told.map((row) => [`${row.step} ${row.statement}`, row]));
  return { outcome, rows: [...last.values()], told };
}
