import { numbers, words } from "../../charts/figure.ts";
import type { HistoryRun, HistoryStretch, LeftOutRun } from "../../model/history.ts";
import { type Verdict, verdictText } from "../../model/run.ts";
import {
  counted,
  fixed,
  formatProbability,
  formatRate,
  formatShare,
  isoMinutes,
  measuredMs,
} from "../../model/units.ts";
import { shortCommit } from "../../terminal/compare_text.ts";
import { plain } from "../cells.ts";
import type { ReportTable } from "../tables.ts";
import type { HistoryMaterial } from "./history_material.ts";
import type { Section } from "./section.ts";

interface Tables {
  readonly tables: readonly ReportTable[];
}

/** A page that lists more is no help; the JSON has all. */
const MOST_RUNS = 200;

/** So many runs with which a level changed have a table. */
const MOST_CHANGED = 30;

/** Where the level changed: with which run, by how much, and how sure that is. */
export const HISTORY_CHANGES: Section<Tables, HistoryMaterial> = {
  title: "Changes of level",
  figures: [],
  template: "partials/section",
  view: ({ history }) => {
    const tables = history.stretches.flatMap(changedRuns).slice(0, MOST_CHANGED)
      .map(({ run, changes }, at): ReportTable => ({
        id: `table-level-changes-${at + 1}`,
        caption: `From ${runName(run)} on`,
        columns: [...words("Arm", "What"), ...numbers("Before", "After", "Change", "p")],
        groups: [...Map.groupBy(changes, ({ arm }) => arm ?? "All arms")].map(([name, own]) => ({
          name,
          span: own.length,
          rows: own.map(({ what, before, after, change, p }) => ({
            name: what,
            cells: [before, after, change, formatProbability(p)].map(plain),
          })),
        })),
        note: "",
      }));
    return tables.length === 0 ? null : { tables };
  },
};

/** A change as a row of a table, all of it text but what rows are sorted and grouped by. */
interface LevelChange {
  readonly at: number;
  readonly arm: string | null;
  readonly what: string;
  readonly before: string;
  readonly after: string;
  readonly change: string;
  readonly p: number;
}

/** The runs of a stretch with which a level changed, the newest first. */
function changedRuns(
  { runs, trends, rates }: HistoryStretch,
): { readonly run: HistoryRun; readonly changes: readonly LevelChange[] }[] {
  const found = [
    ...trends.flatMap(({ arm, operation, statistic, changes }) =>
      changes.map(({ at, ratio, p, beforeMs, afterMs }): LevelChange => ({
        at,
        arm,
        what: `${operation ?? "all operations"} ${statistic}`,
        before: measuredMs(beforeMs),
        after: measuredMs(afterMs),
        change: ratio > 1 ? `▲ ${fixed(ratio, 3)}× slower` : `▼ ${fixed(1 / ratio, 3)}× faster`,
        p,
      }))
    ),
    ...rates.flatMap(({ arm, operation, statistic, changes }) => {
      const text = statistic === "errors" ? formatShare : formatRate;
      return changes.map(({ at, p, before, after }): LevelChange => ({
        at,
        arm,
        what: `${operation ?? "all operations"} ${statistic}`,
        before: text(before),
        after: text(after),
        change: after > before ? "▲ more" : "▼ less",
        p,
      }));
    }),
  ];
  return [...Map.groupBy(found, ({ at }) => at)].sort(([a], [b]) => b - a)
    .map(([at, changes]) => ({ run: runs[at]!, changes }));
}

/** A run by what people know it by: label, id, date, commit. */
export function runName({ runId, label, startedAt, gitCommit }: HistoryRun): string {
  const facts = [
    ...label === null ? [] : [`“${label}”`],
    `${isoMinutes(startedAt)} UTC`,
    ...gitCommit === null ? [] : [`commit ${shortCommit(gitCommit)}`],
  ];
  return `${runId} (${facts.join(", ")})`;
}

interface RunLine {
  readonly runId: string;
  /** Where its report is; null: it has none. */
  readonly href: string | null;
  readonly label: string | null;
  readonly date: string;
  readonly commit: string;
  readonly verdict: string;
  readonly tone: "good" | "bad" | "unsure" | "neutral";
  readonly ms: string;
  readonly remark: string;
}

