import { mkdirSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { Client } from "pg";
import type { SourceRows } from "../load/mix.ts";
import { mixOf } from "../load/plan.ts";
import { type LoadedScenario, loadScenario } from "../load/scenario.ts";
import { type Outcome, OUTCOMES } from "../model/timing.ts";
import { newRunId } from "../pipeline/run_id.ts";
import { NORTHWIND, SEEDED } from "../pipeline/testing.ts";
import { seed, type SeedResult } from "../seed/seed.ts";
import { type TestPostgres, withPostgres } from "../stack/testing.ts";
import { SegmentWriter } from "../store/segment_writer.ts";
import type { WritingOptions, WrittenDatabase } from "./writing.ts";

/** The checkout. */
export const ROOT = resolve(import.meta.dirname!, "../..");

/** A database that a run writes into. */
export interface Written {
  readonly url: string;
  readonly home: string;
  readonly postgres: TestPostgres;
  readonly dataset: SeedResult;
  /** Sends a statement as the user, over one connection. */
  query(sql: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  /** Places the order of a slot, as a run does. */
  place(slot: number): Promise<void>;
  /** The keys of orders, of the table alone or with what inherits from it. */
  orders(options?: { readonly inherited: boolean }): Promise<number[]>;
  /** What `undoing` is asked for by a run of access-paths; its home is the server's. */
  writing(changes?: Partial<WritingOptions>): Promise<WritingOptions>;
}

/** Places an order with the values that `orderOf` gives. */
export const PLACE_ORDER = "SELECT northwind.place_order($1, $2, $3, $4, $5, $6, $7, $8)";

/** What the request of a slot of access-paths gives for the order that it places. */
export async function orderOf(slot: number, dataset: SeedResult): Promise<readonly unknown[]> {
  const scenario = await loadScenario(ROOT, "access-paths");
  const { mix } = writingOf(scenario, { url: "", home: "", dataset });
  return Object.values(mix.valuesOf(slot, scenario.operations.findIndex(({ write }) => write)));
}

/** Gives a test a database with northwind at its smallest. */
export function withWritten(use: (written: Written) => Promise<void>): Promise<void> {
  return withPostgres(async (url, postgres) => {
    await change(await postgres.database("postgres"), [
      "DROP DATABASE test",
      `ALTER DATABASE ${NORTHWIND} RENAME TO test`,
    ]);
    // Finds it there.
    const dataset = await seed({ url, dataset: "northwind", scale: "tiny", seed: 42 });
    const client = new Client({ connectionString: url });
    // A test may stop the server.
    client.on("error", () => {});
    await client.connect();
    try {
      const query = async (sql: string, values: readonly unknown[] = []) =>
        (await client.query(sql, [...values])).rows as Record<string, unknown>[];
      await use({
        url,
        home: postgres.home,
        postgres,
        dataset,
        query,
        async place(slot) {
          await query(PLACE_ORDER, await orderOf(slot, dataset));
        },
        async orders({ inherited } = { inherited: false }) {
          const rows = await query(
            `SELECT order_id AS key FROM ${inherited ? "" : "ONLY"} northwind.orders
             WHERE order_id >= 1000000000 ORDER BY 1`,
          );
          return rows.map(({ key }) => Number(key));
        },
        async writing(changes = {}) {
          const scenario = await loadScenario(ROOT, "access-paths");
          return { ...writingOf(scenario, { url, home: postgres.home, dataset }), ...changes };
        },
      });
    } finally {
      await client.end();
    }
  }, SEEDED);
}

async function change(url: string, statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

/** What `undoing` is asked for by a run of a scenario. */
export function writingOf(
  scenario: LoadedScenario,
  { url, home, dataset }: Pick<Written, "url" | "home"> & { readonly dataset: SeedResult | null },
  sources: Readonly<Record<string, SourceRows>> = {},
): WritingOptions {
  const { streams, operations } = scenario;
  const runId = newRunId();
  return {
    home,
    databases: [writtenAt(url)],
    runId,
    scenario,
    spool: { runId, dir: join(home, "spool", runId) },
    load: { seed: 42, loop: "open", streams, operations },
    mix: mixOf({ operations, streams, dataset, sources, seed: 42 }),
    slots: 1000,
    proofSlots: [],
    own: null,
    counts: dataset?.counts ?? null,
    cachePrefix: null,
    clearCache: () => Promise.resolve(),
  };
}

/** A database of a server of the user's. @param arms both write there where nothing is said */
export function writtenAt(
  url: string,
  part = 0,
  arms: WrittenDatabase["arms"] = [{ path: "sql", ours: true }, { path: "graphql", ours: false }],
): WrittenDatabase {
  return { part, url, embedded: false, arms };
}

/** What became of a slot's request: answered, its key taken, not sent, given up, or failed with a code. */
export type SlotEnd = "ok" | "no rows" | "taken" | "unsent" | "timeout" | { readonly failed: string };

/**
 * Writes a spool that tells of slots, of each its attempts.
 * @param arm which one asked, by its number
 */
export function writeSpool(
  options: WritingOptions,
  slots: Readonly<Record<number, SlotEnd | readonly SlotEnd[]>>,
  arm = 0,
): void {
  const { scenario: { operations }, spool } = options;
  const { dir } = spool!;
  mkdirSync(dir, { recursive: true });
  const operation = arm * operations.length + operations.findIndex(({ write }) => write);
  using segment = new SegmentWriter(join(dir, `timing-${readdirSync(dir).length}.seg`), 0);
  for (const [slot, ends] of Object.entries(slots)) {
    for (const [attempt, end] of [ends].flat().entries()) {
      const dueUs = Number(slot) * 1000;
      const sentUs = end === "unsent" ? NaN : dueUs;
      const error = end === "taken" ? "23505" : typeof end === "object" ? end.failed : null;
      const ended = error !== null ? "failed" : end === "no rows" ? "ok" : end as Outcome;
      const outcome = OUTCOMES.indexOf(ended);
      segment.push(
        Number(slot),
        attempt,
        0,
        operation,
        dueUs,
        dueUs,
        sentUs,
        sentUs,
        dueUs + 500,
        outcome,
        error,
        -1,
        end === "no rows" ? 0 : 1,
        1,
      );
    }
  }
  segment.close();
}

/** Slots of the run that write, and slots that do not, the first of each. */
export function slotsOf(isWrite: (slot: number) => boolean): { writes: number[]; reads: number[] } {
  const all = Array.from({ length: 2000 }, (_, slot) => slot);
  return { writes: all.filter(isWrite), reads: all.filter((slot) => !isWrite(slot)) };
}

/** Where a home keeps the record of what a run writes into a database. */
export function recordFile(home: string, runId: string, part = 0): string {
  return join(home, "undo", `${runId}${part === 0 ? "" : `.${part}`}.json`);
}
