import type { LintedStatement } from "../model/lint.ts";
import type { Migration, StepPlan } from "../model/migration.ts";
import { parseStatements } from "../postgres/sql_parser.ts";
import { schemaStatements } from "../seed/schema_statements.ts";
import { applyStatement } from "./apply.ts";
import { Catalogue } from "./catalogue.ts";
import { NEWEST } from "./effects.ts";
import type { DatabaseFacts } from "./facts.ts";
import { Linter, type LintFile } from "./linter.ts";

/** Large enough that work on it takes a while. */
const LARGE = { rows: 3_000_000, bytes: 500_000_000 };

/** Facts of a database in which SQL was run, with large tables. */
export async function factsAfter(sql: string, isWhole = true, sizes = LARGE): Promise<DatabaseFacts> {
  const catalogue = new Catalogue(isWhole, ["public"]);
  for (const node of await parseStatements(sql, { file: "before.sql" })) {
    applyStatement(node, catalogue, false);
  }
  for (const relation of [...catalogue.all()]) catalogue.put({ ...relation, ...sizes });
  return {
    catalogue,
    version: NEWEST,
    oldestTransaction: null,
    writesPerSecond: new Map(),
    source: "a test",
  };
}

/** All that is told of a text. @param before SQL that has made the database; null: nothing is known of it */
export async function lintedAll(
  sql: string,
  before: string | null = null,
  file: Partial<LintFile> = {},
  sizes = LARGE,
): Promise<LintedStatement[]> {
  const linter = new Linter(await factsAfter(before ?? "", before !== null, sizes));
  const found: LintedStatement[] = [];
  for await (
    const each of linter.lint({ name: "a.sql", sql, waitLimit: null, oneTransaction: false, ...file })
  ) {
    found.push(each);
  }
  return found;
}

/** `rule@line level` of all findings. */
export function rulesOf(statements: readonly LintedStatement[]): string[] {
  return statements.flatMap(({ line, findings }) =>
    findings.map(({ rule, level }) => `${rule}@${line} ${level}`)
  );
}

/** What is told of a migration that comes with Benchbook, over the tables of its data set, which are large. */
export async function lintedMigration(
  { before }: Migration,
  steps: readonly StepPlan[],
  read: (file: string) => LintFile,
): Promise<{ readonly step: StepPlan; readonly told: readonly LintedStatement[] }[]> {
  const files = ["tables.sql", "constraints.sql", "indexes.sql", "functions.sql"];
  const schema = await Promise.all(files.map((file) => schemaStatements(`northwind/${file}`)));
  const texts = [...schema.flat(), ...before].map(({ text }) => text);
  const linter = new Linter(await factsAfter(texts.join(";\n")));
  const all = [];
  for (const step of steps) {
    const told: LintedStatement[] = [];
    for await (const each of linter.lint(read(step.file))) told.push(each);
    all.push({ step, told });
  }
  return all;
}
