import { join } from "node:path";
import { UsageError } from "../model/errors.ts";
import type { Migration, StepPlan, VariantPlan } from "../model/migration.ts";
import { hint } from "../model/suggest.ts";
import { type NamedFile, numberedFiles, readBefore, readBeside, readStep } from "./definition_files.ts";
import { firstSentence } from "./step_head.ts";

const FOLDER = "queries/migrations";
const VARIANTS = ["naive", "safe"] as const;

/** The names of the migrations that come with Benchbook: the folders of queries/migrations/. */
export function migrationNames(root: string): string[] {
  return [...Deno.readDirSync(join(root, FOLDER))].filter((entry) => entry.isDirectory)
    .map((entry) => entry.name).sort();
}

/** The migrations that come with Benchbook, by name. @param root of the repository */
export async function listMigrations(root: string): Promise<Pick<Migration, "name" | "title">[]> {
  const all = await Promise.all(migrationNames(root).map((name) => loadMigration(root, name)));
  return all.map(({ name, title }) => ({ name, title }));
}

/**
 * One of the migrations that come with Benchbook, with all of its variants.
 * @param root of the repository
 * @param others names that mean something else, and may have been meant
 * @throws {UsageError} for an unknown name, with the nearest; or with file and line of a mistake in one of its files
 */
export async function loadMigration(
  root: string,
  name: string,
  others: readonly string[] = [],
): Promise<Migration> {
  const names = migrationNames(root);
  if (!names.includes(name)) {
    throw new UsageError(
      `Cannot run the migration "${name}": there is none of that name`,
      `${hint(name, [...names, ...others])} A file of your own is named by its path, e.g. ./change.sql.`,
    );
  }
  const folder = join(root, FOLDER, name);
  const within = (file: string): NamedFile => ({ path: join(folder, file), name: join(name, file) });
  const files = (part: string) => numberedFiles(join(folder, part), join(name, part));
  const variants: VariantPlan[] = [];
  for (const variant of VARIANTS) {
    const steps = await readSteps(files(variant));
    if (steps.length > 0) variants.push({ variant, steps });
  }
  return {
    name,
    title: titleOf(variants) ?? name,
    before: await readBefore(within("before.sql")),
    beside: await Promise.all(files("beside").map(readBeside)),
    variants,
  };
}

/** The steps of a variant, in their order. */
export function readSteps(files: readonly NamedFile[]): Promise<StepPlan[]> {
  return Promise.all(files.map((file, at) => readStep(file, at + 1)));
}

/** What the change is for: in the naive variant the step that users feel says it, which may come after others. */
function titleOf([first]: readonly VariantPlan[]): string | null {
  const step = first?.steps.find(({ shows }) => shows.length > 0) ?? first?.steps[0];
  return step === undefined || step.about === "" ? null : firstSentence(step.about);
}
