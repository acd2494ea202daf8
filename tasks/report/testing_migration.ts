import type { LockEvent, MigrationConfig, StatementLock, StepPlan } from "../model/migration.ts";
import {
  migrationConfig,
  type MigrationFixture,
  migrationFixture,
  partTimes,
  SECOND,
  SECONDS,
  step,
  wait,
} from "../summary/migration/testing.ts";
import type { Fixture, FixtureRow } from "../summary/testing.ts";

/** Ids of the two runs that `storedMigrations` makes; the first names their group. */
export const MIGRATIONS = { naive: "20260314-092653-0a01", safe: "20260314-092753-0a02" } as const;

type Shown = keyof typeof MIGRATIONS;

const { migrateUs } = partTimes(SECONDS);
/** A report that reads the table commits so long after the migration began, µs. */
const COMMITTED = migrateUs + 3 * SECOND;
/** When each try of the safe way begins; the last one comes after the report. */
const TRIES = [0.1, 0.7, 1.4, 2.2, 2.9, 3.3].map((at) => migrateUs + at * SECOND);
const TIMEOUT_US = 200_000;
const STATEMENT = "ALTER TABLE northwind.orders ADD COLUMN gift_note text";
const REPORT = "SELECT count(*) FROM northwind.orders";
const ORDERS = "northwind.orders";

/**
 * Stores a column's addition beside a report that reads the table for three seconds, twice: one waits for the report and
 * everybody behind it, the other gives up its place in the queue. The store becomes `dir/benchbook.duckdb`.
 */
export async function storedMigrations(dir: string): Promise<Fixture> {
  const naive = await migrationFixture(dir, migrationOf("naive"));
  await migrationFixture(dir, migrationOf("safe"));
  return naive;
}

/** What is stored of one of them. */
export function migrationOf(variant: Shown): MigrationFixture {
  const tries = variant === "naive" ? TRIES.slice(0, 1) : TRIES;
  const waits = tries.map((from) => {
    const until = variant === "naive" ? COMMITTED : Math.min(COMMITTED, from + TIMEOUT_US);
    return { from, until: Math.max(from, until) };
  });
  const waitedUs = waits.reduce((sum, { from, until }) => sum + until - from, 0);
  const ended = waits.at(-1)!.until;
  const record = step(TRIES[0]!, ended + 15_000, {
    variant,
    file: `lock-queue/${variant}/01-add-column.sql`,
    move: variant === "naive" ? "plain" : "lock_timeout",
    lockWaitUs: waitedUs,
    attempts: tries.length,
  });
  const lock: StatementLock = {
    step: 1,
    statement: 1,
    relation: ORDERS,
    mode: "AccessExclusiveLock",
    atUs: ended,
    heldUs: 12_000,
    waitedUs,
    blocked: variant === "naive" ? 14 : 6,
  };
  return {
    runId: MIGRATIONS[variant],
    run: (run) => ({
      ...run,
      startedAt: new Date(variant === "naive" ? "2026-03-14T09:26:53Z" : "2026-03-14T09:27:53Z"),
    }),
    migration: queueConfig(variant),
    steps: [record],
    locks: [lock],
    waits: waits.flatMap(({ from, until }) => queue(from, until)),
    change: (row) => held(row, waits, variant),
  };
}

function queueConfig(variant: Shown): Partial<MigrationConfig> {
  const [plan] = migrationConfig(MIGRATIONS.naive).steps as [StepPlan];
  const own: Partial<StepPlan> = variant === "naive"
    ? {
      about: "Adds a column, which takes a millisecond once it has its lock.",
      risk: "ACCESS EXCLUSIVE waits for the report, and whoever comes after it waits behind it, readers too.",
      shows: [
        { kind: "wait", mode: "AccessExclusiveLock", relation: ORDERS },
        { kind: "rewrite", relation: ORDERS },
        { kind: "stall" },
      ],
    }
    : {
      about: "Adds a column, and gives up its place in the queue after a moment.",
      risk: null,
      fix:
        "With lock_timeout it waits for no longer than users can; it tries again until the report is over.",
      move: { kind: "lock_timeout", oneTransaction: false },
    };
  return {
    name: "lock-queue",
    title: "Add a column while a report reads the table",
    variant,
    group: MIGRATIONS.naive,
    steps: [{ ...plan, ...own, file: `lock-queue/${variant}/01-add-column.sql` }],
    beside: [{
      file: "lock-queue/beside/01-report.sql",
      about: "A report that reads the orders in a transaction of its own, as analysts and backups do.",
      statements: [{ text: REPORT, line: 3, shown: REPORT }],
      holdSeconds: 3,
    }],
  };
}

/** A request as the change leaves it: whoever needs the table waits behind it, and some give up. */
function held(
  row: FixtureRow,
  waits: readonly { from: number; until: number }[],
  variant: Shown,
): FixtureRow {
  const hold = waits.find(({ from, until }) => row.sentUs >= from && row.sentUs < until);
  if (hold === undefined || row.cache === 0) return row;
  if (variant === "naive" && row.slot % 400 === 7) {
    return { ...row, outcome: "failed", error: "57014", doneUs: row.sentUs + 1_500_000, rows: -1 };
  }
  return { ...row, doneUs: hold.until + (row.slot % 83) * 900 + row.doneUs - row.sentUs };
}

/** The change waits for the report, and sessions of the load behind the change. */
function queue(from: number, until: number): LockEvent[] {
  if (until <= from) return [];
  const reads = { mode: "AccessShareLock", query: "SELECT * FROM northwind.orders WHERE customer_id = $1" };
  const writes = {
    mode: "RowExclusiveLock",
    query: "INSERT INTO northwind.orders (order_id, customer_id) VALUES ($1, $2)",
  };
  return [
    wait(from, until - from, {
      pid: 300,
      role: "migration",
      blockedBy: 200,
      blockerRole: "beside",
      blockerQuery: REPORT,
      mode: "AccessExclusiveLock",
      query: STATEMENT,
    }),
    ...Array.from({ length: until - from > SECOND ? 14 : 6 }, (_, index) => {
      const later = Math.round((until - from) / 20) * (index + 1);
      return wait(from + later, until - from - later, {
        pid: 400 + index,
        blockedBy: 300,
        ...index % 5 === 4 ? writes : reads,
      });
    }),
  ];
}
