import { applyStatement } from "../lint/apply.ts";
import type { Catalogue } from "../lint/catalogue.ts";
import { statementEffects } from "../lint/effects.ts";
import { quoted } from "../lint/names.ts";
import { opened } from "../lint/nodes.ts";
import type { Relation } from "../lint/relations.ts";
import { isLost, type Missing, missingIn } from "../lint/refused_rules.ts";
import { UsageError } from "../model/errors.ts";
import type { StepPlan } from "../model/migration.ts";
import { nearest } from "../model/suggest.ts";
import type { PgClient } from "../postgres/client.ts";
import { UNLIMITED, withClient } from "../seed/connect.ts";
import { sessionName } from "../model/session_name.ts";
import type { SystemUnderTest } from "./system_under_test.ts";
import { parsedStatement, wholeCatalogue } from "./planned_statements.ts";

/**
 * Refuses a change that names what is neither there nor made by the statements before: no load is needed to see it fail.
 * None of it is run. From a statement on whose effects cannot be followed, such as a block of DO, nothing is refused.
 * @throws {UsageError} with file, line, what PostgreSQL says of that name, and the nearest one
 */
export async function checkNames(client: PgClient, steps: readonly StepPlan[]): Promise<void> {
  const { catalogue, version } = await wholeCatalogue(client);
  const before = new Map([...catalogue.all()].map((relation) => [relation.name, relation]));
  for (const { file, statements } of steps) {
    for (const { text, line } of statements) {
      const tree = await parsedStatement(text, file);
      const [kind, node] = opened(tree);
      const effects = statementEffects(tree, catalogue, version);
      const missing = missingIn({ kind, node, known: catalogue, effects });
      if (missing !== null) {
        const said = await wordsOf(client, missing) ?? goneWords(missing, before);
        // The server has it: it is of a kind that is not looked at.
        if (said === null) return;
        throw new UsageError(`Cannot run ${file}:${line}: ${said}`, nextOf(missing, catalogue));
      }
      if (isLost(tree, effects.unknown)) return;
      applyStatement(tree, catalogue);
    }
  }
}

/** The same before the load of a run. */
export async function refuseMissing(
  { databaseUrl, runId, signal }: Pick<SystemUnderTest, "databaseUrl" | "runId" | "signal">,
  steps: readonly StepPlan[],
): Promise<void> {
  const named = { ...UNLIMITED, name: sessionName(runId, "migration"), signal };
  await withClient(databaseUrl, (client) => checkNames(client, steps), named);
}

/** What PostgreSQL says where somebody asks for a name that is not there; null: it says nothing of it. */
async function wordsOf(client: PgClient, { relation, column }: Missing): Promise<string | null> {
  try {
    if (column === null) await client.query("SELECT $1::regclass", [relation]);
    // It is planned and not run; where the whole table is new there is nothing to ask.
    else await client.query(`EXPLAIN SELECT ${quoted(column)} FROM ${relation}`);
    return null;
  } catch (error) {
    const { message, code } = error as Error & { readonly code?: string };
    const names = column === null ? /does not exist/ : new RegExp(RegExp.escape(column));
    // A role may not look everywhere, and a table may be locked.
    if (!/^(42P01|42703|3F000)$/.test(code ?? "")) return null;
    return names.test(message) ? `${message} (${code})` : wordsFor({ relation, column });
  }
}

/** Of what a statement above has taken away, or has made without it; null: it was never known. */
function goneWords(missing: Missing, before: ReadonlyMap<string, Relation>): string | null {
  const { relation, column } = missing;
  const known = before.get(relation);
  const isGone = column === null ? known !== undefined : known?.columns.some(({ name }) => name === column);
  return isGone === true ? wordsFor(missing) : null;
}

function wordsFor({ relation, column }: Missing): string {
  return column === null
    ? `relation "${relation}" does not exist (42P01)`
    : `column "${column}" of relation "${relation}" does not exist (42703)`;
}

function nextOf({ relation, column }: Missing, catalogue: Catalogue): string {
  const known = column === null
    ? [...catalogue.all()].filter(({ kind }) => kind !== "index").map(({ name }) => name)
    : catalogue.relation(relation).columns.map(({ name }) => name);
  const near = nearest(column ?? relation, known);
  const meant = near === undefined ? "" : `Did you mean ${near}? `;
  return `${meant}Nothing was changed.`;
}
