import type { Client } from "pg";
import { ServiceError } from "../model/errors.ts";
import { formatCount } from "../model/units.ts";
import { UNLIMITED, withClient } from "./connect.ts";
import type { Dataset } from "./dataset.ts";
import { declaredNames } from "./ddl.ts";
import { sumTables, type TableSum } from "./hash.ts";
import { rowsByTable } from "./made_tables.ts";
import { readMarker } from "./marker.ts";
import { findDataset } from "./seed.ts";
import { type DataRequest, resolveData } from "./spec.ts";
import { schemaSql } from "./sql.ts";

export interface VerifyRequest extends DataRequest {
  /** The database; may hold a password and is never shown. */
  readonly url: string;
  readonly signal?: AbortSignal;
  /** What is being looked at. */
  readonly onProgress?: (text: string) => void;
}

/** One thing that must be true of a data set, and what was found. */
export interface Check {
  readonly kind: "rows" | "constraints and indexes" | "foreign key" | "distribution" | "content";
  readonly table: string;
  /** What is looked at, where kind and table do not say it. */
  readonly what: string;
  readonly expected: string;
  readonly found: string;
  readonly ok: boolean;
}

/**
 * Looks at a seeded database as if nothing were known of how it was filled: rows against what was asked for,
 * every foreign key by searching for orphans, distributions against those declared, and each table's content,
 * read back row by row, against what was sent.
 *
 * @returns every check, failed ones too
 * @throws {UsageError} for a request that cannot be meant
 * @throws {ServiceError} when the database does not hold such a data set, cannot be reached, or others hold its locks
 * @throws {InterruptedError} after `signal`; then the server goes on with nothing of it
 */
export async function verify(request: VerifyRequest): Promise<readonly Check[]> {
  const spec = resolveData(request);
  const { dataset, shape } = spec;
  const say = request.onProgress ?? (() => {});
  return await withClient(request.url, async (client) => {
    const seeded = await findDataset(client, dataset.name);
    if (
      seeded === null || seeded.scale !== spec.scale || seeded.seed !== shape.seed ||
      seeded.variation !== spec.variation
    ) {
      throw new ServiceError(
        `Cannot verify ${dataset.name} ${spec.scale} with seed ${shape.seed}: the database does not hold it`,
        "Seed it first: the same command without --verify.",
      );
    }
    const stop = () => request.signal?.throwIfAborted();
    const expected = rowsByTable(dataset.tables(shape, await dataset.prepare(shape)));
    stop();
    const tables = await sumTables(client, dataset, (table) => {
      stop();
      say(`content of ${table}`);
    });
    const marker = await readMarker(client, dataset.name);
    stop();
    say("constraints and indexes");
    const objects = await objectCheck(client, dataset);
    const keys: Check[] = [];
    for (const key of await foreignKeys(client, dataset)) {
      stop();
      say(`foreign key ${key.name}`);
      keys.push(await foreignKeyCheck(client, key));
    }
    say("distributions");
    const own = Object.keys(spec.custom?.columns ?? {});
    // One column of the user's own may show in any of them: a price in a margin, a customer in a season.
    const distributions = own.length > 0
      ? [leftOut(own)]
      : await distributionChecks(client, dataset, dataset.checks(shape, expected));
    return [
      ...rowChecks(expected, tables),
      objects,
      ...keys,
      ...distributions,
      ...contentChecks(marker?.tables ?? {}, tables),
    ];
  }, { ...UNLIMITED, signal: request.signal });
}

function rowChecks(
  expected: Readonly<Record<string, number>>,
  found: Readonly<Record<string, TableSum>>,
): Check[] {
  return Object.entries(expected).map(([table, rows]) => ({
    kind: "rows",
    table,
    what: "",
    expected: formatCount(rows),
    found: formatCount(found[table]?.rows ?? 0),
    ok: found[table]?.rows === rows,
  }));
}

function contentChecks(
  sent: Readonly<Record<string, TableSum>>,
  found: Readonly<Record<string, TableSum>>,
): Check[] {
  return Object.entries(found).map(([table, { sum }]) => ({
    kind: "content",
    table,
    what: "hash of all rows, as sent and as stored",
    expected: sent[table]?.sum ?? "not on record",
    found: sum,
    ok: sent[table]?.sum === sum,
  }));
}

/** Every key, check and index that the files name is there and in force. */
async function objectCheck(client: Client, { name, schemas }: Dataset): Promise<Check> {
  const declared = await declaredNames(name);
  const { rows } = await client.query<{ name: string }>(schemaSql("benchbook/valid_objects.sql"), [schemas]);
  const there = new Set(rows.map((row) => row.name));
  const missing = declared.filter((object) => !there.has(object));
  return {
    kind: "constraints and indexes",
    table: "all",
    what: "",
    expected: String(declared.length),
    found: missing.length === 0 ? String(declared.length) : `without ${missing.join(", ")}`,
    ok: missing.length === 0,
  };
}

interface ForeignKey {
  readonly name: string;
  readonly validated: boolean;
  readonly child: string;
  readonly parent: string;
  readonly child_table: string;
  readonly parent_table: string;
  readonly child_columns: readonly string[];
  readonly parent_columns: readonly string[];
}

async function foreignKeys(client: Client, { schemas }: Dataset): Promise<ForeignKey[]> {
  return (await client.query<ForeignKey>(schemaSql("benchbook/foreign_keys.sql"), [schemas])).rows;
}

/** Counts rows without a parent; the constraint itself is not trusted. */
async function foreignKeyCheck(client: Client, key: ForeignKey): Promise<Check> {
  const match = key.child_columns.map((column, at) => `p.${key.parent_columns[at]} = c.${column}`).join(
    " AND ",
  );
  const given = key.child_columns.map((column) => `c.${column} IS NOT NULL`).join(" AND ");
  const { rows } = await client.query<{ orphans: number }>(
    `SELECT count(*)::float8 AS orphans FROM ${key.child} c
     WHERE ${given} AND NOT EXISTS (SELECT FROM ${key.parent} p WHERE ${match})`,
  );
  const { orphans } = rows[0]!;
  return {
    kind: "foreign key",
    table: key.child_table,
    what: `→ ${key.parent_table} (${key.child_columns.join(", ")})`,
    expected: "0 orphans",
    found: `${formatCount(orphans)} orphans${key.validated ? "" : ", not validated"}`,
    ok: orphans === 0 && key.validated,
  };
}

function leftOut(columns: readonly string[]): Check {
  const what = `not judged beside columns of your own: ${columns.join(", ")}`;
  return { kind: "distribution", table: "all", what, expected: "", found: "", ok: true };
}

async function distributionChecks(
  client: Client,
  { name }: Dataset,
  checks: ReturnType<Dataset["checks"]>,
): Promise<Check[]> {
  const { rows } = await client.query<Record<string, string | number | null>>(
    schemaSql(`${name}/verify.sql`),
  );
  return Object.entries(checks).map(([column, { name: what, table, expected, tolerance }]) => {
    const value = rows[0]![column] ?? null;
    const found = value === null ? NaN : Number(value);
    return {
      kind: "distribution",
      table,
      what,
      expected: `${digits(expected)} ± ${digits(tolerance, 2)}`,
      found: value === null ? "nothing" : digits(found),
      ok: Math.abs(found - expected) <= tolerance,
    };
  });
}

function digits(value: number, figures = 4): string {
  return value === 0 ? "0" : String(Number(value.toPrecision(figures)));
}
