import type { Warning } from "../../model/estimate.ts";
import type { ComparedRow, RunComparison } from "../../model/run_comparison.ts";
import { counted } from "../../model/units.ts";
import type { Cell } from "../run_levels.ts";
import type { CountRow } from "./errors.ts";
import { ONE_STRETCH } from "./judge.ts";
import { rowName } from "./verdict.ts";

/** So many requests a run make a stretch of which a quantile is taken: `least` of compare/levels.sql. */
const LEAST_REQUESTS = { p50: 8, p95: 72 } as const;
/** The code of the warning that names what has no row. */
export const NOT_COMPARED = "not-compared";
/** So many of what is not compared are named. */
const MOST_NAMED = 6;

/** What a reader of the rows must know beside them: what has no interval, and what has no row. */
export function notesOf(
  rows: readonly ComparedRow[],
  missing: readonly Cell[],
  counts: readonly CountRow[],
  runIds: readonly string[],
): Warning[] {
  const single = rows.some(({ warnings }) => warnings.some(({ code }) => code === ONE_STRETCH));
  return [
    ...single ? [{ code: ONE_STRETCH, text: "One stretch of requests a side has no interval." }] : [],
    ...missing.length === 0 ? [] : [{ code: NOT_COMPARED, text: missingText(missing, counts, runIds) }],
  ];
}

/** `Not compared: product-list over graphql (7 requests; 8 are needed).` */
function missingText(
  missing: readonly Cell[],
  counts: readonly CountRow[],
  runIds: readonly string[],
): string {
  const without = (arm: string | null, operation: string | null) =>
    missing.some((cell) => cell.arm === arm && cell.operation === operation && cell.statistic === "p50");
  const texts = missing.flatMap(({ arm, operation, statistic }) => {
    if (operation === null) return [`${rowName({ arm, operation, statistic })} (one of them is missing)`];
    // Where there is no median there is no p95 either.
    if (statistic === "p95" && without(arm, operation)) return [];
    const fewest = Math.min(
      ...runIds.map((runId) =>
        counts.find((row) => row.runId === runId && row.arm === arm && row.operation === operation)
          ?.responses ?? 0
      ),
    );
    const name = `${statistic === "p95" ? "p95 of " : ""}${operation} over ${arm}`;
    return [`${name} (${counted(fewest, "request")}; ${LEAST_REQUESTS[statistic]} are needed)`];
  });
  const more = texts.length - MOST_NAMED;
  return `Not compared: ${texts.slice(0, MOST_NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}.`;
}

/** Why a change of what has not changed is doubtful, as a sentence; none where something has, or nothing was called. */
export function unexplained(
  { verdict, differences, changes, statements, plans, only }: Pick<
    RunComparison,
    "verdict" | "differences" | "changes" | "statements" | "plans" | "only"
  >,
): string[] {
  if (verdict !== "improved" && verdict !== "regressed") return [];
  const found = [
    differences,
    changes,
    statements,
    plans,
    ...Object.values(only).flatMap(({ arms, operations }) => [arms, operations]),
  ];
  if (found.some((own) => own.length > 0)) return [];
  return [
    "Nothing that is recorded differs between them: the machine is the likelier cause. Two arms of one run (--arm) tell.",
  ];
}
