import { realpathSync } from "node:fs";
import { relative } from "node:path";
import { readSmall } from "../files/small_file.ts";
import type { OwnUndo } from "./journal.ts";

/**
 * Why the SQL that a record holds is not the scenario's undo as it is now; null where it is. A record alone proves
 * nothing: a home may be a copy of somebody else's, and what it holds would run with the user's rights.
 * @param home BENCHBOOK_HOME: a file in it came along with the record, and proves no more
 */
export function notAsItWas(home: string, { file, path, sql }: OwnUndo): string | null {
  if (path === "") return `the record does not say where ${file} lies`;
  try {
    if (!relative(realpathSync(home), realpathSync(path)).startsWith("..")) return `${path} lies in ${home}`;
    const { text, uid, mode } = readSmall(path);
    if (uid !== Deno.uid() && uid !== 0) return `${path} belongs to user id ${uid}`;
    if ((mode & 0o002) !== 0) return `${path} may be written by every user`;
    return text === sql ? null : `${path} has changed since that run`;
  } catch (error) {
    return error instanceof Deno.errors.NotFound || (error as NodeJS.ErrnoException).code === "ENOENT"
      ? `${path} is not there any more`
      : `cannot read ${path}: ${(error as Error).message}`;
  }
}
