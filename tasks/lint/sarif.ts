import type { Level, LintReport } from "../model/lint.ts";
import { RULES } from "./rules.ts";

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";
const LEVELS: Readonly<Record<Level, "error" | "warning" | "note">> = {
  blocking: "error",
  warning: "warning",
  note: "note",
};

/** The findings as SARIF 2.1.0, which code hosts show beside the lines of a change. @param version of Benchbook */
export function lintSarif({ statements }: Pick<LintReport, "statements">, version: string): object {
  const names = Object.keys(RULES);
  return {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [{
      tool: {
        driver: {
          name: "Benchbook migrate lint",
          version,
          rules: Object.entries(RULES).map(([id, text]) => ({ id, shortDescription: { text } })),
        },
      },
      columnKind: "unicodeCodePoints",
      results: statements.flatMap(({ file, line, column, findings }) =>
        findings.map(({ rule, level, message, safe }) => ({
          ruleId: rule,
          ruleIndex: names.indexOf(rule),
          level: LEVELS[level],
          message: { text: safe === null ? message : `${message}\n\nInstead:\n${safe}` },
          locations: [{
            physicalLocation: {
              artifactLocation: { uri: uriOf(file) },
              region: { startLine: line, startColumn: column },
            },
          }],
        }))
      ),
    }],
  };
}

/** A path as a URI, relative where it is so. */
function uriOf(file: string): string {
  const path = file.replaceAll("\\", "/").split("/").map(encodeURIComponent).join("/");
  return path.startsWith("/") ? `file://${path}` : path;
}
