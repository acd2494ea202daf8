import type { StatementEffects } from "../model/statement_effects.ts";
import type { SqlNode, SqlToken } from "../postgres/sql_parser.ts";
import type { Catalogue } from "./catalogue.ts";
import type { DatabaseFacts } from "./facts.ts";
import type { Level, LintFinding } from "../model/lint.ts";

/** A transaction of several statements. */
export interface OpenTransaction {
  /** What it holds since which line, of that in which others may be interested. */
  readonly held: Map<string, { readonly mode: string; readonly line: number }>;
  /** Columns that it has dropped: `shop.orders.code`. */
  readonly dropped: Set<string>;
  /** Whether it was told that it works while it keeps others waiting. */
  toldOfWork: boolean;
}

/** A statement that is judged, and all that it depends on. */
export interface Judged {
  readonly kind: string;
  readonly node: SqlNode;
  readonly oneLine: string;
  /** What it consists of, without comments. */
  readonly tokens: () => readonly SqlToken[];
  readonly line: number;
  readonly effects: StatementEffects;
  /** As it is before the statement. */
  readonly known: Catalogue;
  readonly facts: DatabaseFacts;
  /** Null: the statement is a transaction by itself. */
  readonly transaction: OpenTransaction | null;
  /** How long it waits for a lock before it gives up, in words; null: nothing limits that. */
  readonly waitLimit: string | null;
}

/** No more, and a table is read or written within some milliseconds. */
const SMALL_BYTES = 2 ** 20;

/** Whether work on a relation takes no time worth speaking of, by what is known of its size. */
export function isSmall(name: string, known: Catalogue): boolean {
  const { bytes, rows } = known.relation(name);
  return bytes !== null && rows !== null && bytes <= SMALL_BYTES && rows <= 10_000;
}

/** A finding about work on relations: where all of them are small, it is only something to know. */
export function ofSize(
  { known }: Pick<Judged, "known">,
  relations: readonly string[],
  level: Level,
  finding: Omit<LintFinding, "level">,
): LintFinding {
  if (!relations.every((name) => isSmall(name, known))) return { ...finding, level };
  return {
    ...finding,
    level: "note",
    message: `${finding.message} It is small now, so that takes a moment.`,
  };
}
