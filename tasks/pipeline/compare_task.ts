import { resolve } from "node:path";
import type { Config } from "../config.ts";
import { ExitCode } from "../model/errors.ts";
import type { RunComparison } from "../model/run_comparison.ts";
import { compareMarkdown } from "../report/compare_markdown.ts";
import { makeComparePage } from "../report/compare_page.ts";
import type { Compared } from "../report/sections/compare_material.ts";
import { prepareReports } from "../stack/reports_folder.ts";
import { openStore } from "../store/open.ts";
import { findRun, listRuns, type Rows } from "../store/runs.ts";
import { compareRuns } from "../summary/compare/compare.ts";
import { comparedPlans } from "../summary/compare/what_changed.ts";
import { sayJson } from "../terminal/command.ts";
import { compareText } from "../terminal/compare_text.ts";
import { openTerminal, type Terminal } from "../terminal/terminal.ts";
import { refuseOthersComment, writeCommentBlock } from "./comment_block.ts";
import { interruptSignal } from "./interrupt.ts";
import { storeFile } from "./store_file.ts";

/** What `compare` is asked for. */
export interface CompareArguments {
  readonly db?: string;
  readonly json: boolean;
  readonly report: boolean;
  readonly pdf: boolean;
  readonly ignoreFingerprint: boolean;
  /** A file for a comment on a pull request. */
  readonly markdown?: string;
}

/** What a comment's marks say of it, before the scenario. */
const KEY = "compare";

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
  // What cannot be written is said before anybody waits for it.
  if (comment !== null) refuseOthersComment({ path: comment, key: KEY });
  if (given.report) prepareReports(config.reports);
  using interrupt = interruptSignal(config.home);
  const { comparison, code } = await compareStored(base, candidate, given, {
    config,
    db: storeFile(config, given.db),
    terminal,
    comment,
    signal: interrupt.signal,
  });
  if (given.json) sayJson(comparison, 1);
  return code;
}

/** Where runs are compared, and what is written of it. */
export interface Comparing {
  readonly config: Config;
  /** The store that has both. */
  readonly db: string;
  readonly terminal: Terminal;
  /** A file for a comment on a pull request; null: none is wanted. */
  readonly comment: string | null;
  readonly signal: AbortSignal;
}

/** Compares, writes and tells it. @returns it with the code that it ends with */
export async function compareStored(
  base: string,
  candidate: string,
  given: Pick<CompareArguments, "report" | "pdf" | "ignoreFingerprint">,
  comparing: Comparing,
): Promise<{ readonly comparison: RunComparison; readonly code: ExitCode }> {
  const { terminal, db } = comparing;
  const compared = await terminal.step("Compare", async () => {
    using store = await openStore(db, { mode: "read" });
    const value = await read(store, base, candidate, given);
    return { value, detail: value.comparison.verdict ?? "not comparable" };
  });
  const files = await written(compared, given, comparing);
  terminal.print(`\n${compareText(compared.comparison, terminal.width.columns)}\n`);
  for (
    const [name, file] of [["Report", files.html], ["PDF", files.pdf], ["Comment", files.markdown]] as const
  ) {
    if (file !== null) terminal.print(`${name.padEnd(8)}${file}`);
  }
  return { comparison: { ...compared.comparison, files }, code: exitCodeOf(compared.comparison) };
}

async function read(
  rows: Rows,
  base: string,
  candidate: string,
  options: Pick<CompareArguments, "ignoreFingerprint">,
): Promise<Compared> {
  const comparison = await compareRuns(rows, base, candidate, options);
  const runs = await listRuns(rows);
  const [first, second] = [comparison.base, comparison.candidate].map((side) =>
    findRun(runs, side.runs.at(-1)!.runId)
  );
  return { comparison, plans: await comparedPlans(rows, first!, second!) };
}

/** Writes the page and the comment, as far as they are asked for. */
async function written(
  compared: Compared,
  given: Pick<CompareArguments, "report" | "pdf">,
  { config, terminal, comment, signal }: Comparing,
): Promise<RunComparison["files"]> {
  if (comment !== null) {
    const { comparison } = compared;
    writeCommentBlock({ path: comment, key: `${KEY} ${comparison.scenario}` }, compareMarkdown(comparison));
  }
  if (!given.report) return { html: null, pdf: null, markdown: comment };
  const { html, pdf, warnings } = await terminal.step("Report", async (progress) => {
    const { pdf } = given;
    const value = await makeComparePage(compared, {
      config,
      pdf,
      signal,
      onStep: progress,
    });
    return { value, detail: value.pdf === null ? "HTML" : "HTML and PDF" };
  });
  for (const warning of warnings) terminal.print(`• ${warning}`);
  return { html, pdf, markdown: comment };
}

function exitCodeOf({ verdict }: RunComparison): ExitCode {
  if (verdict === null) return ExitCode.invalid;
  return verdict === "regressed" ? ExitCode.verdictFailed : ExitCode.ok;
}
