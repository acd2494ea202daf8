import type { Client } from "pg";
import { dropCommand, invalidIndexes } from "./invalid_indexes.ts";
import { migrateSql } from "./migrate_sql.ts";

/** A constraint that is NOT VALID. */
interface Unvalidated {
  readonly oid: string;
  readonly name: string;
  readonly table: string;
}

/** What is half done in a database: oids of INVALID indexes, and of constraints that are NOT VALID. */
export interface HalfDone {
  readonly indexes: ReadonlySet<string>;
  readonly constraints: ReadonlySet<string>;
}

/** What is half done before a migration begins. @param pid of its session */
export async function halfDone(client: Client, pid: number): Promise<HalfDone> {
  const oids = (rows: readonly { readonly oid: string }[]) => new Set(rows.map(({ oid }) => oid));
  return {
    indexes: oids(await invalidIndexes(client, pid)),
    constraints: oids(await unvalidated(client)),
  };
}

/** What is half done and was not before, as sentences with what mends it. */
export async function leftHalfDone(client: Client, pid: number, before: HalfDone): Promise<string[]> {
  const indexes = (await invalidIndexes(client, pid)).filter(({ oid }) => !before.indexes.has(oid));
  const constraints = (await unvalidated(client)).filter(({ oid }) => !before.constraints.has(oid));
  return [
    ...indexes.map(({ name }) =>
      `The index ${name} is INVALID: it slows writes down and serves no query. Remove it: ${
        dropCommand(name)
      }`
    ),
    ...constraints.map(({ name, table }) =>
      `The constraint ${name} of ${table} is NOT VALID: it binds new rows, and old ones were not looked at. ` +
      `Finish it: ALTER TABLE ${table} VALIDATE CONSTRAINT ${name}; ` +
      `or undo it: ALTER TABLE ${table} DROP CONSTRAINT ${name};`
    ),
  ];
}

async function unvalidated(client: Client): Promise<readonly Unvalidated[]> {
  return (await client.query<Unvalidated>(migrateSql("unvalidated_constraints.sql"))).rows;
}
