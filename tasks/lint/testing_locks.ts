import type pg from "pg";
import { strongestLock } from "../model/lock_modes.ts";

/** A statement whose locks are foretold. */
export interface LockCase {
  readonly sql: string;
  /** What another session holds meanwhile; null: the statement can be part of a transaction. */
  readonly beside: string | null;
}

/** Of tasks/lint/testdata/lock_modes.sql. */
export function lockCases(): { readonly setup: string; readonly cases: readonly LockCase[] } {
  const text = Deno.readTextFileSync(new URL("testdata/lock_modes.sql", import.meta.url));
  const [, setup, statements, alone] = text.split(/^-- (?:setup|statements|alone)$/m) as [
    string,
    string,
    string,
    string,
  ];
  const lines = alone.trim().split("\n");
  return {
    setup,
    cases: [
      ...statements.trim().split("\n").map((sql) => ({ sql, beside: null })),
      ...lines.flatMap((line, at) =>
        line.startsWith("-- beside: ") ? [{ sql: lines[at + 1]!, beside: line.slice(11) }] : []
      ),
    ],
  };
}

/** Names of the relations that are there, by oid. */
export async function relationNames(client: pg.ClientBase): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.query<{ oid: string; name: string }>(
    "SELECT c.oid::text, format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c " +
      "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid >= 16384 AND n.nspname NOT LIKE 'pg\\_%'",
  );
  return new Map(rows.map(({ oid, name }) => [oid, name]));
}

/** The locks that a session has, or waits for, on relations that were there before: the strongest of each. */
export async function locksOf(
  client: pg.ClientBase,
  pid: number,
  names: ReadonlyMap<string, string>,
): Promise<Record<string, string>> {
  const { rows } = await client.query<{ oid: string; mode: string }>(
    "SELECT relation::text AS oid, mode FROM pg_locks WHERE locktype = 'relation' AND pid = $1 AND relation >= 16384",
    [pid],
  );
  const found: Record<string, string> = {};
  for (const { oid, mode } of rows) {
    const name = names.get(oid);
    if (name !== undefined) found[name] = strongestLock([mode, ...found[name] ? [found[name]] : []])!;
  }
  return found;
}
