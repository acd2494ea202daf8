import type { Client } from "pg";
import pg from "pg";
import { ServiceError, UsageError } from "../model/errors.ts";
import { listed } from "../model/units.ts";
import { placeOfUrl } from "../postgres/place.ts";
import { listening } from "../seed/listeners.ts";
import type { ProbeLedgerRecord } from "./ledger_record.ts";
import { probeSql } from "./probe_sql.ts";

/** Dropping waits so long for whoever reads the table, as a backup does, ms. */
const DROP_WAIT_MS = 3000;

/**
 * Makes the schema with the ledger, in one transaction. The record of it is kept before.
 * @throws what the server says
 */
export async function makeLedger(
  client: Client,
  { schema, mark }: Pick<ProbeLedgerRecord, "schema" | "mark">,
): Promise<void> {
  const { escapeIdentifier: name, escapeLiteral: text } = pg;
  await client.query(
    `BEGIN; ${probeSql("unlimited")}; CREATE SCHEMA ${name(schema)}; COMMENT ON SCHEMA ${name(schema)} IS ${
      text(mark)
    }; ` +
      `${probeSql("make", schema)}; COMMIT`,
  ).catch(async (error) => {
    await client.query("ROLLBACK").catch(() => {});
    throw error;
  });
}

/**
 * Refuses to make a ledger where somebody would hear of it: a subscriber of all tables stops for good at the first row of one
 * that it does not have, and the server keeps its WAL from then on.
 * @throws {UsageError} naming publications, slots and event triggers
 */
export async function refuseHeard(client: Client, schema: string, url: string): Promise<void> {
  const heard = await listening(client, [schema]);
  if (heard.length === 0) return;
  throw new UsageError(
    `${cannotKeep(url)}: ${listed(heard)} would carry its table to others, or act on it`,
    `Nothing was changed. Publish chosen tables instead of all, ${READS}`,
  );
}

/** Why a ledger could not be made at the start, in the user's words. */
export function notMade(error: unknown, url: string): unknown {
  const { code, message } = error as { code?: string; message: string };
  const { database, user } = placeOfUrl(url);
  const cannot = cannotKeep(url);
  if (code === "42501") {
    return new UsageError(
      `${cannot}: ${user} may not make a schema there`,
      `Grant it (GRANT CREATE ON DATABASE ${pg.escapeIdentifier(database)} TO ${
        pg.escapeIdentifier(user)
      }), ${READS}`,
      { cause: error },
    );
  }
  if (code === "25006") {
    return new UsageError(
      `${cannot}: it takes no writes, as a replica does not`,
      `Name the primary in DATABASE_URL, ${READS}`,
      { cause: error },
    );
  }
  return new ServiceError(`${cannot}: ${message}`, `Look at the server, ${READS}`, { cause: error });
}

const READS = "or give --no-ledger: then only reads are made, and nothing is said of writes.";

function cannotKeep(url: string): string {
  const { database, at } = placeOfUrl(url);
  return `Cannot keep a ledger of writes in the database "${database}" at ${at}`;
}

/** What became of a ledger that was to be dropped. */
export type Dropped = "dropped" | "not there" | { readonly left: string };

/** Drops a ledger, found by its mark; never more than its table and the empty schema. @throws where the connection is lost */
export async function dropLedger(
  client: Client,
  { schema, mark }: Pick<ProbeLedgerRecord, "schema" | "mark">,
): Promise<Dropped> {
  const { rows: [found] } = await client.query<{ mark: string | null }>(probeSql("mark"), [schema]);
  if (found === undefined) return "not there";
  if (found.mark !== mark) return { left: "its schema does not bear the mark that it was made with" };
  const name = pg.escapeIdentifier(schema);
  try {
    // Of the transaction alone: a pooler hands sessions on.
    await client.query(
      `BEGIN; ${
        probeSql("unlimited")
      }; SET LOCAL lock_timeout = ${DROP_WAIT_MS}; DROP TABLE IF EXISTS ${name}.ledger; DROP SCHEMA ${name}; COMMIT`,
    );
    return "dropped";
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    if (typeof (error as { code?: unknown }).code !== "string") throw error;
    return { left: (error as Error).message };
  }
}
