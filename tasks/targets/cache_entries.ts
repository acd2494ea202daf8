import { judgeText } from "./graphql_answer.ts";
import type { Keep } from "./target.ts";

/** How a cache keeps the answers of what it stands before, as texts. */
export interface Entries {
  /** As what an answer is to be kept for them. */
  readonly keep: Exclude<Keep, false>;
  /** The text that is stored for an answer kept so. */
  textOf(kept: unknown): string;
  /** An answer kept so, as one who asks without a cache gets it. */
  answerOf(kept: unknown): unknown;
  /**
   * Reads a text that was stored.
   * @param keep whether the answer is wanted
   * @returns an error where it is not what is stored there
   */
  read(text: string, keep: boolean): Entry | Error;
}

/** What an entry answers; its rows are counted where the path counts them, else -1. */
export interface Entry {
  readonly rows: number;
  readonly answer: unknown;
}

/** Rows as JSON. */
export const rowEntries: Entries = {
  keep: true,
  textOf: (rows) => JSON.stringify(rows),
  answerOf: (rows) => rows,
  read(text) {
    try {
      const rows = JSON.parse(text) as unknown;
      if (Array.isArray(rows) && rows.every((row) => typeof row === "object" && row !== null)) {
        return { rows: rows.length, answer: rows };
      }
    } catch {
      // Said below.
    }
    return noEntry();
  },
};

/** The body of a GraphQL answer as it arrived; it is judged when it is read, as an answer without a cache is. */
export const bodyEntries: Entries = {
  keep: "text",
  textOf: (body) => body as string,
  // One that is no JSON for all that it looks right holds no data.
  answerOf: (body) => judgeText(200, body as string, true).answer ?? {},
  read(text, keep) {
    const { error, answer } = judgeText(200, text, keep);
    return error === null ? { rows: -1, answer } : noEntry();
  },
};

function noEntry(): Error {
  return new Error("an entry is not what was stored there");
}
