import { UsageError } from "../model/errors.ts";
import { LOCK_MODES } from "../model/lock_modes.ts";
import type { Move, Shown } from "../model/migration.ts";
import { hint } from "../model/suggest.ts";
import { parseDuration } from "../model/units.ts";

/** What the comment says that a file of SQL begins with. */
export interface StepHead {
  /** The text before anything else; empty where there is none. */
  readonly about: string;
  readonly risk: string | null;
  readonly fix: string | null;
  readonly move: Move;
  readonly shows: readonly Shown[];
  /** How long a transaction beside stays open, s; null where it does not say. */
  readonly holdSeconds: number | null;
}

const COMMENT = /^--+ ?(.*?)\s*$/;
const TEXTS = /^(Risk|Fix):\s*(.*)$/;
const DIRECTIVE = /^(move|shows|hold):\s*(.*)$/i;

const HOW_TO_MOVE =
  "Write `-- move: lock_timeout`, `-- move: one transaction`, `-- move: lock_timeout, one transaction`, " +
  "`-- move: concurrently SCHEMA.INDEX` or `-- move: batches SCHEMA.TABLE KEY`.";
const HOW_TO_SHOW =
  "Write `-- shows: ` and, separated by |, any of: wait MODE SCHEMA.TABLE, wait row SCHEMA.TABLE, rewrite SCHEMA.TABLE, error SQLSTATE, stall.";

/**
 * Reads the head of a file.
 * @param sql the file's text
 * @param file as messages name it
 * @throws {UsageError} with file and line of what is written like a move or the like and is none
 */
export function stepHead(sql: string, file: string): StepHead {
  const texts: Record<"about" | "Risk" | "Fix", string[]> = { about: [], Risk: [], Fix: [] };
  let move: Move = { kind: "plain", oneTransaction: false };
  let shows: readonly Shown[] = [];
  let holdSeconds: number | null = null;
  let open: string[] = texts.about;
  for (const [at, line] of sql.split("\n").entries()) {
    const comment = COMMENT.exec(line.trim())?.[1];
    if (comment === undefined) {
      if (line.trim() === "") continue;
      break;
    }
    const [, name, text] = TEXTS.exec(comment) ?? [];
    const [, key, value] = DIRECTIVE.exec(comment) ?? [];
    const fault = (what: string, next: string) =>
      new UsageError(`Cannot use ${file}:${at + 1}: ${what}`, next);
    if (name !== undefined) {
      open = texts[name as "Risk" | "Fix"];
      open.push(text!);
    } else if (key === undefined) open.push(comment);
    else {
      // What follows on a line of its own is about the step again.
      open = texts.about;
      if (/^move$/i.test(key)) move = parseMove(value!, fault);
      else if (/^shows$/i.test(key)) shows = value!.split("|").map((one) => parseShown(one.trim(), fault));
      else holdSeconds = parseDuration(value!, `time to hold in ${file}:${at + 1}`);
    }
  }
  const [about, risk, fix] = Object.values(texts).map((lines) => lines.join(" ").replace(/\s+/g, " ").trim());
  return { about: about!, risk: risk || null, fix: fix || null, move, shows, holdSeconds };
}

type Fault = (what: string, next: string) => UsageError;

function parseMove(text: string, fault: Fault): Move {
  const parts = text.split(",").map((part) => part.trim().replace(/\s+/g, " "));
  const oneTransaction = parts.length > 1 || parts[0] === "one transaction";
  const [kind, ...names] = parts[0]!.split(" ");
  if (parts.slice(1).every((part) => part === "one transaction") && parts.length <= 2) {
    if (parts[0] === "one transaction" && parts.length === 1) return { kind: "plain", oneTransaction };
    if (parts[0] === "lock_timeout") return { kind: "lock_timeout", oneTransaction };
    if (kind === "concurrently" && names.length === 1 && parts.length === 1) {
      return { kind, index: names[0]! };
    }
    if (kind === "batches" && names.length === 2 && parts.length === 1) {
      return { kind, table: names[0]!, key: names[1]! };
    }
  }
  throw fault(`there is no move "${text}"`, HOW_TO_MOVE);
}

function parseShown(text: string, fault: Fault): Shown {
  const [kind, ...words] = text.split(/\s+/);
  if (kind === "stall" && words.length === 0) return { kind };
  if (kind === "error" && words.length === 1 && /^[0-9A-Z]{5}$/.test(words[0]!)) {
    return { kind, code: words[0]! };
  }
  if (kind === "rewrite" && words.length === 1) return { kind, relation: words[0]! };
  if (kind === "wait" && words.length === 2) {
    const [mode, relation] = words as [string, string];
    if (mode === "row") return { kind: "row", relation };
    if (!LOCK_MODES.includes(mode)) throw fault(`there is no lock "${mode}"`, hint(mode, LOCK_MODES));
    return { kind, mode, relation };
  }
  throw fault(`"${text}" is nothing that a step can show`, HOW_TO_SHOW);
}

/** The first sentence of a text, without its full stop. */
export function firstSentence(text: string): string {
  return /^(.*?)\.(\s|$)/s.exec(text)?.[1] ?? text;
}
