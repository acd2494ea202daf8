import { keptBy, LOCK_MODES } from "../model/lock_modes.ts";
import type { Span } from "../model/prediction.ts";
import type { StatementEffects } from "../model/statement_effects.ts";
import { changeStatement } from "../load/change_text.ts";
import { splitStatements, type SqlNode } from "../postgres/sql_parser.ts";
import { applyStatement } from "./apply.ts";
import { codeWithin } from "./code_within.ts";
import { statementEffects } from "./effects.ts";
import type { DatabaseFacts } from "./facts.ts";
import type { HeldTo, LintedStatement, LintFinding } from "../model/lint.ts";
import type { Judged, OpenTransaction } from "./judged.ts";
import { alone, lockQueue, notTold, plainForms, tooNewFor } from "./lock_rules.ts";
import { opened } from "./nodes.ts";
import { isLost, refused } from "./refused_rules.ts";
import { type Later, programs } from "./program_rules.ts";
import { type FileStatement, statementsOf } from "./statements.ts";
import { settingOfTimeout } from "./timeouts.ts";
import { allRows, longWork, workUnderLock } from "./work_rules.ts";

/** A file, and what is known of how it is run. */
export interface LintFile {
  readonly name: string;
  readonly sql: string;
  /** How long what runs it waits for a lock before it gives up, in words; null: nothing limits that. */
  readonly waitLimit: string | null;
  /** Whether it is run as one transaction. */
  readonly oneTransaction: boolean;
}

/** A transaction that is open, with what is told when it ends. */
interface Current extends OpenTransaction {
  readonly end: { line: number | null };
  readonly later: { readonly findings: LintFinding[]; readonly look: Later }[];
}

/** Goes through files one after another: what one of them makes of the database, the next one finds. */
export class Linter {
  #transaction: Current | null = null;
  #waitLimit: string | null = null;
  /** The first line of the file in which a lock is waited for without a limit. */
  #queueLine: number | null = null;
  #file = "";
  /** Whether something was done that is not followed: what is not known may be there all the same. */
  #isLost = false;

  /** @param took how long a statement is expected to take once it has its locks; null: that cannot be told */
  constructor(
    readonly facts: DatabaseFacts,
    readonly took: (effects: StatementEffects) => Span | null = () => null,
  ) {}

  /**
   * What is to be said of each statement of a file. Findings may come to one until the file ends.
   * @throws {UsageError} with file, line and column of what is no SQL
   */
  async *lint({ name, sql, waitLimit, oneTransaction }: LintFile): AsyncGenerator<LintedStatement> {
    [this.#file, this.#waitLimit, this.#queueLine] = [name, waitLimit, null];
    this.#transaction = oneTransaction ? begun() : null;
    for await (const statement of statementsOf(sql, name)) yield* this.#statement(statement);
    this.#end(null);
  }

  async *#statement(statement: FileStatement): AsyncGenerator<LintedStatement> {
    const { node, line } = statement;
    if (node === null) {
      this.#isLost = true;
      return yield tooLong(this.#file, statement);
    }
    const [kind, inner] = opened(node);
    if (kind === "TransactionStmt") {
      this.#isLost ||= isLost(node, null);
      return this.#transact(String(inner["kind"]).replace("TRANS_STMT_", ""), line);
    }
    const set = settingOfTimeout(kind, inner);
    if (set !== undefined) this.#waitLimit = set;
    if (kind === "DoStmt") yield* this.#code(statement, inner);
    else yield this.#judged(statement, node, null);
  }

  /** A block of DO is a transaction by itself, or part of one; what it runs is judged like what stands in the file. */
  async *#code(statement: FileStatement, inner: SqlNode): AsyncGenerator<LintedStatement> {
    const { statements, unknown } = await codeWithin(inner, statement.text);
    yield this.#judged(statement, statement.node!, unknown);
    // Its conditions may be about what is there.
    this.#isLost = true;
    const outer = this.#transaction;
    this.#transaction ??= begun();
    for (const { sql, line } of statements) {
      const found = await splitStatements(sql);
      for (const one of "message" in found ? [] : found) {
        const place = { line: statement.line + line + one.line - 1, column: 1 };
        const judged = this.#judged({ ...one, ...place }, one.node, null);
        // Conditions and assignments, of which most of a block consists.
        if (judged.effects.locks.length > 0 || judged.findings.length > 0) yield judged;
      }
    }
    if (outer === null) this.#end(statement.line + statement.text.trimEnd().split("\n").length - 1);
  }

