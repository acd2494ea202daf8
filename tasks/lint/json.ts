import { keptBy } from "../model/lock_modes.ts";
import { countedLevels, type LintReport } from "../model/lint.ts";

/** The form of what `--format json` prints: it changes with the number. */
const FORM = 1;

/** All that is told, for programs. */
export function lintJson(report: LintReport): object {
  return {
    form: FORM,
    postgresql: report.version,
    sizes: report.source,
    oldestTransactionSeconds: report.oldestTransaction,
    files: report.files,
    statements: report.counted,
    findings: countedLevels(report),
    told: report.statements.map((
      { file, line, column, shown, effects, heldTo, waitLimit, took, writesPerSecond, sizes, findings },
    ) => ({
      file,
      line,
      column,
      sql: shown,
      kind: effects.kind,
      locks: effects.locks.map(({ relation, mode }) => ({ relation, mode, waiting: keptBy(mode) })),
      heldTo: heldTo === null
        ? "statement"
        : heldTo.line === null
        ? "end of the file"
        : `line ${heldTo.line}`,
      waitLimit,
      work: effects.work.map((work) => ({
        ...work,
        ...sizes.find(({ relation }) => relation === work.relation),
      })),
      took,
      writesPerSecond,
      unknown: effects.unknown,
      findings,
    })),
  };
}
