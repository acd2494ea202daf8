import { BenchbookError } from "./errors.ts";

/** How a statement ends as it is shown where it may hold a password. */
export const HIDDEN = "… (not shown: it may hold a password)";

/**
 * An error without the server's words where its statement is not shown: they may quote it. Its code stays.
 * @param shown the statement as it may be shown
 */
export function withoutWords(shown: string, error: unknown): unknown {
  if (!shown.endsWith(HIDDEN) || !(error instanceof Error) || error instanceof BenchbookError) return error;
  const { code } = error as { readonly code?: unknown };
  if (typeof code !== "string" || !/^[0-9A-Z]{5}$/.test(code)) return error;
  return Object.assign(new Error("what the server said is not shown, as it may hold a password"), { code });
}
