import { resolve } from "node:path";
import type { Config } from "../config.ts";
import { ExitCode } from "../model/errors.ts";
import type { RunComparison } from "../model/run_comparison.ts";
import { compareMarkdown } from "../report/compare_markdown.ts";
import { openStore } from "../store/open.ts";
import { compareRuns } from "../summary/compare/compare.ts";
import { compareText } from "../terminal/compare_text.ts";
import { openTerminal } from "../terminal/terminal.ts";
import { refuseOthersComment, writeCommentBlock } from "./comment_block.ts";
import { storeFile } from "./store_file.ts";

/** What `compare` is asked for. */
export interface CompareArguments {
  readonly db?: string;
  readonly json: boolean;
  readonly ignoreFingerprint: boolean;
  /** A file for a comment on a pull request. */
  readonly markdown?: string;
}

/**
 * Compares two stored runs, or series of runs, and says what it shows.
 * @returns 1 where the candidate regressed, 4 where they are not comparable, else 0
 */
export async function compare(
  base: string,
  candidate: string,
  given: CompareArguments,
  config: Config,
): Promise<ExitCode> {
  const terminal = openTerminal(given);
  const comment = given.markdown === undefined ? null : resolve(given.markdown);
  // A file that cannot be written is said before anybody waits for it.
  if (comment !== null) refuseOthersComment({ path: comment, key: KEY });
  const found = await read(storeFile(config, given.db), base, candidate, given);
  if (comment !== null) {
    writeCommentBlock({ path: comment, key: `${KEY} ${found.scenario}` }, compareMarkdown(found));
  }
  terminal.print(compareText(found, terminal.width.columns));
  if (given.json) console.log(JSON.stringify(found, null, 1));
  return exitCodeOf(found);
}

/** What a comment's marks say of it, before the scenario. */
const KEY = "compare";

async function read(
  db: string,
  base: string,
  candidate: string,
  options: Pick<CompareArguments, "ignoreFingerprint">,
): Promise<RunComparison> {
  using store = await openStore(db, { mode: "read" });
  return await compareRuns(store, base, candidate, options);
}

function exitCodeOf({ verdict }: RunComparison): ExitCode {
  if (verdict === null) return ExitCode.invalid;
  return verdict === "regressed" ? ExitCode.verdictFailed : ExitCode.ok;
}
