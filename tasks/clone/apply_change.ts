import type { Client } from "pg";
import type { ChangeStatement, DatabaseChange } from "../model/arms.ts";
import { InterruptedError, ServiceError, UsageError } from "../model/errors.ts";
import { withoutWords } from "../model/hidden_statement.ts";
import { sessionName } from "../model/session_name.ts";
import { isOfServer, UNLIMITED, withClient } from "../seed/connect.ts";
import { cloneSql } from "./clone_sql.ts";
import { refuseBeyond } from "./beyond_clone.ts";

/** What a change is applied to. */
export interface ApplyOptions {
  /** Of the clone; may hold a password. */
  readonly url: string;
  readonly runId: string;
  readonly signal?: AbortSignal;
  /** Told of each statement before it runs. */
  readonly onStatement?: (statement: ChangeStatement) => void;
}

/**
 * Applies a change to a clone, statement by statement as psql does, and analyzes the tables that it made or changed: what
 * is new has no statistics, and autovacuum would come to it in the middle of the run.
 * @returns the tables that were analyzed
 * @throws {UsageError} with file, line, statement and PostgreSQL's message; {ServiceError} where the server fails
 * @throws {InterruptedError} after the signal
 */
export function applyChange(
  change: DatabaseChange,
  { url, runId, signal, onStatement = () => {} }: ApplyOptions,
): Promise<readonly string[]> {
  return withClient(url, async (client) => {
    const before = new Map(await tablesOf(client));
    for (const statement of change.statements) {
      if (signal?.aborted) throw new InterruptedError();
      onStatement(statement);
      await refuseBeyond(client, "apply the change", { ...statement, file: change.file });
      await client.query(statement.text).catch((error) => {
        if (signal?.aborted) throw new InterruptedError();
        throw failed(change, statement, withoutWords(statement.shown, error));
      });
    }
    await client.query("RESET ALL");
    await client.query("RESET ROLE");
    await tellCounts(client);
    const changed = (await tablesOf(client)).filter(([name, state]) => before.get(name) !== state)
      .map(([name]) => name);
    if (changed.length > 0) await client.query(`ANALYZE ${changed.join(", ")}`);
    return changed;
  }, { ...UNLIMITED, name: sessionName(runId, "clone"), signal });
}

/** By name, as SQL writes it. */
async function tablesOf(client: Client): Promise<(readonly [name: string, state: string])[]> {
  const { rows } = await client.query<{ name: string; state: string }>(cloneSql("tables.sql"));
  return rows.map(({ name, state }) => [name, state]);
}

/** Lets the server know at once how many rows this session wrote; before 15 it knows after a while. */
async function tellCounts(client: Client): Promise<void> {
  const { rows: [found] } = await client.query<{ known: boolean }>(
    "SELECT to_regprocedure('pg_catalog.pg_stat_force_next_flush()') IS NOT NULL AS known",
  );
  if (found!.known) await client.query("SELECT pg_catalog.pg_stat_force_next_flush()");
}

function failed({ file }: DatabaseChange, { text, line, shown }: ChangeStatement, error: unknown): Error {
  const { message, code, detail, position } = error as {
    readonly message: string;
    readonly code?: string;
    readonly detail?: string;
    readonly position?: string;
  };
  // In characters, not in the units of a JavaScript string.
  const before = position === undefined ? "" : [...text].slice(0, Number(position) - 1).join("");
  const at = line + before.split("\n").length - 1;
  const said = `Cannot apply the change ${file}:${at}: ${message}${detail ? ` (${detail})` : ""}${
    code === undefined ? "" : ` (SQLSTATE ${code})`
  }`;
  const next = `The statement: ${shown}.`;
  const options = { cause: error };
  return isOfServer(error) ? new ServiceError(said, next, options) : new UsageError(said, next, options);
}
