import type { StatementEffects, Work } from "../model/statement_effects.ts";
import type { RelationFacts } from "./facts.ts";

/** A table of 270,000 rows in 36 MiB with an index. */
export function table(changes: Partial<RelationFacts> = {}): RelationFacts {
  const relation = changes.relation ?? "shop.orders";
  return {
    relation,
    origin: relation,
    rows: 270_000,
    bytes: 36 * 2 ** 20,
    indexes: [{ name: `${relation}_pkey`, bytes: 6 * 2 ** 20, definition: "USING btree (id)" }],
    query: null,
    ...changes,
  };
}

/** A piece of work on it. */
export function work(kind: Work["kind"], changes: Partial<Work> = {}): Work {
  return {
    of: "ALTER TABLE",
    kind,
    relation: "shop.orders",
    columns: [],
    into: null,
    allRows: true,
    why: "of the test",
    unless: null,
    ...changes,
  };
}

/** A statement that locks the table so, and does this. */
export function effects(
  mode: string,
  done: readonly Work[],
  changes: Partial<StatementEffects> = {},
): StatementEffects {
  return {
    kind: "ALTER TABLE",
    locks: [{ relation: "shop.orders", mode }],
    work: done,
    alone: false,
    unknown: null,
    ...changes,
  };
}
