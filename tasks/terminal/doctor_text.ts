import type { Finding } from "../stack/doctor.ts";
import { paragraph } from "./safe_text.ts";

const SYMBOLS = { ok: "✓", warn: "!", missing: "✗" } as const;

/** What `doctor` found, a line each, and under it what to do. */
export function doctorText(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ name }) => name.length));
  const indent = " ".repeat(width + 4);
  const lines = findings.flatMap(({ name, state, text, fix }) => [
    `${SYMBOLS[state]} ${name.padEnd(width)}  ${paragraph(text, indent)}`,
    ...(fix === null ? [] : [`  ${" ".repeat(width)}  → ${paragraph(fix, `${indent}  `)}`]),
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
