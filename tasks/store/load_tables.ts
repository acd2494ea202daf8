import type { Operation } from "../model/operation.ts";
import type { Phase, Plan, Sample } from "../model/run.ts";
import { jsonText } from "./json_text.ts";
import type { Store } from "./open.ts";
import { query } from "./sql.ts";

type Cell = string | number;

/** Rows of one statement. DuckDB's appender takes ever longer for each row where there are many. */
const ROWS_AT_ONCE = 10_000;

/** Inserts a run's phases. */
export async function insertPhases(store: Store, runId: string, phases: readonly Phase[]): Promise<void> {
  for (let at = 0; at < phases.length; at += ROWS_AT_ONCE) {
    const some = phases.slice(at, at + ROWS_AT_ONCE).map(({ startUs, endUs, ...phase }) => {
      return { ...phase, startUs: Math.round(startUs), endUs: Math.round(endUs) };
    });
    await store.run(query("load/phases"), { run: runId, phases: jsonText(some) });
  }
}

/** Appends a run's operations. */
export async function insertOperations(
  store: Store,
  runId: string,
  operations: readonly Operation[],
): Promise<void> {
  await append(
    store,
    "operation",
    operations.map((operation) => {
      const { operationId, workload, name, path, statement, fingerprint, parameters } = operation;
      return [runId, operationId, workload, name, path, statement, fingerprint, jsonText(parameters)];
    }),
  );
}

/** Appends a run's plans. */
export async function insertPlans(store: Store, runId: string, plans: readonly Plan[]): Promise<void> {
  await append(
    store,
    "plan",
    plans.map(({ operationId, atUs, plan }) => {
      return [runId, operationId, Math.round(atUs), jsonText(plan)];
    }),
  );
}

/** Appends a run's samples; says how many there were and when the last was taken, µs (0 without any). */
export async function insertSamples(
  store: Store,
  runId: string,
  samples: Iterable<Sample>,
): Promise<{ rows: number; lastUs: number }> {
  let rows = 0;
  let lastUs = 0;
  let some: unknown[] = [];
  const insert = async () => {
    await store.run(query("load/samples"), { run: runId, samples: jsonText(some) });
    some = [];
  };
  for (const { atUs, source, metric, labels, value } of samples) {
    rows++;
    lastUs = Math.max(lastUs, atUs);
    some.push({ at: Math.round(atUs), source, metric, labels, value });
    if (some.length === ROWS_AT_ONCE) await insert();
  }
  await insert();
  return { rows, lastUs };
}

/** Appends rows one by one: for the small tables, whose columns are in the order given. */
async function append(store: Store, table: string, rows: Iterable<readonly Cell[]>): Promise<void> {
  const appender = await store.connection.createAppender(table);
  const types = Array.from({ length: appender.columnCount }, (_, column) => appender.columnType(column));
  try {
    for (const row of rows) {
      row.forEach((cell, column) => {
        const wide = types[column]!.toString() === "BIGINT" && typeof cell === "number";
        appender.appendValue(wide ? BigInt(cell) : wellFormed(cell), types[column]!);
      });
      appender.endRow();
    }
  } finally {
    appender.closeSync();
  }
}

/** DuckDB's texts are UTF-8, which has no halves of surrogate pairs. */
function wellFormed(cell: Cell): Cell {
  return typeof cell === "string" ? cell.toWellFormed() : cell;
}
