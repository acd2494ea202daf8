import { resolve } from "node:path";
import type { Config } from "../config.ts";
import { ExitCode, ServiceError } from "../model/errors.ts";
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
import { reportStep } from "./report_run.ts";
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
  const { comparison, code, unwritten } = await compareStored(base, candidate, given, {
    config,
    db: storeFile(config, given.db),
    terminal,
    comment,
    signal: interrupt.signal,
  });
  if (given.json) sayJson(comparison, 1);
  if (unwritten !== null) throw unwritten;
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
  /** What is said of a regression that was to be confirmed, and cannot be; absent: it was not to be. */
  readonly unconfirmed?: string;
  readonly signal: AbortSignal;
}

/** A comparison that was told. */
export interface ToldComparison {
  readonly comparison: RunComparison;
  /** What its verdict ends with. */
  readonly code: ExitCode;
  /** Why its page or its comment could not be written: to be thrown when all is told; null where they were. */
  readonly unwritten: ServiceError | null;
}

/** Compares, writes and tells it, also where it could not be written. */
export async function compareStored(
  base: string,
  candidate: string,
  given: Pick<CompareArguments, "report" | "pdf" | "ignoreFingerprint">,
  comparing: Comparing,
): Promise<ToldComparison> {
  const { terminal, db } = comparing;
  const compared = await terminal.step("Compare", async () => {
    using store = await openStore(db, { mode: "read" });
    const value = await read(store, base, candidate, given);
    return { value, detail: value.comparison.verdict ?? "not comparable" };
  });
  const { unwritten, ...files } = await written(compared, given, comparing);
  terminal.print(`\n${compareText(compared.comparison, terminal.width.columns)}\n`);
  for (
    const [name, file] of [["Report", files.html], ["PDF", files.pdf], ["Comment", files.markdown]] as const
  ) {
    if (file !== null) terminal.print(`${name.padEnd(8)}${file}`);
  }
  const doubt = doubtOf(compared.comparison, comparing);
  if (doubt !== null) terminal.print(`\n${doubt}`);
  return { comparison: { ...compared.comparison, files }, code: exitCodeOf(compared.comparison), unwritten };
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

/** Writes the comment and the page, as far as they are asked for and can be. */
async function written(
  compared: Compared,
  { report, pdf }: Pick<CompareArguments, "report" | "pdf">,
  comparing: Comparing,
): Promise<RunComparison["files"] & Pick<ToldComparison, "unwritten">> {
  const { config, terminal, comment, signal } = comparing;
  const doubt = doubtOf(compared.comparison, comparing);
  const refused = comment === null ? null : commentRefused(comment, compared.comparison, doubt);
  const none = { html: null, pdf: null, markdown: refused === null ? comment : null, unwritten: refused };
  if (!report) return none;
  const page = await reportStep(
    terminal,
    (onStep) => makeComparePage(compared, { config, pdf, signal, onStep }),
  );
  if (page instanceof ServiceError) return { ...none, unwritten: refused ?? page };
  for (const warning of page.warnings) terminal.print(`• ${warning}`);
  return { ...none, html: page.html, pdf: page.pdf };
}

function doubtOf({ verdict }: RunComparison, { unconfirmed = null }: { unconfirmed?: string | null }) {
  return verdict === "regressed" ? unconfirmed : null;
}

/** Writes the comment. @returns why it cannot be written; null: it is */
function commentRefused(path: string, comparison: RunComparison, doubt: string | null): ServiceError | null {
  try {
    writeCommentBlock({ path, key: `${KEY} ${comparison.scenario}` }, compareMarkdown(comparison, doubt));
    return null;
  } catch (error) {
    if (error instanceof ServiceError) return error;
    throw error;
  }
}

function exitCodeOf({ verdict }: RunComparison): ExitCode {
  if (verdict === null) return ExitCode.invalid;
  return verdict === "regressed" ? ExitCode.verdictFailed : ExitCode.ok;
}
