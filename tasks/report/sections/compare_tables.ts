import { numbers, words } from "../../charts/figure.ts";
import type { ComparedRow } from "../../model/run_comparison.ts";
import { fixed, formatProbability, formatShare, measuredMs } from "../../model/units.ts";
import { floorText, RATIO_NOTE, VERDICT_SIGNS } from "../../terminal/compare_text.ts";
import { type Cell, estimateCell, Footnotes, plain, ratioInterval } from "../cells.ts";
import type { ReportTable } from "../tables.ts";
import type { Compared } from "./compare_material.ts";
import type { Section } from "./section.ts";

interface Tables {
  readonly tables: readonly ReportTable[];
}

/** In what the fingerprints differ; left out where they do not. */
export const COMPARE_FINGERPRINT: Section<Tables, Compared> = {
  title: "What differs and should not",
  figures: [],
  template: "partials/section",
  view: ({ comparison: { differences } }) =>
    differences.length === 0 ? null : {
      tables: [{
        id: "table-fingerprints",
        caption: "Facts in which the fingerprints differ",
        columns: words("Part", "Fact", "Base", "Candidate"),
        groups: [...Map.groupBy(differences, ({ part }) => part)].map(([part, own]) => ({
          name: part === "dataset" ? "data set" : part,
          span: own.length,
          rows: own.map(({ name, base, candidate }) => ({
            name,
            cells: [plain(base || "—"), plain(candidate || "—")],
          })),
        })),
        note: "Runs are comparable where machine, data set and load are the same.",
      }],
    },
};

/** Every row of the comparison. */
export const COMPARE_ROWS: Section<Tables, Compared> = {
  title: "Every operation",
  figures: [],
  template: "partials/section",
  view: ({ comparison: { rows } }) =>
    rows.length === 0 ? null : {
      tables: [rowsTable(rows, { id: "table-compared", caption: "Response times of candidate and base" })],
    },
};

/** Rows under the names of their arms. @param named.alone there is one for each arm: its name says it all */
export function rowsTable(
  rows: readonly ComparedRow[],
  named: Pick<ReportTable, "id" | "caption"> & { readonly alone?: true },
): ReportTable {
  return {
    id: named.id,
    caption: named.caption,
    columns: [
      ...words("Arm", ...named.alone ? [] : ["Operation and statistic"]),
      ...numbers("Base", "Candidate", "Ratio", "95 % interval", "Noise floor", "p (adjusted)"),
      ...words("Verdict"),
    ],
    groups: [...Map.groupBy(rows, ({ arm }) => arm ?? "All arms")].map(([name, own]) => ({
      name,
      span: own.length,
      rows: own.map((row) => ({
        name: named.alone ? null : `${row.operation ?? "all operations"} ${row.statistic}`,
        cells: cellsOf(row),
      })),
    })),
    note: `${RATIO_NOTE} ` +
      "Ratio: response time of the candidate divided by the base's. All operations: their mean, weighted by the mix. Noise " +
      "floor: with nothing changed, such a ratio lies within it in 95 of 100 comparisons. An interval is for one row alone " +
      "and a verdict accounts for all of them.",
  };
}

function cellsOf(row: ComparedRow): Cell[] {
  return [
    plain(measuredMs(row.baseMs)),
    plain(measuredMs(row.candidateMs)),
    {
      ...plain(row.ratio === null ? "—" : `${fixed(row.ratio, 3)}×`),
      hint: row.warnings.map(({ text }) => text).join(" "),
    },
    plain(ratioInterval(row) || "—"),
    plain(floorText(row.floor)),
    plain(formatProbability(row.p)),
    plain(`${VERDICT_SIGNS[row.verdict]} ${row.verdict}`),
  ];
}

/** Requests without an answer, beside every latency. */
export const COMPARE_ERRORS: Section<Tables, Compared> = {
  title: "Requests without an answer",
  figures: [],
  template: "partials/section",
  view: ({ comparison: { errors } }) => {
    if (errors.length === 0) return null;
    const footnotes = new Footnotes();
    const rate = (estimate: typeof errors[number]["base"]): Cell => {
      const { text, hint } = estimateCell(estimate, formatShare, footnotes);
      return plain(`${text}${hint === "" ? "" : ` (${hint.replace(/^.*interval /, "")})`}`);
    };
    return {
      tables: [{
        id: "table-unanswered",
        caption: "Requests that failed, timed out, were shed or never sent, with 95 % intervals",
        columns: [
          ...words("Arm"),
          ...numbers("Base", "Candidate", "Shed or never sent: base", "candidate"),
          ...words("More"),
        ],
        groups: errors.map(({ arm, base, candidate, unserved, more }) => ({
          name: arm,
          span: 1,
          rows: [{
            name: null,
            cells: [
              rate(base),
              rate(candidate),
              plain(formatShare(unserved.base)),
              plain(formatShare(unserved.candidate)),
              plain(more ? "▲ more" : "= not more"),
            ],
          }],
        })),
        note:
          "Answers that are not given take no time: where there are more of them, nothing is called improved.",
      }],
    };
  },
};
