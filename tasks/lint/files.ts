import { join } from "node:path";
import { readChangeText } from "../load/change_text.ts";
import { numberedFiles } from "../migrate/definition_files.ts";
import { stepHead } from "../migrate/step_head.ts";
import { LOCK_TIMEOUT_MS } from "../migrate/step_options.ts";
import { UsageError } from "../model/errors.ts";
import type { Move } from "../model/migration.ts";
import { formatMs } from "../model/units.ts";
import type { LintFile } from "./linter.ts";
import { WHAT } from "./statements.ts";

/** A file that is there. */
export interface FoundFile {
  readonly name: string;
  /** @throws {UsageError} where it cannot be read */
  read(): LintFile;
}

/**
 * The files that were named, and those of the folders that were, in their order.
 * @throws {UsageError} where one of them is not there, or a folder has none
 */
export function lintFiles(paths: readonly string[]): FoundFile[] {
  return paths.flatMap((path) => {
    if (!isFolder(path)) return [found(path)];
    const numbered = numberedFiles(path, path).map((file) => file.path);
    const files = numbered.length > 0 ? numbered : sqlFiles(path);
    if (files.length > 0) return files.map(found);
    const folders = [...Deno.readDirSync(path)].filter(({ isDirectory }) => isDirectory)
      .map(({ name }) => join(path, name)).sort();
    throw new UsageError(
      `Cannot read ${WHAT} in ${path}: there is no file whose name ends with .sql`,
      folders.length === 0 ? "Name a file." : `Name one of its folders: ${folders.slice(0, 5).join(", ")}.`,
    );
  });
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound ? "there is no such file" : (error as Error).message;
    throw new UsageError(`Cannot read ${WHAT} ${path}: ${why}`, undefined, { cause: error });
  }
}

function sqlFiles(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.endsWith(".sql")).sort()
    .map((name) => join(folder, name));
}

function found(path: string): FoundFile {
  return {
    name: path,
    read() {
      const sql = readChangeText(path, WHAT);
      const move = moveOf(sql, path);
      return {
        name: path,
        sql: move.kind === "batches" ? withParameters(sql) : sql,
        waitLimit: move.kind === "lock_timeout" ? formatMs(LOCK_TIMEOUT_MS) : null,
        oneTransaction: "oneTransaction" in move && move.oneTransaction,
      };
    },
  };
}

/** As the head of a file of ours says; a comment of others' that only looks like one says nothing. */
function moveOf(sql: string, path: string): Move {
  try {
    return stepHead(sql, path).move;
  } catch {
    return { kind: "plain", oneTransaction: false };
  }
}

/** PostgreSQL's grammar has no names for parameters: numbers that keep every place. */
function withParameters(sql: string): string {
  return sql.replaceAll(/:after\b/g, "$00001").replaceAll(/:upto\b/g, "$0002");
}
