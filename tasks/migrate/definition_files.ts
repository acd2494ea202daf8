import { join } from "node:path";
import { readChangeText } from "../load/change_text.ts";
import { UsageError } from "../model/errors.ts";
import type { BesidePlan, StepPlan, StepStatement } from "../model/migration.ts";
import { stepHead } from "./step_head.ts";
import { stepStatements, WHAT } from "./step_statements.ts";

/** A file of SQL, and as what messages and records name it. */
export interface NamedFile {
  readonly path: string;
  readonly name: string;
}

/** The files `NN-*.sql` of a folder in the order of their numbers; none where there is no such folder. */
export function numberedFiles(folder: string, name: string): NamedFile[] {
  let entries: Deno.DirEntry[];
  try {
    entries = [...Deno.readDirSync(folder)];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  return entries.filter((entry) => !entry.isDirectory && /^\d+-.*\.sql$/.test(entry.name))
    .map((entry) => ({ path: join(folder, entry.name), name: join(name, entry.name) }))
    .sort((a, b) => numberOf(a.name) - numberOf(b.name) || (a.name < b.name ? -1 : 1));
}

function numberOf(name: string): number {
  return Number(/(\d+)-[^/]*$/.exec(name)![1]);
}

/** Reads one step. @param step its number, from 1 */
export async function readStep({ path, name }: NamedFile, step: number): Promise<StepPlan> {
  const sql = readChangeText(path, WHAT);
  const { about, risk, fix, shows, move } = stepHead(sql, name);
  return { step, file: name, about, risk, fix, shows, ...await stepStatements(sql, name, move) };
}

/** Reads what stays open beside a migration. */
export async function readBeside({ path, name }: NamedFile): Promise<BesidePlan> {
  const sql = readChangeText(path, WHAT);
  const { about, move, holdSeconds } = stepHead(sql, name);
  if (holdSeconds === null) {
    throw new UsageError(
      `Cannot use ${WHAT} ${name}: a transaction beside it must say how long it stays open`,
      "Write `-- hold: 5s` into its head.",
    );
  }
  const { statements } = await stepStatements(sql, name, move);
  return { file: name, about, statements, holdSeconds };
}

/** Reads what is applied before anything is measured; nothing where there is no such file. */
export async function readBefore({ path, name }: NamedFile): Promise<readonly StepStatement[]> {
  try {
    Deno.statSync(path);
  } catch {
    return [];
  }
  const { statements } = await stepStatements(readChangeText(path, WHAT), name, {
    kind: "plain",
    oneTransaction: false,
  });
  return statements;
}
