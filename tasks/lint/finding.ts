import type { StatementEffects } from "../model/statement_effects.ts";

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
export interface Finding {
  /** Stable: of the table in docs/lint.md. */
  readonly rule: string;
  readonly level: Level;
  /** A sentence or two. */
  readonly message: string;
  /** What to write instead: statements and remarks of SQL, or a sentence; null: nothing is known. */
  readonly safe: string | null;
}

/** A statement as it is told. */
export interface LintedStatement {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** In characters, from 1. */
  readonly column: number;
  /** In one line, as it may be shown. */
  readonly shown: string;
  readonly effects: StatementEffects;
  /** Where its transaction ends, which its locks last to; null: with the statement. */
  readonly heldTo: HeldTo | null;
  /** Sizes of the relations that work is done on, where they are known. */
  readonly sizes: readonly SizeOf[];
  readonly findings: readonly Finding[];
}

/** The end of a transaction: the COMMIT's line; null: the file's end. */
export interface HeldTo {
  readonly line: number | null;
}

/** How large a relation is. */
export interface SizeOf {
  readonly relation: string;
  readonly rows: number | null;
  readonly bytes: number | null;
}

/** All that is told of some files. */
export interface LintReport {
  readonly statements: readonly LintedStatement[];
  /** How many there are, those of which nothing is told among them. */
  readonly counted: number;
  /** Whence sizes are; null: they are not known. */
  readonly source: string | null;
  readonly version: number;
  /** s; null: not known, or none is open. */
  readonly oldestTransaction: number | null;
}
