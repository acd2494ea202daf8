import { realpathSync } from "node:fs";
import { relative } from "node:path";
import { readSmall } from "../files/small_file.ts";
import { writesIn } from "../postgres/sql_writes.ts";
import { parseSql } from "../targets/workload_sql.ts";
import type { WriteRecord } from "./record.ts";

/** SQL of a record, and the file that it is said to come from. */
export interface RecordSql {
  /** As people know it. */
  readonly file: string;
  readonly path: string;
  readonly sql: string;
  /** What of the file's text it is. */
  readonly part: (text: string) => string | Promise<string>;
}

/** All SQL that a record has: its scenario's undo, and the queries that look at what its writes left. */
export function sqlOf({ own, looks }: Pick<WriteRecord, "own" | "looks">): RecordSql[] {
  const queries = new Map(looks.map((look) => [JSON.stringify([look.path, look.text]), look]));
  return [
    ...own === null ? [] : [{ ...own, part: (text: string) => text }],
    ...[...queries.values()].map(({ operation, path, text }) => ({
      file: `${operation}.check.sql`,
      path,
      sql: text,
      part: async (whole: string) => (await parseSql(whole, path)).text,
    })),
  ];
}

/**
 * Why SQL that a record holds is not the scenario's as it is now; null where all of it is. A record alone proves
 * nothing: a home may be a copy of somebody else's, and what it holds would run with the user's rights. A query is no
 * less than a statement: it may call any function.
 * @param home BENCHBOOK_HOME: a file in it came along with the record, and proves no more
 */
export async function notAsItWas(
  home: string,
  record: Pick<WriteRecord, "own" | "looks">,
): Promise<string | null> {
  for (const sql of sqlOf(record)) {
    const changed = await differs(home, sql);
    if (changed !== null) return changed;
  }
  return null;
}

/**
 * A record whose undo is the scenario's file as it is now, where its user has changed that since the run: one that was
 * too narrow is corrected there. It is shown and asked for as the record's own would be.
 * @returns the record itself where the file is not to be had, or says the same
 */
export async function withPresentUndo(home: string, record: WriteRecord): Promise<WriteRecord> {
  const { own } = record;
  if (own === null || refusedPlace(home, own) !== null) return record;
  const { text: sql } = readSmall(own.path);
  if (sql === own.sql) return record;
  let statements: number;
  try {
    statements = (await writesIn(sql, { file: own.path })).length;
  } catch {
    // It is no SQL, or not yet.
    return record;
  }
  // No dry run before the writes has shown that it leaves others' rows alone: it may touch a row by each of its statements.
  return { ...record, own: { ...own, sql, perWrite: Math.max(own.perWrite ?? 1, statements) } };
}

async function differs(home: string, { file, path, sql, part }: RecordSql): Promise<string | null> {
  const refused = refusedPlace(home, { file, path });
  if (refused !== null) return refused;
  try {
    return await part(readSmall(path).text) === sql ? null : `${path} has changed since that run`;
  } catch (error) {
    return `cannot read ${path}: ${(error as Error).message}`;
  }
}

/** Why a file is not the user's own word; null where it is. */
function refusedPlace(home: string, { file, path }: Pick<RecordSql, "file" | "path">): string | null {
  if (path === "") return `the record does not say where ${file} lies`;
  try {
    if (!relative(realpathSync(home), realpathSync(path)).startsWith("..")) return `${path} lies in ${home}`;
    const { uid, mode } = readSmall(path);
    if (uid !== Deno.uid() && uid !== 0) return `${path} belongs to user id ${uid}`;
    return (mode & 0o002) === 0 ? null : `${path} may be written by every user`;
  } catch (error) {
    return error instanceof Deno.errors.NotFound || (error as NodeJS.ErrnoException).code === "ENOENT"
      ? `${path} is not there any more`
      : `cannot read ${path}: ${(error as Error).message}`;
  }
}
