import { anySignal } from "../net/any_signal.ts";
import type { Dataset, DatasetTable } from "./dataset.ts";
import { ddl } from "./ddl.ts";
import type { TableSum } from "./hash.ts";
import { type LoadStep, runLoadSteps, type TableLock } from "./load_steps.ts";
import type { CopyJob, Loader, LoaderSpec } from "./loader.ts";
import { withLoaders } from "./loaders.ts";
import { rowsByTable } from "./made_tables.ts";
import type { SeedProgress, Stage } from "./progress.ts";
import { RowSum } from "./row_hash.ts";
import { schemaSql } from "./sql.ts";

export interface LoadOptions {
  readonly loaders: number;
  /** Stop at the last row stored: no keys, no indexes. For measuring, where what follows would overlap with it. */
  readonly rowsOnly?: boolean;
  readonly onProgress: (progress: SeedProgress) => void;
  readonly signal?: AbortSignal;
}

/** What a load did with one table. */
export interface LoadedTable extends TableSum {
  /** From the table's first row on its way to its last one stored. */
  readonly seconds: number;
}

/**
 * Fills the data set's empty tables over several connections, then adds keys, indexes and functions and
 * gathers statistics, each table's as soon as its rows are there.
 * @returns what went into each table
 */
export async function load(
  dataset: Dataset,
  tables: readonly DatasetTable[],
  spec: LoaderSpec,
  { loaders, rowsOnly = false, onProgress, signal }: LoadOptions,
): Promise<Readonly<Record<string, LoadedTable>>> {
  const copies = new Copies(tables, onProgress);
  const steps = [
    ...copies.steps(loaders),
    ...rowsOnly ? [] : await ddlSteps(dataset, copies.rows, onProgress),
  ];
  // One loader's failure ends the others' work too.
  const failure = new AbortController();
  const ended = anySignal(failure.signal, signal);
  await withLoaders(loaders, spec, ended, (opened) => runLoadSteps(steps, opened, () => failure.abort()));
  return copies.loaded;
}

/** The steps after the rows: what `load` does with the files beside tables.sql, in the order that they need. */
export async function ddlSteps(
  dataset: Dataset,
  rows: Readonly<Record<string, number>>,
  onProgress: (progress: SeedProgress) => void,
): Promise<LoadStep<Loader>[]> {
  const step = (
    stage: Stage,
    list: readonly { text: string; table: string; locks: readonly TableLock[] }[],
  ) => {
    let done = 0;
    return list.map(({ text, table, locks }): LoadStep<Loader> => {
      const name = table.split(".")[1]!;
      return {
        locks,
        weight: rows[name] ?? 0,
        async run(loader) {
          onProgress({ stage, table: name, done, total: list.length });
          await loader.run(text);
          onProgress({ stage, table: name, done: ++done, total: list.length });
        },
      };
    });
  };
  const relations = Object.entries(dataset.tableSchemas).map(([table, schema]) => `${schema}.${table}`);
  return [
    ...step("constraints", await ddl(dataset.name, "constraints.sql")),
    ...step("indexes", await ddl(dataset.name, "indexes.sql")),
    // Not only ANALYZE: without a visibility map index-only scans visit the table, and autovacuum would come for
    // the new tables in the middle of the first measurement.
    ...step(
      "analyze",
      relations.map((table) => ({
        text: `VACUUM (FREEZE, ANALYZE) ${table}`,
        table,
        locks: [{ table, mode: "share update exclusive" }],
      })),
    ),
    // A view may lean on any table's keys.
    ...step("functions", [{
      text: schemaSql(`${dataset.name}/functions.sql`),
      table: `${dataset.schemas[0]}.functions`,
      locks: relations.map((table) => ({ table, mode: "access exclusive" })),
    }]),
  ];
}

/** How far a table is. */
interface Copied {
  readonly sum: RowSum;
  done: number;
  begunMs: number;
  endedMs: number;
}

/** The rows' way into the tables, and what is known about it. */
class Copies {
  readonly #tables: readonly DatasetTable[];
  readonly #onProgress: (progress: SeedProgress) => void;
  readonly #byTable: ReadonlyMap<string, Copied>;
  /** Rows by table. */
  readonly rows: Readonly<Record<string, number>>;

  constructor(tables: readonly DatasetTable[], onProgress: (progress: SeedProgress) => void) {
    this.#tables = tables;
    this.#onProgress = onProgress;
    this.rows = rowsByTable(tables);
    this.#byTable = new Map(
      Object.keys(this.rows).map((name) => [name, { sum: new RowSum(), done: 0, begunMs: 0, endedMs: 0 }]),
    );
  }

  get loaded(): Record<string, LoadedTable> {
    return Object.fromEntries(
      [...this.#byTable].map(([name, { sum: { rows, hex }, begunMs, endedMs }]) => {
        return [name, { rows, sum: hex, seconds: (endedMs - begunMs) / 1000 }];
      }),
    );
  }

  steps(loaders: number): LoadStep<Loader>[] {
    return jobs(this.#tables, loaders).map((job) => {
      const table = this.#tables[job.table]!;
      return {
        locks: [{ table: `${table.relation.split(".")[0]}.${table.name}`, mode: "row exclusive" }],
        weight: effort(table) * (job.to - job.from) / Math.max(1, table.units),
        run: (loader) => this.#copy(loader, job, table),
      };
    });
  }

  async #copy(loader: Loader, job: CopyJob, { name }: DatasetTable): Promise<void> {
    const copied = this.#byTable.get(name)!;
    copied.begunMs ||= performance.now();
    let sent = 0;
    const report = (rows: number) => {
      copied.done += rows - sent;
      sent = rows;
      this.#onProgress({ stage: "copy", table: name, done: copied.done, total: this.rows[name]! });
    };
    report(0);
    const parts = await loader.copy(job, report);
    report(parts.rows);
    copied.sum.merge(parts);
    copied.endedMs = performance.now();
  }
}

/** About what a table costs to load: a row has an overhead of about two columns. */
function effort({ rows, columns }: DatasetTable): number {
  return rows * (columns.length + 2);
}

/**
 * What loaders copy. A table stays in one piece while that keeps all loaders busy: it is then stored in the order
 * of its units and frozen at once. One that would keep a loader busy alone at the end is cut.
 */
function jobs(tables: readonly DatasetTable[], loaders: number): CopyJob[] {
  const share = tables.reduce((sum, table) => sum + effort(table), 0) / loaders;
  return tables.flatMap((table, index) => {
    const pieces = Math.max(1, Math.ceil(effort(table) / (1.5 * share)));
    return Array.from({ length: pieces }, (_, piece): CopyJob => ({
      table: index,
      from: Math.floor(table.units * piece / pieces),
      to: Math.floor(table.units * (piece + 1) / pieces),
      whole: pieces === 1,
    }));
  });
}
