import { LOCK_MODES } from "../model/lock_modes.ts";
import type { StatementEffects, Work, WorkKind } from "../model/statement_effects.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Relation, RelationKind } from "./relations.ts";

/** What is more to be said of a piece of work. */
export type WorkDetail = Partial<Pick<Work, "columns" | "including" | "into" | "allRows" | "unless">>;

/** The effects of one statement while they are gathered. */
export class Gathered {
  readonly #locks = new Map<string, string>();
  readonly #kinds: string[] = [];
  readonly #work: Work[] = [];
  readonly #unknown: string[] = [];
  #current = "";
  /** Whether work is done to the tables that inherit from one, too. */
  isOfChildren = false;
  /** Whether it must be a transaction by itself. */
  alone = false;

  /** @param version of PostgreSQL, e.g. 18 */
  constructor(readonly known: Catalogue, readonly version: number) {}

  /** Names what the statement is; a subcommand that comes twice is named once. */
  is(kind: string): void {
    this.#current = kind;
    if (!this.#kinds.includes(kind)) this.#kinds.push(kind);
  }

  /** A lock on a relation, named as the statement does. @returns the relation */
  lock(name: string, mode: string, kind?: RelationKind): Relation {
    const relation = this.known.relation(name, kind);
    const before = this.#locks.get(relation.name);
    if (before === undefined || LOCK_MODES.indexOf(mode) > LOCK_MODES.indexOf(before)) {
      this.#locks.set(relation.name, mode);
    }
    return relation;
  }

  /** The same of a relation and everything below it: its partitions and children. */
  lockTree(name: string, mode: string): Relation[] {
    const top = this.lock(name, mode);
    const below = this.known.childrenOf(top.name);
    for (const child of below) this.lock(child.name, mode);
    return [top, ...below];
  }

  /** Work on a relation; of one that has its rows in partitions, on each of them. */
  work(kind: WorkKind, relation: Relation, why: string, detail: WorkDetail = {}): void {
    const isDivided = relation.kind === "partitioned table";
    const parts = isDivided || this.isOfChildren && (kind === "rewrite" || kind === "scan")
      ? this.known.childrenOf(relation.name)
      : [];
    const whole = parts.length === 0
      ? [relation]
      : [...isDivided ? [] : [relation], ...parts.filter(({ kind }) => kind === "table")];
    for (const { name } of whole) {
      const work = {
        of: this.#current,
        kind,
        relation: name,
        columns: [],
        into: null,
        allRows: true,
        why,
        unless: null,
        ...detail,
      };
      if (!this.#work.some((other) => isSame(other, work))) this.#work.push(work);
    }
  }

  /** Whether there is no relation of a name, which is known. */
  isMissing(name: string): boolean {
    return this.known.isWhole && this.known.find(name) === undefined;
  }

  /** Something that cannot be told, as a sentence's end. */
  cannotTell(what: string): void {
    if (!this.#unknown.includes(what)) this.#unknown.push(what);
  }

  /** All of it. @param kind what it is called where no part of it was named */
  effects(kind: string): StatementEffects {
    return {
      kind: this.#kinds.join(", ") || kind,
      locks: [...this.#locks].filter(([relation]) => this.known.find(relation)?.isNew !== true)
        .map(([relation, mode]) => ({ relation, mode })),
      work: this.#work,
      alone: this.alone,
      unknown: this.#unknown.length === 0 ? null : this.#unknown.join("; "),
    };
  }
}

function isSame(a: Work, b: Work): boolean {
  const once = a.kind === "rewrite" || a.kind === "scan";
  return a.kind === b.kind && a.relation === b.relation && a.unless === b.unless &&
    (once ||
      a.columns.join() === b.columns.join() && a.including?.join() === b.including?.join() &&
        a.into === b.into);
}
