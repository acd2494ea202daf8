import { UsageError } from "../../model/errors.ts";
import type { StepPlan } from "../../model/migration.ts";
import { replacePlaceholders } from "../../postgres/sql_parser.ts";
import { migrateSql } from "../migrate_sql.ts";
import type { StepSession } from "../step_session.ts";

/** A statement that is run for one range of keys after another, and what finds the ranges. */
export interface BatchSql {
  /** Keys from $1 itself to $2: the first batch. */
  readonly first: string;
  /** Keys above $1 up to $2. */
  readonly next: string;
  /** See queries/migrate/batch_bounds.sql and batch_end.sql. */
  readonly bounds: string;
  readonly end: string;
  /** The column, as SQL names it. */
  readonly key: string;
}

interface Key {
  readonly table: string;
  readonly key: string;
  readonly type: string;
  readonly indexed: boolean;
  readonly notNull: boolean;
}

/** Stands for a placeholder until what is before and behind it is known. A character that nobody writes into SQL. */
const MARK = /\s*(<=|<|>=|>)?\s*\ue000(after|upto)\ue000\s*(<=|<|>=|>)?\s*/g;

/**
 * Makes a step's statement one with parameters.
 * @throws {UsageError} where its range is not above `:after` and up to `:upto`, or its key serves for no range
 */
export async function batchSql(
  step: StepPlan,
  index: number,
  { table, key: column }: { readonly table: string; readonly key: string },
  session: StepSession,
): Promise<BatchSql> {
  const { text, line } = step.statements[index]!;
  const at = `${step.file}:${line}`;
  const key = await keyOf(table, column, at, session);
  const marked = await replacePlaceholders(text, { file: step.file, line }, (name) => `\ue000${name}\ue000`);
  const names: Readonly<Record<string, string>> = {
    table: key.table,
    key: key.key,
    type: key.type,
    nullable: String(!key.notNull),
  };
  const named = (file: string) => replacePlaceholders(migrateSql(file), { file }, (name) => names[name]!);
  return {
    first: ranged(marked, key.type, at, true),
    next: ranged(marked, key.type, at, false),
    bounds: await named("batch_bounds.sql"),
    end: await named("batch_end.sql"),
    key: key.key,
  };
}

async function keyOf(table: string, column: string, at: string, session: StepSession): Promise<Key> {
  const { rows: [key] } = await session.client.query<Key>(migrateSql("batch_key.sql"), [table, column]);
  if (key === undefined) {
    throw new UsageError(`Cannot run ${at} in batches: there is no table ${table} with a column ${column}`);
  }
  if (!key.indexed) {
    throw new UsageError(
      `Cannot run ${at} in batches: ${key.table} needs an index that begins with ${key.key}, and has none`,
      "Without one each batch reads the whole table. Name the column of another index, or make one first.",
    );
  }
  return key;
}

/** Each key is in one range and in no other only if the lower end is open and the upper one closed. */
function ranged(marked: string, type: string, at: string, first: boolean): string {
  const seen = new Set<string>();
  const text = marked.replace(MARK, (_, before: string | undefined, name: string, after?: string) => {
    seen.add(name);
    const value = `CAST($${name === "after" ? 1 : 2} AS ${type})`;
    const wanted = name === "after" ? [">", "<"] : ["<=", ">="];
    if (before === wanted[0] && after === undefined) {
      return ` ${name === "after" && first ? ">=" : before} ${value} `;
    }
    if (before === undefined && after === wanted[1]) {
      return ` ${value} ${name === "after" && first ? "<=" : after} `;
    }
    throw badRange(at);
  });
  if (seen.size < 2 || text.includes("\ue000")) throw badRange(at);
  return text;
}

function badRange(at: string): UsageError {
  return new UsageError(
    `Cannot run ${at} in batches: each must be of the keys above :after and up to :upto, and it is not`,
    "Write it so: WHERE id > :after AND id <= :upto. BETWEEN would take a key twice.",
  );
}
