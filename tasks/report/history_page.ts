import { join } from "node:path";
import type { HistoryStretch, HistoryTrend, RunHistory } from "../model/history.ts";
import { counted, fixed, formatProbability, isoMinutes, listed, measuredMs } from "../model/units.ts";
import { elsewhereText, trendName } from "../terminal/history_text.ts";
import { historyFolder } from "../stack/history_folder.ts";
import { isReport } from "../stack/reports_folder.ts";
import { plain } from "./cells.ts";
import type { ComparePageView } from "./compare_page.ts";
import type { ChangeLine } from "./decision.ts";
import { type Pages, templates } from "./html.ts";
import { type PageContent, type PageOptions, writePage, type WrittenPage } from "./page.ts";
import { notDrawn } from "./sections/history_drawn.ts";
import { HISTORY_SECTIONS } from "./sections/history_sections.ts";
import type { HistoryMaterial } from "./sections/history_material.ts";
import { runName } from "./sections/history_tables.ts";
import { contentsOf, viewsOf } from "./sections/section.ts";
import { numbers, words } from "../charts/figure.ts";
import type { ReportTable } from "./tables.ts";

const MOST_LINES = 3;

/**
 * Makes the page of a scenario's history, `index.html`, `report.pdf` and `history.json`, in its directory of the reports:
 * `history/SCENARIO`. Without a browser there is no PDF, which is a warning.
 * @throws {UsageError} where something else lies there; {ServiceError} when it cannot be written; {InterruptedError} when
 * `signal` aborts
 */
export async function makeHistoryPage(
  history: RunHistory,
  options: PageOptions & Pick<PageContent, "key">,
): Promise<WrittenPage> {
  const { config: { reports, root }, key } = options;
  const templateDirectory = join(root, "templates");
  const linkOf = (runId: string) => isReport(join(reports, runId)) ? `../../${runId}/index.html` : null;
  return await writePage(options, {
    directory: historyFolder(reports, history.scenario),
    ...key === undefined ? {} : { key },
    again: `deno task history ${history.scenario}`,
    render: (pages) => renderHistoryPage({ history, linkOf }, templateDirectory, pages),
    data: "history.json",
    dataOf: () => history,
  });
}

/**
 * The page of a scenario's history: one HTML file with its stylesheet and figures inside.
 * @param pages printed page numbers for the contents, once they are known
 */
export async function renderHistoryPage(
  material: HistoryMaterial,
  templateDirectory: string,
  pages: Pages = new Map(),
): Promise<string> {
  const render = await templates(templateDirectory);
  const view = historyPageView(material);
  return await render("compare.hbs", { ...view, pages, slots: {}, struck: false });
}

/** The view of a history's page; pure. */
export function historyPageView(material: HistoryMaterial): ComparePageView {
  const { history } = material;
  const [newest] = history.stretches as [HistoryStretch, ...HistoryStretch[]];
  const { runs } = newest;
  const sections = viewsOf(HISTORY_SECTIONS, material);
  return {
    kind: "history",
    title: `${history.scenario}: from run to run`,
    ...judged(newest),
    more: apart(history),
    against: `${counted(runs.length, "run")} of the same machine, data set and load, ${
      listed([...new Set([runs[0]!, runs.at(-1)!].map(({ startedAt }) => isoMinutes(startedAt)))])
        .replace(" and ", " to ")
    } UTC.`,
    whole: wholeTable(newest),
    regressions: largest(newest, (ratio) => ratio > 1),
    improvements: largest(newest, (ratio) => ratio < 1),
    decision: {
      baseline: "before",
      notCompared: isShort(newest) ? "Fewer than ten runs: not judged." : null,
    },
    provenance: provenance(history),
    contents: contentsOf(HISTORY_SECTIONS, material, sections),
  };
}

function isShort({ runs }: HistoryStretch): boolean {
  return runs.length < 10;
}

