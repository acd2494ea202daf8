import type { VariantPlan } from "../model/migration.ts";
import type { MigrationPrediction, PlannedPrediction, Span } from "../model/prediction.ts";
import { counted, formatBytes, formatCount } from "../model/units.ts";
import type { PgClient } from "../postgres/client.ts";
import { moveSql } from "./move_sql.ts";

/** What a copy has to do. */
export interface MoveWork {
  readonly tables: number;
  readonly rows: number;
  readonly bytes: number;
  /** Of indexes that are made after the rows. */
  readonly entries: number;
  /** Rows whose foreign keys are looked up. */
  readonly looked: number;
}

/** On a machine of two cores with an SSD, PostgreSQL 18, a KiB of rows is copied in so long, µs; */
const COPY_US = 20;
/** a row is sorted into an index, or looked up for a foreign key, µs; and a table's statistics are taken, ms. */
const [ENTRY_US, LOOK_UP_US, ANALYZE_MS] = [0.6, 0.2, 15];
/** Machines differ by as much. */
const SPREAD = 3;
/** For each table a subscription starts a worker, and waits for it, ms. */
const WORKER_MS = 50;
/** Clients are held until what is under way has ended and both servers are equal, however large the tables are, ms. */
const HELD: Span = { ms: 60, lowMs: 20, highMs: 250 };

/**
 * What a move is expected to take, and how long clients wait for it.
 * @param plan its steps
 */
export function predictMove(plan: VariantPlan, work: MoveWork): MigrationPrediction {
  const isNaive = plan.variant === "naive";
  const copyMs = work.bytes / 1024 * COPY_US / 1000;
  const indexMs = (work.entries * ENTRY_US + work.looked * LOOK_UP_US) / 1000 + work.tables * ANALYZE_MS;
  const copy = spanOf(isNaive ? copyMs : copyMs + work.tables * WORKER_MS);
  const index = spanOf(indexMs);
  const size = `${counted(Math.round(work.rows), "row")} of ${counted(work.tables, "table")}, ${
    formatBytes(work.bytes)
  }`;
  const step = (stem: string, took: Span, why: string): PlannedPrediction[] => {
    const found = plan.steps.find(({ file }) => file.endsWith(`-${stem}`));
    return found === undefined
      ? []
      : [{ step: found.step, statement: 1, lock: null, relation: null, rewrites: [], took, why }];
  };
  const stall = spanOf(copyMs + indexMs);
  return {
    statements: [
      ...step("copy", copy, `copies ${size}`),
      ...step("indexes", index, `makes ${formatCount(Math.round(work.entries))} entries of indexes`),
    ],
    stall: isNaive
      ? { ms: stall.ms + HELD.ms, lowMs: stall.lowMs, highMs: stall.highMs + HELD.highMs }
      : HELD,
    why: isNaive
      ? `clients wait until ${size} are copied and their indexes made.`
      : "clients wait for what is under way, the fence and the last rows, however large the tables are.",
    rates: "Rates are those of a machine of two cores with an SSD: on these servers nothing was measured.",
  };
}

function spanOf(ms: number): Span {
  return { ms, lowMs: ms / SPREAD, highMs: ms * SPREAD };
}

/** What a copy of schemas has to do. */
export async function readWork(source: PgClient, schemas: readonly string[]): Promise<MoveWork> {
  return (await source.query<MoveWork>(moveSql("work.sql"), [schemas])).rows[0]!;
}
