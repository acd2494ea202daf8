import type { Finding } from "../stack/doctor.ts";
import { singleLine } from "./safe_text.ts";

/** A finding is a line, also where a server's message is in it. */
const FINDING_COLUMNS = 600;

const SYMBOLS = { ok: "✓", warn: "!", missing: "✗" } as const;

/** What `doctor` found, a line each, and under it what to do. */
export function doctorText(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ name }) => name.length));
  const lines = findings.flatMap(({ name, state, text, fix }) => [
    `${SYMBOLS[state]} ${name.padEnd(width)}  ${singleLine(text, FINDING_COLUMNS)}`,
    ...(fix === null ? [] : [`  ${" ".repeat(width)}  → ${singleLine(fix, FINDING_COLUMNS)}`]),
  ]);
  const missing = findings.filter(({ state }) => state === "missing").length;
  const warnings = findings.filter(({ state }) => state === "warn").length;
  const verdict = missing > 0
    ? `${missing} missing: see the arrows.`
    : warnings > 0
    ? `Ready, with ${warnings} ${warnings === 1 ? "remark" : "remarks"}.`
    : "Ready.";
  return [...lines, "", verdict].join("\n");
}
