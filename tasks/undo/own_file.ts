import { realpathSync } from "node:fs";
import { relative } from "node:path";
import { readSmall } from "../files/small_file.ts";
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

async function differs(home: string, { file, path, sql, part }: RecordSql): Promise<string | null> {
  if (path === "") return `the record does not say where ${file} lies`;
  try {
    if (!relative(realpathSync(home), realpathSync(path)).startsWith("..")) return `${path} lies in ${home}`;
    const { text, uid, mode } = readSmall(path);
    if (uid !== Deno.uid() && uid !== 0) return `${path} belongs to user id ${uid}`;
    if ((mode & 0o002) !== 0) return `${path} may be written by every user`;
    return await part(text) === sql ? null : `${path} has changed since that run`;
  } catch (error) {
    return error instanceof Deno.errors.NotFound || (error as NodeJS.ErrnoException).code === "ENOENT"
      ? `${path} is not there any more`
      : `cannot read ${path}: ${(error as Error).message}`;
  }
}
