import { applyStatement } from "../lint/apply.ts";
import type { Catalogue } from "../lint/catalogue.ts";
import { statementEffects } from "../lint/effects.ts";
import { lintSql } from "../lint/lint_sql.ts";
import { readCatalogue } from "../lint/read_catalogue.ts";
import type { StepPlan } from "../model/migration.ts";
import type { StatementEffects } from "../model/statement_effects.ts";
import type { PgClient } from "../postgres/client.ts";
import { parseStatements, type SqlNode } from "../postgres/sql_parser.ts";
import type { PredictionFacts } from "../predict/facts.ts";
import { Lineage, queryOf } from "../predict/lineage.ts";
import type { PlannedStatement } from "../predict/migration.ts";
import { explainQuery } from "../predict/read_facts.ts";

/** Of a row of queries/lint/server.sql. */
interface Server {
  readonly version: number;
  /** Schemas in which names without one are looked for. */
  readonly path: readonly string[];
}

/** A database's catalogue, and its server's version. */
export async function wholeCatalogue(
  client: PgClient,
): Promise<{ readonly catalogue: Catalogue; readonly version: number }> {
  const { rows: [server] } = await client.query<Server>(lintSql("server.sql"));
  return { catalogue: await readCatalogue(client, server!.path), version: server!.version };
}

/** Each statement with its effects, and with what the planner expects of its query. */
export async function plannedStatements(
  client: PgClient,
  steps: readonly StepPlan[],
  { relations }: PredictionFacts,
): Promise<PlannedStatement[]> {
  const lineage = new Lineage(relations);
  const { catalogue, version } = await wholeCatalogue(client);
  const planned: PlannedStatement[] = [];
  for (const step of steps) {
    for (const [index, { text }] of step.statements.entries()) {
      const node = await parsedStatement(text, step.file);
      const effects = known(statementEffects(node, catalogue, version), node, catalogue);
      const asked = queryOf(node, text);
      const explained = asked === null ? null : await explainQuery(client, lineage.before(asked));
      const query = explained === null ? null : { ...explained, partitions: partitionsOf(node, catalogue) };
      planned.push({ step, statement: index + 1, effects, query, relations: new Map(lineage.relations) });
      lineage.after(node, effects, query);
      applyStatement(node, catalogue);
    }
  }
  return planned;
}

/** The same, saying of which relation nothing is known: PostgreSQL will refuse the statement. */
function known(effects: StatementEffects, node: SqlNode, catalogue: Catalogue): StatementEffects {
  const missing = effects.locks.find(({ relation }) =>
    catalogue.find(relation) === undefined && !/^(?:pg_|information_schema\b)/.test(relation)
  );
  // With IF EXISTS nothing is locked.
  if (missing === undefined || JSON.stringify(node).includes('"missing_ok":true')) return effects;
  return {
    ...effects,
    locks: [],
    unknown: effects.unknown ?? `what it does: there is no ${missing.relation}`,
  };
}

/** Of the table into which a statement inserts; null: it makes one. */
function partitionsOf(node: SqlNode, catalogue: Catalogue): number | null {
  const into = (node["InsertStmt"] as SqlNode | undefined)?.["relation"] as SqlNode | undefined;
  if (into === undefined) return null;
  const name = [into["schemaname"], into["relname"]].filter((part) => part !== undefined).join(".");
  return catalogue.childrenOf(name).filter(({ kind }) => kind === "table").length;
}

/** A statement's tree; batches' names of parameters are no grammar. */
export async function parsedStatement(text: string, file: string): Promise<SqlNode> {
  const [node] = await parseStatements(text.replaceAll(/:(?:after|upto)\b/g, "NULL"), { file });
  return node!;
}
