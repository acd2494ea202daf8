import { countedLevels, isStatements, LEVELS, type LintedStatement, type LintReport } from "../model/lint.ts";
import { lockSaid, workSaid } from "../model/effects_text.ts";
import { keptBy } from "../model/lock_modes.ts";
import { counted, formatMs } from "../model/units.ts";
import { markdownBlock, markdownCode, markdownText } from "./markdown_safe.ts";

/** What a comment on a pull request has room for. */
const MOST = 50;
const MESSAGE = 800;

/** What is told of files of SQL, for a pull request. */
export function lintMarkdown(report: LintReport): string {
  const { blocking, warning, note } = countedLevels(report);
  const told = report.statements.filter(({ findings }) => findings.length > 0);
  const shown = told.slice(0, MOST);
  const source = report.source === null ? "sizes are not known" : `sizes by ${markdownText(report.source)}`;
  return [
    `**${blocking} blocking**, ${counted(warning, "warning")}, ${counted(note, "note")} in ${
      counted(report.counted, "statement")
    } (PostgreSQL ${report.version}, ${source})`,
    "",
    ...shown.flatMap(statementMarkdown),
    ...told.length > shown.length
      ? [`… and ${counted(told.length - shown.length, "statement")} more.`, ""]
      : [],
  ].join("\n").trimEnd();
}

function statementMarkdown(
  { file, line, column, shown, effects, waitLimit, sizes, took, findings }: LintedStatement,
): string[] {
  const locks = effects.locks.filter(({ mode }) => keptBy(mode).schemaChanges);
  const sorted = LEVELS.flatMap((level) => findings.filter((finding) => finding.level === level));
  const length = took === null || effects.work.length === 0 ? [] : [`- takes about ${formatMs(took.ms)}`];
  return [
    `**${markdownText(file)}:${line}:${column}** ${markdownCode(shown)}`,
    "",
    ...locks.map((lock) => `- ${markdownText(lockSaid(lock, waitLimit), MESSAGE)}`),
    ...effects.work.map((work) => `- ${markdownText(workSaid(work, sizes), MESSAGE)}`),
    ...length,
    ...sorted.flatMap(({ rule, level, message, safe }) => [
      `- **${level}** ${rule}: ${markdownText(message, MESSAGE)}`,
      ...safe === null || isStatements(safe) ? [] : [`  Advice: ${markdownText(safe, MESSAGE)}`],
    ]),
    "",
    ...sorted.flatMap(({ safe }) =>
      safe !== null && isStatements(safe) ? [...markdownBlock(safe.split("\n"), "sql", MESSAGE), ""] : []
    ),
  ];
}