/** What became of the level last, over all operations where that tells, else over any. */
function judged(newest: HistoryStretch): Pick<ComparePageView, "word" | "tone" | "sentence"> {
  const { runs, trends } = newest;
  if (isShort(newest)) {
    const outside = [...new Set(trends.flatMap((trend) => trend.outside))].sort((a, b) => a - b);
    return {
      word: "Too few runs",
      tone: "unsure",
      sentence: `Change points need ten runs. ${
        outside.length === 0
          ? runs.length < 4 ? "" : "No run lies outside median ± 4 MAD."
          : `Outside median ± 4 MAD, with low confidence: ${listed(outside.map((at) => runName(runs[at]!)))}.`
      }`.trim(),
    };
  }
  const whole = trends.filter(({ operation }) => operation === null);
  const changed = [whole.slice(0, 1), whole, trends].find((own) =>
    own.some(({ changes }) => changes.length > 0)
  );
  if (changed === undefined) {
    return { word: "No change", tone: "good", sentence: "No change of level was found." };
  }
  const last = changed.flatMap((trend) => trend.changes.map((change) => ({ trend, change })))
    .sort((a, b) => b.change.at - a.change.at || size(b.change.ratio) - size(a.change.ratio))[0]!;
  const { at, ratio, beforeMs, afterMs } = last.change;
  return {
    word: ratio > 1 ? "Slower" : "Faster",
    tone: ratio > 1 ? "bad" : "good",
    sentence: `The level changed last with ${runName(runs[at]!)}: ${trendName(last.trend)} went from ${
      measuredMs(beforeMs)
    } to ${measuredMs(afterMs)}.`,
  };
}

/** What stands apart, in sentences. */
function apart(history: RunHistory): string[] {
  const { stretches, leftOut } = history;
  const omitted = notDrawn(history);
  const breaks = stretches.length - 1;
  return [
    ...breaks === 0
      ? []
      : [`${counted(breaks, "break")}: machine, data set or load changed, and nothing is joined over it.`],
    ...[elsewhereText(history)].filter((text) => text !== ""),
    ...leftOut === 0 ? [] : [`${counted(leftOut, "run")} INVALID or not finished: named below, not drawn.`],
    ...omitted === null ? [] : [omitted],
  ];
}

function wholeTable({ trends }: HistoryStretch): ReportTable {
  return {
    id: "table-whole",
    caption: "Medians of all operations, weighted by the mix",
    columns: [
      ...words("Arm"),
      ...numbers("First", "Lowest", "Highest", "Latest", "Level now", "Noise band", "Changes"),
    ],
    groups: trends.filter(({ operation }) => operation === null).map(
      ({ arm, ms, levels, changes, outside }) => {
        const known = ms.filter((each) => each !== null);
        const level = levels.at(-1);
        const cells = known.length === 0 ? Array<string>(6).fill("—") : [
          measuredMs(ms[0] ?? null),
          measuredMs(Math.min(...known)),
          measuredMs(Math.max(...known)),
          measuredMs(ms.at(-1) ?? null),
          measuredMs(level?.value ?? null),
          level === undefined || level.low === null
            ? "not known"
            : `${measuredMs(level.low)} to ${measuredMs(level.high)}`,
        ];
        const found = outside.length > 0 ? `${outside.length} outside` : String(changes.length);
        return {
          name: arm ?? "All arms",
          span: 1,
          rows: [{ name: null, cells: [...cells, found].map(plain) }],
        };
      },
    ),
    note:
      "A response time is a run's typical one. Noise band: where 95 of 100 runs lie that have nothing different from those " +
      "of the level now; of fewer than ten runs median ± 4 MAD.",
  };
}

function largest({ runs, trends }: HistoryStretch, is: (ratio: number) => boolean): ChangeLine[] {
  return trends.flatMap((trend) => trend.changes.map((change) => ({ trend, change })))
    .filter(({ change }) => is(change.ratio))
    .sort((a, b) => size(b.change.ratio) - size(a.change.ratio))
    .slice(0, MOST_LINES)
    .map(({ trend, change: { at, ratio, p } }) => ({
      what: `${trendName(trend as HistoryTrend)} from ${runName(runs[at]!)} on`,
      ratio: `${fixed(ratio, 3)}×`,
      interval: `p ${p < 0.001 ? "" : "= "}${formatProbability(p)}`,
      notes: [],
    }));
}

function size(ratio: number): number {
  return Math.abs(Math.log(ratio));
}

function provenance({ scenario, machine, stretches }: RunHistory): ComparePageView["provenance"] {
  const { CPU, cores, memory, kernel, ...services } = machine;
  return [
    { name: "Scenario", value: scenario },
    { name: "Machine", value: [CPU, `${cores} cores`, memory, kernel].join(", ") },
    {
      name: "Services",
      value: Object.entries(services).map(([name, place]) => `${name} ${place}`).join(", ") || "—",
    },
    { name: "Fingerprint", value: stretches[0]!.fingerprint },
  ];
}
