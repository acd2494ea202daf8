import type { ComparedVerdict } from "../model/run_comparison.ts";
import { isRunId } from "../model/run_id.ts";
import { isoMinutes } from "../model/units.ts";
import { singleLine } from "../terminal/safe_text.ts";
import type { ListedPage, SiteRow } from "./site_row.ts";

/** How much of a name stands in the list, twice where two are compared. */
const NAME_COLUMNS = 60;

/** What the list needs of a comparison.json; other versions' files may lack some of it. */
export interface StoredComparison {
  readonly id: string;
  readonly scenario: string;
  readonly verdict: ComparedVerdict | null;
  readonly reasons?: readonly string[];
  readonly base: StoredSide;
  readonly candidate: StoredSide;
}

interface StoredSide {
  readonly id: string;
  readonly label: string | null;
  readonly gitCommit: string | null;
  readonly runs: readonly { readonly runId: string; readonly startedAt: string }[];
}

/** A comparison of that name from its file's text; null where it is none. @param text null: there is no file */
export function comparisonOf(text: string | null, name: string): StoredComparison | null {
  if (text === null) return null;
  const found = JSON.parse(text) as Partial<StoredComparison> | null;
  const sides = [found?.base, found?.candidate];
  const isText = (value: unknown) => typeof value === "string";
  const reasons: unknown = found?.reasons ?? [];
  const known = found?.id === name && isText(found.verdict ?? "") && Array.isArray(reasons) &&
    reasons.every(isText) &&
    isRunId(name) && isText(found.scenario) &&
    sides.every((side) =>
      isText(side?.id) && isText(side?.label ?? "") && isText(side?.gitCommit ?? "") &&
      Array.isArray(side.runs) && side.runs.length > 0 &&
      side.runs.every((run) => !Number.isNaN(Date.parse(String(run?.startedAt))))
    );
  return known ? found as StoredComparison : null;
}

/** A comparison's line in the list of runs. */
export function listedComparison(
  { id, scenario, verdict, reasons = [], base, candidate }: StoredComparison,
): ListedPage {
  const startedAt = new Date(candidate.runs.at(-1)!.startedAt);
  return {
    directory: id,
    row: {
      kind: "comparison",
      href: `${id}/index.html`,
      runId: id,
      label: `${nameOf(candidate)} against ${nameOf(base)}`,
      scenario: `${singleLine(scenario, NAME_COLUMNS)} (compare)`,
      data: "",
      startedAt: startedAt.toISOString(),
      date: `${isoMinutes(startedAt)} UTC`,
      commit: candidate.gitCommit?.slice(0, 10) ?? "—",
      ...verdictOf(verdict),
      reasons,
      remark: "",
      requests: "—",
      p95: "—",
      struck: false,
      sample: false,
    },
    step: null,
    sides: [base, candidate].map(({ id, runs }) => [id, ...runs.map(({ runId }) => runId)]),
  };
}

function nameOf({ id, label }: StoredSide): string {
  return label === null ? id : singleLine(label, NAME_COLUMNS);
}

function verdictOf(verdict: ComparedVerdict | null): Pick<SiteRow, "verdict" | "tone"> {
  switch (verdict) {
    case "regressed":
      return { verdict: "✗ regressed", tone: "bad" };
    case "improved":
    case "equivalent":
      return { verdict: `✓ ${verdict}`, tone: "good" };
    case null:
      return { verdict: "✗ not comparable", tone: "bad" };
    default:
      return { verdict: "? inconclusive", tone: "unsure" };
  }
}