  #transact(kind: string, line: number): void {
    if (kind === "BEGIN" || kind === "START") this.#transaction ??= begun();
    else if (/^(COMMIT|ROLLBACK|PREPARE)$/.test(kind)) this.#end(line);
  }

  #end(line: number | null): void {
    const ended = this.#transaction;
    this.#transaction = null;
    if (ended === null) return;
    ended.end.line = line;
    for (const { findings, look } of ended.later) findings.push(...look(this.facts.catalogue));
  }

  #judged(
    { oneLine, text, line, column, tokens }: FileStatement,
    node: SqlNode,
    unknown: string | null,
  ): LintedStatement {
    const { catalogue, version } = this.facts;
    const [kind, inner] = opened(node);
    const told = statementEffects(node, catalogue, version);
    const effects = kind === "DoStmt" ? { ...told, unknown } : told;
    const judged: Judged = {
      kind,
      node: inner,
      oneLine,
      tokens,
      line,
      effects,
      known: catalogue,
      facts: this.facts,
      transaction: this.#transaction,
      waitLimit: this.#waitLimit,
    };
    const wrong = refused(judged, !this.#isLost);
    this.#isLost ||= isLost(node, effects.unknown);
    const findings = wrong.length > 0 ? wrong : [
      ...tooNewFor(judged),
      ...alone(judged),
      ...longWork(judged),
      ...workUnderLock(judged),
      ...allRows(judged),
      ...plainForms(judged),
      ...notTold(judged),
    ];
    const hasForm = findings.some(({ level, safe }) => level === "blocking" && safe !== null);
    const queue = wrong.length > 0 ? [] : lockQueue(judged, this.#queueLine, hasForm);
    if (queue.length > 0) this.#queueLine ??= line;
    findings.push(...queue);
    const sizes = this.#sizes(effects.work.map(({ relation }) => relation));
    const look = wrong.length > 0 ? () => [] : programs(judged);
    if (wrong.length === 0) {
      applyStatement(node, catalogue);
      this.#keep(judged);
    }
    if (this.#transaction === null) findings.push(...look(catalogue));
    else this.#transaction.later.push({ findings, look });
    const heldTo: HeldTo | null = this.#transaction?.end ?? null;
    const { shown } = changeStatement({ node, text, oneLine, line });
    return {
      file: this.#file,
      line,
      column,
      shown,
      effects,
      heldTo,
      waitLimit: this.#waitLimit,
      took: wrong.length > 0 ? null : this.took(effects),
      writesPerSecond: this.#writesPerSecond(effects),
      sizes,
      findings,
    };
  }

  #writesPerSecond({ locks }: StatementEffects): number | null {
    const rates = locks.filter(({ mode }) => keptBy(mode).writes).map(({ relation }) =>
      this.facts.writesPerSecond.get(relation)
    ).filter((rate) => rate !== undefined);
    return rates.length === 0 ? null : rates.reduce((sum, rate) => sum + rate, 0);
  }

  #sizes(names: readonly string[]) {
    return [...new Set(names)].map((name) => {
      const { rows, bytes } = this.facts.catalogue.relation(name);
      return { relation: name, rows, bytes };
    });
  }

  /** The locks that a transaction goes on to hold. */
  #keep({ effects: { locks }, line, known }: Judged): void {
    for (const { relation, mode } of locks) {
      const before = this.#transaction?.held.get(relation);
      const isStronger = before === undefined || LOCK_MODES.indexOf(mode) > LOCK_MODES.indexOf(before.mode);
      if (isStronger && known.find(relation)?.isNew !== true) {
        this.#transaction?.held.set(relation, { mode, line });
      }
    }
  }
}

function begun(): Current {
  return { held: new Map(), dropped: new Set(), toldOfWork: false, end: { line: null }, later: [] };
}

function tooLong(file: string, { oneLine, line, column }: FileStatement): LintedStatement {
  const unknown = "what it does: it is longer than 1 MB, and is not parsed";
  return {
    file,
    line,
    column,
    shown: `${oneLine.slice(0, 80)} …`,
    effects: {
      kind: oneLine.split(" ", 2).join(" ").toUpperCase(),
      locks: [],
      work: [],
      alone: false,
      unknown,
    },
    heldTo: null,
    waitLimit: null,
    took: null,
    writesPerSecond: null,
    sizes: [],
    findings: [{ rule: "unknown", level: "note", message: `It cannot be told ${unknown}.`, safe: null }],
  };
}
