import { join } from "node:path";
import pg from "pg";

const FOLDER = join(import.meta.dirname!, "../../queries/move");

/** The text of queries/move/<file>, with names in place of `{…}`: they are quoted already. */
export function moveSql(file: string, names: Readonly<Record<string, string>> = {}): string {
  return Deno.readTextFileSync(join(FOLDER, file)).replace(/\{(\w+)\}/g, (_, name: string) => names[name]!);
}

/** What a move makes is called so on both servers; the names hold 64 bits of chance, and no other move has them. */
export interface MoveNames {
  /** Holds sentinel rows and the fence, on each server. */
  readonly schema: string;
  /** The publication, the slot and the subscription from the source to the target, and those back. */
  readonly out: string;
  readonly back: string;
  /** The slot that tells which rows are written; it goes with its session. */
  readonly tail: string;
  /** The comment that what a move makes bears. */
  readonly mark: string;
}

/** @param mark 16 hexadecimal digits */
export function namesOf(runId: string, mark: string): MoveNames {
  const schema = `benchbook_move_${mark}`;
  return {
    schema,
    out: `${schema}_out`,
    back: `${schema}_back`,
    tail: `${schema}_tail`,
    mark: `Benchbook: a move of run ${runId}, ${mark}`,
  };
}

/** Text as SQL writes it. */
export const quotedText = pg.escapeLiteral;

/** A name as SQL writes it. */
export const quotedName = pg.escapeIdentifier;
