import type { Span } from "./prediction.ts";
import type { StatementEffects } from "./statement_effects.ts";

/** How much a finding matters. */
export type Level =
  /** Users would wait, or their programs fail: the exit code is 1. */
  | "blocking"
  /** They may, where something is as it often is. */
  | "warning"
  /** Something to know. */
  | "note";

/** Levels, the gravest first. */
export const LEVELS: readonly Level[] = ["blocking", "warning", "note"];

/** Something to know about a statement before it runs. */
export interface LintFinding {
  /** Stable: of the table in docs/lint.md. */
  readonly rule: string;
  /** How much it matters. */
  readonly level: Level;
  /** A sentence or two. */
  readonly message: string;
  /** What to write instead: statements and remarks of SQL, or a sentence; null: nothing is known. */
  readonly safe: string | null;
}

/** Whether what is to be written instead is SQL, and not a sentence. */
export function isStatements(safe: string): boolean {
  return safe.split("\n").some((line) => /;(\s*--.*)?$/.test(line));
}

/** A statement as it is told. */
export interface LintedStatement {
  /** As it was named. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** In characters, from 1. */
  readonly column: number;
  /** In one line, as it may be shown. */
  readonly shown: string;
  /** Its locks, and what it does while it holds them. */
  readonly effects: StatementEffects;
  /** Where its transaction ends, which its locks last to; null: with the statement. */
  readonly heldTo: HeldTo | null;
  /** How long it waits for a lock at the most, in words; null: nothing limits that. */
  readonly waitLimit: string | null;
  /** How long it is expected to take once it has its locks; null: that cannot be told. */
  readonly took: Span | null;
  /** Rows written a second to the tables that its locks keep writers from; null: not known. */
  readonly writesPerSecond: number | null;
  /** Sizes of the relations that work is done on, where they are known. */
  readonly sizes: readonly SizeOf[];
  /** What there is to say of it. */
  readonly findings: readonly LintFinding[];
}

/** The end of a transaction: the COMMIT's line; null: the file's end. */
export interface HeldTo {
  /** Of the COMMIT, from 1. */
  readonly line: number | null;
}

/** How large a relation is. */
export interface SizeOf {
  /** As in `LockEffect`. */
  readonly relation: string;
  /** As statistics estimate them; null: nobody knows. */
  readonly rows: number | null;
  /** Without its indexes; null likewise. */
  readonly bytes: number | null;
}

/** All that is told of some files. */
export interface LintReport {
  /** In the order of the files; of those without a finding some thousand. */
  readonly statements: readonly LintedStatement[];
  /** How many there are, those of which nothing is told among them. */
  readonly counted: number;
  /** Whence sizes are; null: they are not known. */
  readonly source: string | null;
  /** Of PostgreSQL, e.g. 18. */
  readonly version: number;
  /** s; null: not known, or none is open. */
  readonly oldestTransaction: number | null;
  /** How many files were read. */
  readonly files: number;
}

/** How many findings of each level there are. */
export function countedLevels(
  { statements }: Pick<LintReport, "statements">,
): Readonly<Record<Level, number>> {
  const all = statements.flatMap(({ findings }) => findings);
  const of = (level: Level) => all.filter((finding) => finding.level === level).length;
  return { blocking: of("blocking"), warning: of("warning"), note: of("note") };
}
