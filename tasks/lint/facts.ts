import type pg from "pg";
import { ServiceError } from "../model/errors.ts";
import { sleep } from "../net/sleep.ts";
import { Catalogue } from "./catalogue.ts";
import { lintSql } from "./lint_sql.ts";
import { readCatalogue } from "./read_catalogue.ts";

/** What findings and predictions go by: of a database, or as a file says. */
export interface DatabaseFacts {
  /** Relations, with rows and bytes where they are known. */
  readonly catalogue: Catalogue;
  /** Of PostgreSQL, e.g. 18. */
  readonly version: number;
  /** The age of the oldest transaction that somebody has open, s; null: none is open, or nobody knows. */
  readonly oldestTransaction: number | null;
  /** Rows written a second, by table; empty: not known. */
  readonly writesPerSecond: ReadonlyMap<string, number>;
  /** Whence the sizes are, e.g. `the database shop`; null: they are not known. */
  readonly source: string | null;
}

interface ServerRow {
  readonly version: number;
  readonly database: string;
  readonly path: readonly string[];
  readonly oldestTransaction: number | null;
  readonly kept: readonly string[] | null;
}

interface WritesRow {
  readonly at: number;
  readonly writes: Readonly<Record<string, number>>;
}

/** Between two looks at what was written. */
const LOOK_MS = 1_000;

/**
 * Looks at a database: its catalogue and statistics are read in a transaction that may not write, and no table is.
 * @param client a session of its own
 */
export async function readFacts(client: pg.ClientBase): Promise<DatabaseFacts> {
  const first = await looked<WritesRow>(client, "writes.sql");
  const server = await looked<ServerRow>(client, "server.sql");
  const catalogue = await readWhole(client, server.path);
  await sleep(LOOK_MS);
  const last = await looked<WritesRow>(client, "writes.sql");
  const seconds = last.at - first.at;
  const rate = ([name, writes]: [string, number]) =>
    [name, (writes - (first.writes[name] ?? 0)) / seconds] as const;
  return {
    catalogue,
    version: server.version,
    oldestTransaction: server.oldestTransaction,
    writesPerSecond: new Map(Object.entries(last.writes).map(rate)),
    source: `the database "${server.database}"${keptSaid(server.kept ?? [])}`,
  };
}

/** More are not named. */
const MOST_KEPT = 3;

function keptSaid(kept: readonly string[]): string {
  if (kept.length === 0) return "";
  const more = kept.length > MOST_KEPT ? ` and ${kept.length - MOST_KEPT} more` : "";
  return ` (less is known of ${
    kept.slice(0, MOST_KEPT).join(", ")
  }${more}, which another session holds in ACCESS EXCLUSIVE)`;
}

const TRIES = 3;
/** `lock_not_available`. */
const NOT_HAD = "55P03";

/**
 * The catalogue. Tables that somebody holds in ACCESS EXCLUSIVE are left alone; one that is taken at that moment makes it wait.
 * @throws {ServiceError} where that happens again and again
 */
async function readWhole(client: pg.ClientBase, path: readonly string[]): Promise<Catalogue> {
  for (let tried = 1;; tried++) {
    await client.query("BEGIN READ ONLY");
    try {
      return await readCatalogue(client, path);
    } catch (error) {
      if ((error as { code?: string }).code !== NOT_HAD) throw error;
      if (tried < TRIES) continue;
      throw new ServiceError(
        "Cannot read the catalogue: another session takes ACCESS EXCLUSIVE on table after table",
        "Try again when its change is made, or say what the tables are like by --sizes.",
        { cause: error },
      );
    } finally {
      await client.query("ROLLBACK");
    }
  }
}

async function looked<Row extends pg.QueryResultRow>(client: pg.ClientBase, file: string): Promise<Row> {
  return (await client.query<Row>(lintSql(file))).rows[0]!;
}
