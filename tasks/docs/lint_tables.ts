import { applyStatement } from "../lint/apply.ts";
import { Catalogue } from "../lint/catalogue.ts";
import { statementEffects } from "../lint/effects.ts";
import { lockCases } from "../lint/lock_cases.ts";
import { RULES } from "../lint/rules.ts";
import { DIFFERENCES } from "../lint/versions.ts";
import { modeInSql } from "../model/effects_text.ts";
import { parseStatements } from "../postgres/sql_parser.ts";

/** What each rule is about. */
export function lintRules(): string {
  return Object.entries(RULES).map(([name, about]) => `- \`${name}\`: ${about}`).join("\n");
}

/** What PostgreSQL's versions do otherwise. */
export function versionTable(): string {
  return DIFFERENCES.map(({ since, what, before }) => `- **${since}**: ${what}. Before, it ${before}.`).join(
    "\n",
  );
}

/** What is told of the statements whose locks are looked at in a test. */
export async function lockTable(): Promise<string> {
  const { setup, cases } = lockCases();
  const known = new Catalogue(true, ["public", "shop"]);
  for (const node of await parseStatements(setup, { file: "lock_modes.sql" })) {
    applyStatement(node, known, false);
  }
  const byKind = new Map(KINDS.map(([heading]) => [heading, [] as string[]]));
  for (const { sql } of cases) {
    const [node] = await parseStatements(sql, { file: "lock_modes.sql" });
    const byMode = Map.groupBy(statementEffects(node!, known).locks, ({ mode }) => mode);
    const locks = [...byMode].map(([mode, all]) =>
      `${modeInSql(mode)}: ${all.map(({ relation }) => relation.replace(/^shop\./, "")).join(", ")}`
    );
    const statement = sql.replace(/;$/, "").replaceAll("shop.", "");
    const [heading] = KINDS.find(([, is]) => is.test(statement))!;
    byKind.get(heading)!.push(
      ...broken(statement, ""),
      ...(locks.length === 0 ? ["no lock"] : locks).flatMap((lock) => broken(lock, "  ")),
    );
  }
  return [...byKind].flatMap(([heading, lines]) => [`## ${heading}`, "", "```text", ...lines, "```", ""])
    .join("\n").trimEnd();
}

/** Headings, and how the statements below them begin; the first that fits counts. */
const KINDS: readonly (readonly [heading: string, is: RegExp])[] = [
  ["ALTER TABLE", /^ALTER TABLE/],
  ["Other ALTER statements", /^ALTER/],
  ["CREATE", /^CREATE/],
  ["DROP and TRUNCATE", /^(DROP|TRUNCATE)/],
  ["Rows and queries", /^(SELECT|INSERT|UPDATE|DELETE|MERGE|COPY|EXPLAIN|DECLARE)/],
  ["Upkeep, rights and comments", /^/],
];

const COLUMNS = 105;

/** A text in lines that are short enough, those after the first further in. */
function broken(text: string, indent: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= COLUMNS) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(`${indent}${last === undefined ? "" : "    "}${word}`);
  }
  return lines;
}
