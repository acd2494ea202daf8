import { judgeText } from "./graphql_answer.ts";
import type { Keep, Statement } from "./target.ts";

/** How a cache keeps the answers of what it stands before, as texts. */
export interface Entries {
  /** As what an answer is to be kept for them. */
  readonly keep: Exclude<Keep, false>;
  /** The text that is stored for an answer kept so. */
  textOf(kept: unknown): string;
  /** An answer kept so, as one who asks without a cache gets it. */
  answerOf(kept: unknown): unknown;
  /** Whether an answer kept so says that there is nothing. */
  isEmpty(kept: unknown, statement: Statement): boolean;
  /** What a text that was stored answers, as one who asks without a cache gets it. */
  read(text: string): unknown;
}

/** Rows as JSON. */
export const rowEntries: Entries = {
  keep: true,
  textOf: (rows) => JSON.stringify(rows),
  answerOf: (rows) => rows,
  isEmpty: (rows) => (rows as readonly unknown[]).length === 0,
  read: (text) => JSON.parse(text) as unknown,
};

/** The body of a GraphQL answer as it arrived. */
export const bodyEntries: Entries = {
  keep: "text",
  textOf: (body) => body as string,
  // One that is no JSON for all that it looks right holds no data.
  answerOf: (body) => judgeText(200, body as string, true).answer ?? {},
  isEmpty: (body, { result }) =>
    result !== undefined && isNothing(judgeText(200, body as string, true).answer, result),
  read: (body) => judgeText(200, body, true).answer ?? {},
};

/** Whether a GraphQL answer has no rows where it holds them. @param result where that is, below `data` */
function isNothing(answer: unknown, result: readonly string[]): boolean {
  const rows = ["data", ...result].reduce<unknown>(
    (at, key) => (at as Record<string, unknown> | null)?.[key],
    answer,
  );
  return rows === null || rows === undefined || Array.isArray(rows) && rows.length === 0;
}
