import { resolve } from "node:path";
import { ServiceError } from "../model/errors.ts";
import type { RunSummary } from "../model/summary.ts";
import type { Confirmed } from "../report/bench_markdown.ts";
import { refuseOthersComment, writeCommentBlock } from "./comment_block.ts";
import type { Job } from "./job.ts";

/** What a comment's marks say of it, before the scenario. */
const KEY = "bench";

/** The file of `--markdown`, before anything is measured; null: none is wanted. @throws {UsageError} where it is another's */
export function commentOf({ given: { markdown } }: Pick<Job, "given">): string | null {
  if (markdown === undefined) return null;
  const path = resolve(markdown);
  refuseOthersComment({ path, key: KEY });
  return path;
}

/** Writes what came of a run, and says where. @returns why it cannot be written; null: it is */
export async function writeRunComment(
  path: string,
  summary: RunSummary,
  confirmed: Confirmed | null,
  { terminal }: Pick<Job, "terminal">,
): Promise<ServiceError | null> {
  const { benchMarkdown } = await import("../report/bench_markdown.ts");
  try {
    const key = `${KEY} ${summary.run.scenario}`;
    writeCommentBlock({ path, key }, benchMarkdown(summary, confirmed));
  } catch (error) {
    if (error instanceof ServiceError) return error;
    throw error;
  }
  terminal.print(`Comment ${path}`);
  return null;
}
