import { lockSaid, workSaid } from "../model/effects_text.ts";
import { keptBy } from "../model/lock_modes.ts";
import {
  countedLevels,
  isStatements,
  type LintedStatement,
  type LintFinding,
  type LintReport,
} from "../model/lint.ts";
import { counted, formatMs, formatSeconds } from "../model/units.ts";
import { singleLine } from "./safe_text.ts";
import { type Width, widthOf } from "./width.ts";
import { wrapText } from "./wrap.ts";

/** No more are shown of a long file: JSON and SARIF have all. */
const MOST = 200;
const SHOWN_COLUMNS = 160;
const MESSAGE_COLUMNS = 800;

/**
 * What is told of files of SQL, for people, within the terminal's width. Statements to write instead are not broken: a
 * remark's second line would be none.
 */
export function lintText(report: LintReport, width: Width = widthOf()): string {
  const told = report.statements.filter(isTold);
  const shown = told.slice(0, MOST);
  const left = told.length - shown.length;
  return [
    ...shown.flatMap((statement) => [...statementText(statement, width), ""]),
    ...left === 0 ? [] : [`… and ${counted(left, "statement")} more: --format json has all.`, ""],
    wrapText(sourceText(report), width),
    wrapText(totalText(report), width),
  ].join("\n");
}

/** Whether there is something to say of a statement: it is found fault with, or keeps somebody waiting. */
export function isTold({ findings, effects: { locks } }: LintedStatement): boolean {
  return findings.length > 0 || locks.some(({ mode }) => keptBy(mode).writes);
}

function statementText(statement: LintedStatement, width: Width): string[] {
  const { file, line, column, shown, effects: { locks, work }, waitLimit, sizes, findings } = statement;
  // What a finding says already is not said twice.
  const said = findings.map(({ message }) => message.toLowerCase());
  const untold = work.filter(({ why }) => !said.some((message) => message.includes(why.toLowerCase())));
  const strong = locks.filter(({ mode }) => keptBy(mode).schemaChanges);
  const prose = [
    `${singleLine(file)}:${line}:${column} ${singleLine(shown, SHOWN_COLUMNS)}`,
    ...strong.map((lock) =>
      `  ${singleLine(lockSaid(lock, waitLimit), MESSAGE_COLUMNS)}${heldText(statement)}`
    ),
    ...untold.map((each) => `  ${singleLine(workSaid(each, sizes), MESSAGE_COLUMNS)}`),
    ...tookText(statement),
  ];
  return [
    ...prose.map((text) => wrapText(text, width)),
    ...findings.flatMap((finding) => findingText(finding, width)),
  ];
}

/** Until when a lock is held, where that is later than its statement. */
export function heldText({ heldTo }: Pick<LintedStatement, "heldTo">): string {
  if (heldTo === null) return "";
  return heldTo.line === null
    ? ", until the transaction ends"
    : `, until the transaction ends in line ${heldTo.line}`;
}

function tookText({ took, writesPerSecond, effects: { work } }: LintedStatement): string[] {
  if (took === null || work.length === 0) return [];
  const kept = Math.round((writesPerSecond ?? 0) * took.ms / 1000);
  const writes = kept === 0 ? "" : `; about ${counted(kept, "row")} would have been written meanwhile`;
  return [
    `  takes about ${formatMs(took.ms)} (${formatMs(took.lowMs)} to ${formatMs(took.highMs)})${writes}`,
  ];
}

function findingText({ rule, level, message, safe }: LintFinding, width: Width): string[] {
  const lines = safe === null ? [] : safe.split("\n");
  const isSql = safe !== null && isStatements(safe);
  const lead = isSql ? "instead: " : "advice: ";
  const instead = lines.map((line, at) =>
    `    ${at === 0 ? lead : " ".repeat(lead.length)}${singleLine(line, MESSAGE_COLUMNS)}`
  );
  return [
    wrapText(`  ${level} ${rule}: ${singleLine(message, MESSAGE_COLUMNS)}`, width),
    ...instead.map((line) => isSql ? line : wrapText(line, width)),
  ];
}

/** Whence sizes are. */
function sourceText({ source, version, oldestTransaction }: LintReport): string {
  if (source === null) {
    return `Sizes are not known, nor what is in the catalogue: DATABASE_URL or --sizes tells them. PostgreSQL ${version} is assumed.`;
  }
  const oldest = oldestTransaction === null
    ? ""
    : ` The oldest open transaction is ${formatSeconds(oldestTransaction)} old.`;
  return `Sizes by ${singleLine(source)}, PostgreSQL ${version}.${oldest}`;
}

function totalText(report: LintReport): string {
  const { blocking, warning, note } = countedLevels(report);
  return `${counted(report.counted, "statement")} in ${
    counted(report.files, "file")
  }: ${blocking} blocking, ${counted(warning, "warning")}, ${counted(note, "note")}.`;
}
