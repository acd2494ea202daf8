import type { TableLock } from "./schedule.ts";
import { schemaSql, statements } from "./sql.ts";

/** A statement that is run after the load, with the tables it uses. */
export interface DdlStatement {
  readonly text: string;
  /** The table it is about, `schema.table`. */
  readonly table: string;
  readonly locks: readonly TableLock[];
}

/** The statements of queries/schema/<dataset>/<file>, each with the locks that PostgreSQL takes for it. */
export function ddl(dataset: string, file: string): DdlStatement[] {
  return statements(schemaSql(`${dataset}/${file}`)).map(describe);
}

/** The columns of each primary key by table (without its schema), as constraints.sql declares them. */
export function primaryKeys(dataset: string): Record<string, readonly string[]> {
  const keys: Record<string, readonly string[]> = {};
  const pattern = /ALTER TABLE (?:ONLY )?\w+\.(\w+)\s[^;]*?PRIMARY KEY \(([^)]*)\)/g;
  for (const [, table, columns] of schemaSql(`${dataset}/constraints.sql`).matchAll(pattern)) {
    keys[table!] = columns!.split(",").map((column) => column.trim());
  }
  return keys;
}

function describe(text: string): DdlStatement {
  const index = /^CREATE (?:UNIQUE )?INDEX \S+\s+ON (?:ONLY )?(\w+\.\w+)/.exec(text);
  if (index) return { text, table: index[1]!, locks: [{ table: index[1]!, mode: "share" }] };
  const table = /^ALTER TABLE (?:ONLY )?(\w+\.\w+)/.exec(text)?.[1];
  if (table === undefined) {
    throw new Error(`Cannot run "${text.slice(0, 60)}…" after the load: what it locks is not known`);
  }
  if (/\bVALIDATE CONSTRAINT\b/.test(text)) {
    return { text, table, locks: [{ table, mode: "share update exclusive" }] };
  }
  const referenced = [...text.matchAll(/\bREFERENCES (\w+\.\w+)/g)].map(([, name]) => name!);
  const onlyForeignKeys = referenced.length > 0 && !/\b(PRIMARY KEY|CHECK|UNIQUE)\b/.test(text);
  return {
    text,
    table,
    locks: [
      { table, mode: onlyForeignKeys ? "share row exclusive" : "access exclusive" },
      ...referenced.filter((name) => name !== table).map((name) => ({
        table: name,
        mode: "share row exclusive" as const,
      })),
    ],
  };
}
