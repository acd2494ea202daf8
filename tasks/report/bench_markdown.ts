import { basename, isAbsolute } from "node:path";
import { verdictWord } from "../model/comparison_text.ts";
import { verdictText } from "../model/run.ts";
import { type Comparison, outcomeText, type RunSummary, sloOutcome } from "../model/summary.ts";
import { counted, formatCount, formatIn, formatMs, formatShare, significant } from "../model/units.ts";
import { markdownCode, markdownText } from "./markdown_safe.ts";
import { loadModel, reproduce } from "./method.ts";

const MOST_REASONS = 4;
const MOST_ROWS = 10;
const MOST_TARGETS = 6;
const MOST_PLANS = 3;

/** What measuring again said of what had looked slower. */
export interface Confirmed {
  /** In a sentence. */
  readonly text: string;
  /** Whether something was slower twice. */
  readonly regressed: boolean;
}

/**
 * A run for a pull request: the verdict first, then the comparisons of its arms that tell most, or of one arm its response
 * times; targets, plans that changed, and how to have it again. At most 38 lines, none of them a mark.
 * @param confirmed null: nothing was to be measured again
 */
export function benchMarkdown(summary: RunSummary, confirmed: Confirmed | null): string {
  const { run, verdict, reasons } = summary;
  const word = confirmed?.regressed === true
    ? "regressed"
    : verdict === null
    ? run.status
    : verdictText(verdict);
  const compared = summary.comparisons.filter(isShown);
  return [
    `### Benchmark ${markdownCode(run.scenario)}: **${word.toUpperCase()}**`,
    "",
    ...[...confirmed === null ? [] : [confirmed.text], ...reasons].slice(0, MOST_REASONS)
      .map((reason) => `- ${markdownText(reason)}`),
    "",
    ...compared.length > 0 ? comparedLines(compared) : measuredLines(summary),
    "",
    ...targetLines(summary),
    ...planLines(summary),
    ...armLines(summary),
    `- **Run** ${markdownCode(run.runId)}${run.label === null ? "" : ` “${markdownText(run.label, 40)}”`}: ${
      markdownText(loadModel(run.config))
    }; again: ${markdownCode(reproduce(run), { most: 600 })}`,
  ].join("\n");
}

/** As at a terminal: medians, and p95 where that was decided. */
function isShown({ ratio, statistic, verdict }: Comparison): boolean {
  return ratio !== null && (statistic === "p50" || verdict !== "inconclusive");
}

function comparedLines(comparisons: readonly Comparison[]): string[] {
  const weight = ({ operation, verdict }: Comparison) =>
    operation === null ? 0 : ["slower", "faster", "inconclusive", "equivalent"].indexOf(verdict) + 1;
  const change = ({ ratio }: Comparison) => Math.abs(Math.log(ratio!));
  const shown = comparisons.toSorted((a, b) => weight(a) - weight(b) || change(b) - change(a))
    .slice(0, MOST_ROWS);
  return table(
    ["compared", "operation", "", "ratio (95 % interval)", "verdict"],
    shown.map((each) => [
      `${code(each.candidate)} / ${code(each.baseline)}`,
      each.operation === null ? "all operations" : code(each.operation),
      each.statistic === "p50" ? "median" : each.statistic,
      `${significant(each.ratio!, 3)}×${
        each.low === null || each.high === null
          ? ""
          : ` (${significant(each.low, 3)} to ${significant(each.high, 3)})`
      }`,
      verdictWord(each),
    ]),
    3,
    comparisons.length - shown.length,
  );
}

function measuredLines({ operations }: RunSummary): string[] {
  const shown = operations.slice(0, MOST_ROWS);
  return table(
    ["arm", "operation", "p50", "p95", "errors"],
    shown.map(({ arm, operation, response, errorRate }) => [
      code(arm),
      operation === null ? "all operations" : code(operation),
      formatMs(response["0.5"]?.value ?? null),
      formatMs(response["0.95"]?.value ?? null),
      formatShare(errorRate.value),
    ]),
    2,
    operations.length - shown.length,
  );
}

/** @param numbers the column from which on numbers stand, but for the last */
function table(titles: string[], rows: string[][], numbers: number, hidden: number): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(titles),
    line(titles.map((_, at) => at >= numbers && at < titles.length - 1 ? "--:" : ":--")),
    ...rows.map(line),
    ...hidden > 0 ? ["", `And ${counted(hidden, "more row")} in the report.`] : [],
  ];
}

function code(name: string): string {
  return markdownCode(name, { cell: true, most: 60 });
}

function targetLines({ slo, run, verdict }: RunSummary): string[] {
  if (slo.length === 0) return [];
  const texts = slo.slice(0, MOST_TARGETS).map((result) =>
    `${outcomeText(sloOutcome(result, { run, verdict }))} ${markdownCode(result.text, { most: 60 })} over ${
      markdownCode(result.arm, { most: 40 })
    } (${formatIn(result.unit, result.measured.value)})`
  );
  const more = slo.length - texts.length;
  return [`- **Targets**: ${texts.join("; ")}${more > 0 ? `; and ${formatCount(more)} more` : ""}`];
}

function planLines({ operations }: RunSummary): string[] {
  const changed = operations.flatMap(({ arm, operation, planChanges = [] }) =>
    operation === null || planChanges.length === 0 ? [] : [{ arm, operation, first: planChanges[0]! }]
  );
  if (changed.length === 0) return [];
  const texts = changed.slice(0, MOST_PLANS).map(({ arm, operation, first }) =>
    `${markdownCode(operation, { most: 60 })} over ${markdownCode(arm, { most: 40 })}: ${
      markdownCode(first, { most: 120 })
    }`
  );
  const more = changed.length - texts.length;
  return [
    `- **Plans that changed**: ${texts.join("; ")}${more > 0 ? `; and ${formatCount(more)} more` : ""}`,
  ];
}

function armLines({ run: { config: { armFiles = [] } } }: RunSummary): string[] {
  if (armFiles.length === 0) return [];
  const texts = armFiles.slice(0, MOST_TARGETS).map(({ name, file }) =>
    `${markdownCode(name, { most: 40 })} ${
      file === "" ? "(a twin)" : markdownCode(isAbsolute(file) ? basename(file) : file, { most: 80 })
    }`
  );
  return [`- **Arms**: ${texts.join("; ")}`];
}
