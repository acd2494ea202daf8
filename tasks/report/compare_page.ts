import { join } from "node:path";
import type { ComparedRow, ComparedSide, RunComparison } from "../model/run_comparison.ts";
import { capital, counted, fixed, isoMinutes } from "../model/units.ts";
import { rowName } from "../summary/compare/verdict.ts";
import { shortCommit } from "../terminal/compare_text.ts";
import { ratioInterval } from "./cells.ts";
import type { ChangeLine } from "./decision.ts";
import { type Pages, templates } from "./html.ts";
import { reportFolder } from "../stack/reports_folder.ts";
import { type PageOptions, writePage, type WrittenPage } from "./page.ts";
import type { Compared } from "./sections/compare_material.ts";
import { COMPARE_SECTIONS } from "./sections/compare_sections.ts";
import { rowsTable } from "./sections/compare_tables.ts";
import { type ContentsEntry, contentsOf, viewsOf } from "./sections/section.ts";
import type { ReportTable } from "./tables.ts";

/** Everything that templates/compare.hbs shows; nothing is computed there. */
export interface ComparePageView {
  /** What sort of page it is. */
  readonly kind: "comparison" | "history";
  readonly title: string;
  readonly word: string;
  readonly tone: "good" | "bad" | "unsure";
  readonly sentence: string;
  readonly more: readonly string[];
  readonly against: string;
  /** All together and each arm; null where nothing was compared. */
  readonly whole: ReportTable | null;
  readonly regressions: readonly ChangeLine[];
  readonly improvements: readonly ChangeLine[];
  /** What the lists of changes are told against, and why there are none. */
  readonly decision: { readonly baseline: string | null; readonly notCompared: string | null };
  readonly provenance: readonly { readonly name: string; readonly value: string }[];
  readonly contents: readonly ContentsEntry[];
}

const MOST_LINES = 3;

/**
 * Makes a comparison's page, `index.html`, `report.pdf` and `comparison.json`, in a directory of the reports named by its
 * id. Without a browser there is no PDF, which is a warning.
 * @throws {ServiceError} when it cannot be written; {InterruptedError} when `signal` aborts
 */
export async function makeComparePage(compared: Compared, options: PageOptions): Promise<WrittenPage> {
  const view = comparePageView(compared);
  const templateDirectory = join(options.config.root, "templates");
  const { comparison } = compared;
  return await writePage(options, {
    directory: reportFolder(options.config.reports, comparison.id),
    again: `deno task compare ${comparison.base.id} ${comparison.candidate.id}`,
    render: (pages) => renderComparePage(view, templateDirectory, pages),
    data: "comparison.json",
    dataOf: ({ html, pdf }): RunComparison => ({ ...comparison, files: { html, pdf, markdown: null } }),
  });
}

/** One HTML file with its stylesheet and figures inside. */
export async function renderComparePage(
  view: ComparePageView,
  templateDirectory: string,
  pages: Pages = new Map(),
): Promise<string> {
  const render = await templates(templateDirectory);
  return await render("compare.hbs", { ...view, pages, slots: {}, struck: false });
}

/** The view of a comparison's page; pure. */
export function comparePageView(compared: Compared): ComparePageView {
  const { comparison } = compared;
  const { base, candidate, scenario, rows, reasons: [sentence = "", ...more], warnings, verdict } =
    comparison;
  const sections = viewsOf(COMPARE_SECTIONS, compared);
  const whole = rows.filter(({ operation }) => operation === null);
  return {
    kind: "comparison",
    title: `${scenario}: ${nameOf(candidate)} against ${nameOf(base)}`,
    ...judged(comparison),
    sentence,
    more: [...more, ...warnings.map(({ text }) => text)],
    against: `${capital(counted(candidate.runs.length, "run"))} against ${
      counted(base.runs.length, "run")
    }; equivalent: within ±5 %.`,
    whole: whole.length === 0 ? null : rowsTable(whole, {
      id: "table-whole",
      caption: "Medians of all operations, weighted by the mix",
      alone: true,
    }),
    regressions: largest(rows, "regressed"),
    improvements: largest(rows, "improved"),
    decision: {
      baseline: verdict === null ? null : "the base",
      notCompared: rows.every(({ p }) => p === null) ? "Not judged: see above." : null,
    },
    provenance: provenance(comparison),
    contents: contentsOf(COMPARE_SECTIONS, compared, sections),
  };
}

function nameOf({ id, label }: ComparedSide): string {
  return label ?? id;
}

function judged({ verdict }: RunComparison): Pick<ComparePageView, "tone" | "word"> {
  if (verdict === null) return { word: "Not comparable", tone: "bad" };
  const tones = { improved: "good", regressed: "bad", equivalent: "good", inconclusive: "unsure" } as const;
  return { word: capital(verdict), tone: tones[verdict] };
}

function largest(rows: readonly ComparedRow[], verdict: ComparedRow["verdict"]): ChangeLine[] {
  return rows.filter((row): row is ComparedRow & { ratio: number } =>
    row.verdict === verdict && row.ratio !== null
  )
    .sort((a, b) => Math.abs(Math.log(b.ratio)) - Math.abs(Math.log(a.ratio)))
    .slice(0, MOST_LINES)
    .map((row) => ({
      what: rowName(row),
      ratio: `${fixed(row.ratio, 3)}×`,
      interval: ratioInterval(row),
      notes: [],
    }));
}

function provenance({ base, candidate, scenario }: RunComparison): ComparePageView["provenance"] {
  const run = ({ id, label, runs }: ComparedSide) =>
    `${id}${label === null ? "" : `, “${label}”`}, ${counted(runs.length, "run")}`;
  const commit = ({ gitCommit }: ComparedSide) => gitCommit === null ? "none" : shortCommit(gitCommit);
  const dates = ({ runs }: ComparedSide) =>
    [...new Set([runs[0]!, runs.at(-1)!].map(({ startedAt }) => isoMinutes(startedAt)))].join(" to ");
  const [one, other] = [base.fingerprint, candidate.fingerprint];
  return [
    { name: "Base", value: run(base) },
    { name: "Candidate", value: run(candidate) },
    { name: "Scenario", value: scenario },
    { name: "Commits", value: `${commit(base)} → ${commit(candidate)}` },
    { name: "Fingerprint", value: one === other ? `${one}, of both` : `${one} and ${other}` },
    { name: "Dates", value: `${dates(base)} → ${dates(candidate)} UTC` },
  ];
}
