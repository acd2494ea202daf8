import type pg from "pg";
import { strongestLock } from "../model/lock_modes.ts";

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