interface RunsView {
  /** Under the caption of each stretch, the newest first. */
  readonly groups: readonly {
    readonly id: string;
    readonly caption: string;
    readonly runs: readonly RunLine[];
  }[];
}

/** Every run with its own verdict and report, also those that do not count. */
export const HISTORY_RUNS: Section<RunsView, HistoryMaterial> = {
  title: "Runs",
  figures: [],
  template: "sections/history_runs",
  view: ({ history, linkOf }) => ({
    groups: [
      ...history.stretches.map((stretch, at) => ({
        id: `table-runs-${at + 1}`,
        caption: at === 0
          ? "Runs that are drawn, the newest first"
          : `Runs before the break, until ${isoMinutes(stretch.runs.at(-1)!.startedAt)} UTC`,
        runs: stretch.runs.map((run, index) => lineOf(run, linkOf, stretch.trends[0]?.ms[index] ?? null))
          .toReversed().slice(0, MOST_RUNS),
      })),
      ...history.leftOutRuns.length === 0 ? [] : [{
        id: "table-runs-left-out",
        caption: "Runs that do not count, the newest first",
        runs: history.leftOutRuns.map((run) => lineOf(run, linkOf, null)),
      }],
    ],
  }),
};

function lineOf(run: HistoryRun | LeftOutRun, linkOf: HistoryMaterial["linkOf"], ms: number | null): RunLine {
  const { runId, label, startedAt, gitCommit, verdict, repetition } = run;
  return {
    runId,
    href: linkOf(runId),
    label,
    date: `${isoMinutes(startedAt)} UTC`,
    commit: gitCommit === null ? "—" : shortCommit(gitCommit),
    ..."why" in run ? { verdict: "✗ left out", tone: "bad" } : verdictOf(verdict),
    ms: measuredMs(ms),
    remark: "why" in run ? run.why : repetition === null ? "" : `repetition ${repetition}`,
  };
}

function verdictOf(verdict: Verdict | null): Pick<RunLine, "verdict" | "tone"> {
  if (verdict === null) return { verdict: "measured", tone: "neutral" };
  const tone = verdict === "pass" ? "good" : verdict === "fail" ? "bad" : "unsure";
  return { verdict: `${{ good: "✓", bad: "✗", unsure: "?" }[tone]} ${verdictText(verdict)}`, tone };
}

/** What cannot be compared with the newest runs, and why. */
export const HISTORY_BREAKS: Section<Tables, HistoryMaterial> = {
  title: "Breaks",
  figures: [],
  template: "partials/section",
  view: ({ history: { stretches } }) =>
    stretches.length < 2 ? null : {
      tables: [{
        id: "table-breaks",
        caption: "Runs that cannot be compared with the newest ones, and in what they differ",
        columns: words("Runs until", "Fact", "Then", "Now"),
        groups: stretches.slice(1).map(({ runs, differences }) => ({
          name: `${isoMinutes(runs.at(-1)!.startedAt)} UTC (${counted(runs.length, "run")})`,
          span: differences.length,
          rows: differences.map(({ name, base, candidate }) => ({
            name,
            cells: [plain(base || "—"), plain(candidate || "—")],
          })),
        })),
        note: "Runs are comparable where machine, data set and load are the same.",
      }],
    },
};

/** How it was computed, and how to have it again. */
export const HISTORY_METHOD: Section<
  { readonly method: readonly string[]; readonly command: string },
  HistoryMaterial
> = {
  title: "Method and how to reproduce",
  figures: [],
  template: "sections/compare_method",
  view: ({ history: { scenario } }) => ({
    method: [
      "A run's response time over an operation is the mean of the logarithms of medians of stretches of 8 neighbouring " +
      "requests, and of p95 of stretches of 40. What was never served counts as long as the time limit.",
      "From ten runs on, changes of level are E-divisive change points (Matteson and James 2014) with Student's test, p < " +
      "0.001, of at least 3 %; of the share of requests without an answer at least one in a thousand. Fewer runs: what " +
      "lies outside median ± 4 MAD is named, with low confidence.",
      "The noise band is Student's, of what runs stray from the level between two changes, and needs five runs.",
    ],
    command: `deno task history ${scenario}`,
  }),
};
