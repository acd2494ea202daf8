import { words } from "../../charts/figure.ts";
import type { RunComparison } from "../../model/run_comparison.ts";
import { counted } from "../../model/units.ts";
import { plain } from "../cells.ts";
import type { ReportTable } from "../tables.ts";
import type { Compared } from "./compare_material.ts";
import type { Section } from "./section.ts";

/** So many statements are shown, and so many lines of each. */
const MOST_STATEMENTS = 20;
const MOST_LINES = 60;

interface ChangedView {
  /** Null: nothing but statements changed, or nothing at all. */
  readonly table: ReportTable | null;
  readonly statements: readonly {
    readonly arm: string;
    readonly operation: string;
    readonly lines: readonly { readonly out: boolean; readonly text: string }[];
  }[];
  /** How much is left out, as a sentence; empty: nothing. */
  readonly more: string;
}

/** Commit, versions, settings, arms and statements: what a comparison asks about. */
export const COMPARE_CHANGED: Section<ChangedView, Compared> = {
  title: "What changed",
  figures: [],
  template: "sections/compare_changed",
  view: ({ comparison }) => ({ table: changesTable(comparison), ...statementsOf(comparison) }),
};

function changesTable({ changes, only }: RunComparison): ReportTable | null {
  const there = (side: "base" | "candidate") =>
    (["arms", "operations"] as const).flatMap((kind) =>
      only[side][kind].length === 0 ? [] : [{
        what: `${kind} of one side`,
        base: side === "base" ? only.base[kind].join(", ") : null,
        candidate: side === "candidate" ? only.candidate[kind].join(", ") : null,
      }]
    );
  const rows = [...changes, ...there("base"), ...there("candidate")];
  if (rows.length === 0) return null;
  return {
    id: "table-changes",
    caption: "Versions, settings and whatever else may differ, and does",
    columns: words("What", "Base", "Candidate"),
    groups: rows.map(({ what, base, candidate }) => ({
      name: what,
      span: 1,
      rows: [{ name: null, cells: [plain(base ?? "—"), plain(candidate ?? "—")] }],
    })),
    note: "",
  };
}

function statementsOf({ statements }: RunComparison): Pick<ChangedView, "statements" | "more"> {
  const more = statements.length - MOST_STATEMENTS;
  return {
    statements: statements.slice(0, MOST_STATEMENTS).map(({ arm, operation, changes }) => ({
      arm,
      operation,
      lines: changes.slice(0, MOST_LINES).map((text) => ({ out: text.startsWith("-"), text })),
    })),
    more: more > 0
      ? `${counted(more, "more statement")} changed; comparison.json beside this page has all.`
      : "",
  };
}
