import { statSync } from "node:fs";
import { dirname } from "node:path";
import { replaceText } from "../files/replace_text.ts";
import { readSmallText } from "../files/small_file.ts";
import { ServiceError, UsageError } from "../model/errors.ts";
import type { RunSummary } from "../model/summary.ts";
import { migrationsMarkdown } from "../report/migrations_markdown.ts";
import { probeMarkdown } from "../report/probe_markdown.ts";

/** How each of them begins. */
const MARKS = ["### Migration ", "### Probe "];

/** Before anything is measured: a file that is somebody else's is not written over. @throws {UsageError} where it is */
export function refuseOthersFile(path: string): void {
  let text: string;
  try {
    text = readSmallText(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || (error as { code?: string }).code === "ENOENT") {
      return refuseNoFolder(path);
    }
    throw new UsageError(
      `Cannot write the summary for a pull request into ${path}: ${(error as Error).message}`,
      "Give --markdown the name of a file that is not there yet.",
    );
  }
  if (text === "" || MARKS.some((mark) => text.startsWith(mark))) return;
  throw new UsageError(
    `Cannot write the summary for a pull request into ${path}: there is a file that Benchbook has not written`,
    "Nothing was changed. Give --markdown another name.",
  );
}

/** A change of a user's own database is not undone: what cannot be written afterwards is said before it. */
function refuseNoFolder(path: string): void {
  const folder = dirname(path);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  throw new UsageError(
    `Cannot write the summary for a pull request into ${path}: there is no folder ${folder}`,
    "Make it first, or give --markdown another name.",
  );
}

/** Writes what came of the runs. @throws {ServiceError} where the file cannot be written */
export function writeComment(path: string, summaries: readonly RunSummary[]): void {
  write(path, summaries.length === 0 ? "" : migrationsMarkdown(summaries));
}

/** Writes what a probe saw. @throws {ServiceError} where the file cannot be written */
export function writeProbeComment(path: string, summary: RunSummary): void {
  const { probe } = summary;
  if (probe !== undefined) write(path, probeMarkdown({ ...summary, probe }));
}

function write(path: string, text: string): void {
  try {
    // A run takes minutes: somebody else may have put a file there meanwhile.
    refuseOthersFile(path);
    replaceText(path, text);
  } catch (error) {
    throw new ServiceError(
      `Cannot write the summary for a pull request into ${path}: ${(error as Error).message}`,
      "The runs are stored, and deno task report renders them.",
      { cause: error },
    );
  }
}
