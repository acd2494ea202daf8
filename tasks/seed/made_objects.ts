import { join } from "node:path";
import { SCHEMA_FOLDER, schemaSql, statements } from "./sql.ts";

/**
 * What the SQL files of queries/schema/<folder> make, as PostgreSQL's pg_identify_object writes it, functions without
 * their arguments: "table northwind.orders", "index northwind.orders_customer_id". While a data set is being loaded
 * there is no other record of what is ours.
 */
export function madeObjects(folder: string): string[] {
  return [...Deno.readDirSync(join(SCHEMA_FOLDER, folder))]
    .filter(({ name }) => name.endsWith(".sql"))
    .flatMap(({ name }) => statements(schemaSql(`${folder}/${name}`)))
    .flatMap(madeBy);
}

const PLAIN = /^CREATE (SCHEMA|TABLE|VIEW|MATERIALIZED VIEW|SEQUENCE|TYPE|FUNCTION) (\w+(?:\.\w+)?)/;
const INDEX = /^CREATE (?:UNIQUE )?INDEX (\w+)\s+ON (?:ONLY )?(\w+)\./;
const ALTER = /^ALTER TABLE (?:ONLY )?(\w+\.\w+)/;
const COMMENT = /^COMMENT ON (SCHEMA|TABLE|VIEW|TYPE|FUNCTION) (\w+(?:\.\w+)?)/;
const CONSTRAINT_COMMENT = /^COMMENT ON CONSTRAINT (\w+) ON (\w+\.\w+)/;

function madeBy(statement: string): string[] {
  const index = INDEX.exec(statement);
  if (index) return [`index ${index[2]}.${index[1]}`];
  const constraint = CONSTRAINT_COMMENT.exec(statement);
  if (constraint) return [`comment on table constraint ${constraint[1]} on ${constraint[2]}`];
  const comment = COMMENT.exec(statement);
  if (comment) return [`comment on ${comment[1]!.toLowerCase()} ${comment[2]}`];
  const altered = ALTER.exec(statement)?.[1];
  if (altered !== undefined) return [...constraints(statement, altered), ...columns(statement, altered)];
  const plain = PLAIN.exec(statement);
  if (!plain) return [];
  const [, kind, name] = plain;
  const object = `${kind!.toLowerCase()} ${name}`;
  return kind === "TABLE"
    ? [object, ...constraints(statement, name!), ...columns(statement, name!)]
    : [object];
}

function constraints(statement: string, table: string): string[] {
  return [...statement.matchAll(/\bCONSTRAINT (\w+)\s+(?:PRIMARY KEY|UNIQUE|CHECK|FOREIGN KEY)/g)]
    .map(([, name]) => `table constraint ${name} on ${table}`);
}

/** A column stands on a line of its own. */
function columns(statement: string, table: string): string[] {
  return [...statement.matchAll(/^ {2}(?:ADD COLUMN IF NOT EXISTS )?(\w+) [a-z].*$/gm)]
    .flatMap(([line, name]) => [
      `table column ${table}.${name}`,
      ...line.includes(" DEFAULT ") ? [`default value for ${table}.${name}`] : [],
    ]);
}
