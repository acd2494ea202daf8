import { basename, join } from "node:path";
import { UsageError } from "../model/errors.ts";
import type { Migration, StepPlan } from "../model/migration.ts";
import { counted } from "../model/units.ts";
import { readSteps } from "./definition.ts";
import { type NamedFile, numberedFiles } from "./definition_files.ts";
import { firstSentence } from "./step_head.ts";
import { WHAT } from "./step_statements.ts";

const TITLE_CHARACTERS = 80;

/** Whether `migrate` is given a path and no name. */
export function isOwnMigration(nameOrPath: string): boolean {
  return nameOrPath.endsWith(".sql") || nameOrPath.includes("/") || nameOrPath === ".";
}

/**
 * A migration of the user's: a file of SQL, which is one step, or a folder of `NN-step.sql` files, one step each. What
 * heads of our own files may say holds in theirs too.
 * @param path as the user gave it
 * @throws {UsageError} naming file, line and column of what cannot be run, and what to write instead
 */
export async function loadOwnMigration(path: string): Promise<Migration> {
  const steps = await readSteps(filesOf(path));
  const name = basename(path, ".sql");
  return {
    name,
    title: titleOf(steps),
    before: [],
    beside: [],
    variants: [{ variant: "own", steps }],
  };
}

function filesOf(path: string): NamedFile[] {
  let isFolder: boolean;
  try {
    isFolder = Deno.statSync(path).isDirectory;
  } catch {
    // Whoever reads it says why it cannot.
    return [{ path, name: path }];
  }
  if (!isFolder) {
    if (path.endsWith(".sql")) return [{ path, name: path }];
    throw new UsageError(
      `Cannot use ${WHAT} ${path}: it must end with .sql`,
      "Give a file of SQL, or a folder.",
    );
  }
  const files = numberedFiles(path, path);
  if (files.length > 0) return files;
  const unnumbered = [...Deno.readDirSync(path)].map(({ name }) => name).filter((name) =>
    name.endsWith(".sql")
  )
    .sort();
  throw new UsageError(
    `Cannot use ${WHAT} ${path}: no file in it says which step it is`,
    unnumbered.length > 0
      ? `Name them in the order of the steps, e.g. 01-${unnumbered[0]}; or give one file, ${
        join(path, unnumbered[0]!)
      }.`
      : "Put its steps into files like 01-add-column.sql, or give a file of SQL.",
  );
}

/** What the comment of its only step says, or what its statements are. */
function titleOf(steps: readonly StepPlan[]): string {
  const [step] = steps;
  if (steps.length === 1 && step!.about !== "") return firstSentence(step!.about);
  const [first, ...others] = steps.flatMap(({ statements }) => statements);
  return `${short(first!.shown)}${
    others.length === 0 ? "" : `, and ${counted(others.length, "more statement")}`
  }`;
}

function short(text: string): string {
  const characters = [...text];
  return characters.length <= TITLE_CHARACTERS ? text : `${characters.slice(0, TITLE_CHARACTERS).join("")} …`;
}
