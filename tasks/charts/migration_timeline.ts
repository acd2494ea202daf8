import { counted, formatCount, formatMs, formatSeconds, formatShare, listed } from "../model/units.ts";
import { escapeHtml } from "./html.ts";
import { largest, least } from "./extremes.ts";
import { type Figure, type LegendItem, makeFigure, numbers, styleLegend, words } from "./figure.ts";
import { armStyles } from "./palette.ts";
import { modeStyles, type Scales, STALL_STYLE, STEP_STYLES } from "./migration_frame.ts";
import { drawRun } from "./migration_panels.ts";
import { between, type MigrationRun } from "./migration_rows.ts";
import { waitingSessions } from "./waiting_sessions.ts";

/** What is drawn in one column. */
interface Column {
  readonly heading: string;
  readonly run: MigrationRun;
  /** Of its time axis, seconds from the run's start. */
  readonly from: number;
  readonly end: number;
}

/** Runs whose lengths differ by more than this have time axes of their own: the shorter could not be read. */
const MOST_LONGER = 3;
/** Of a run's length at most: a closer look that shows more than this is none. */
const CLOSER_SHARE = 0.6;

/**
 * What a migration did to those who used the database, all on one time axis: response times, statements, waits for locks,
 * answers, errors and hit rates. Several runs stand side by side with equal scales; a run alone beside a closer look at the
 * time of its migration.
 */
export function migrationTimeline(
  runs: readonly MigrationRun[],
  { id = "migration-timeline", title = "The migration and its users on one time axis" } = {},
): Figure {
  const shown = runs.filter(({ segments }) => segments.length > 0);
  const columns = shown.length > 1 ? sideBySide(shown) : shown.flatMap(withCloserLook);
  const scales = { ...scalesOf(shown), width: columns.length > 1 ? 350 : 720 };
  const svg = columns.map(({ heading, ...column }, index) => {
    const panels = drawRun({ ...column, id: `${id}-${index + 1}`, scales }).join("");
    return columns.length > 1
      ? `<div class="bb-column"><p class="bb-heading"><strong>${
        escapeHtml(heading)
      }</strong></p>${panels}</div>`
      : panels;
  });
  return makeFigure({
    id,
    title,
    label: shown.map((run) => `${run.name}: ${told(run)}`).join("; ") || "Nothing was migrated in this run",
    svg,
    legend: legendOf(scales, shown),
    reading: readingOf(scales, {
      stalled: stalledText(shown),
      isOneAxis: shown.length < 2 || new Set(columns.map(({ end }) => end)).size === 1,
      isMoved: shown.some(({ switches = [] }) => switches.length > 0),
      isCut: shown.some(({ answers }) => answers.some(({ ok, width }) => ok / width > scales.answers)),
    }),
    table: {
      columns: [
        ...words("Run"),
        ...numbers("Second"),
        ...words("Segment", "Path"),
        ...numbers("Requests", "p95", "Errors", "Hit rate"),
      ],
      rows: shown.flatMap((run) =>
        run.seconds.map(({ second, segment, path, n, p95, errors, hitRate }) => [
          run.name,
          String(second),
          segment,
          path,
          formatCount(n),
          formatMs(p95),
          formatCount(errors),
          formatShare(hitRate),
        ])
      ),
    },
  });
}

function sideBySide(runs: readonly MigrationRun[]): Column[] {
  const ends = runs.map(endOf);
  const isOneAxis = largest(ends) <= MOST_LONGER * least(ends);
  return runs.map((run, index) => ({
    heading: run.name,
    run,
    from: 0,
    end: isOneAxis ? largest(ends) : ends[index]!,
  }));
}

function withCloserLook(run: MigrationRun): Column[] {
  const whole = { heading: "Whole run", run, from: 0, end: endOf(run) };
  const migrate = run.segments.find(({ changing }) => changing);
  if (migrate === undefined) return [whole];
  const [begun, ended] = [migrate.startUs / 1e6, migrate.endUs / 1e6];
  const beside = Math.max(2, (ended - begun) / 4);
  const [from, end] = [
    Math.max(0, Math.floor(begun - beside)),
    Math.min(whole.end, Math.ceil(ended + beside)),
  ];
  if (end - from > CLOSER_SHARE * whole.end) return [whole];
  return [whole, { heading: "Around the migration", run: between(run, from, end), from, end }];
}

function endOf({ segments }: MigrationRun): number {
  return largest(1, segments.map(({ endUs }) => endUs / 1e6));
}

function scalesOf(runs: readonly MigrationRun[]): Omit<Scales, "width"> {
  const seconds = runs.flatMap((run) => run.seconds);
  return {
    paths: armStyles(seconds.map(({ path }) => path)),
    modes: modeStyles(runs.flatMap(({ waits }) => waits.map(({ mode }) => mode))),
    p95: seconds.flatMap(({ p95 }) => p95 === null || p95 <= 0 ? [] : [p95]),
    answers: usualMost(runs.flatMap(({ answers }) => answers.map(({ ok, width }) => ok / width))),
    waiting: largest(0, runs.flatMap(({ waits }) => waitingSessions(waits).map(({ n }) => n))),
    errors: largest(0, runs.flatMap(({ answers }) => answers.map(({ errors }) => errors))),
    lag: largest(0, runs.flatMap(({ lag = [] }) => lag.flatMap(({ bytes }) => bytes ?? []))),
    hasCache: seconds.some(({ hitRate }) => hitRate !== null),
    steps: largest(1, runs.map(({ steps }) => new Set(steps.map(({ step }) => step)).size)),
  };
}

/**
 * Up to where rates are drawn: those who waited are all answered at once when a stall ends, and with room for that nothing
 * else could be told apart.
 */
function usualMost(rates: readonly number[]): number {
  const sorted = rates.toSorted((a, b) => a - b);
  return Math.min(sorted.at(-1) ?? 1, 1.5 * (sorted[Math.floor(0.9 * sorted.length)] ?? 1));
}

/** What the picture finds, for who does not see it. */
function told({ answers, steps, waits, stall }: MigrationRun): string {
  const errors = answers.reduce((sum, row) => sum + row.errors, 0);
  const longest = largest(0, waits.map(({ waitedUs }) => waitedUs)) / 1e6;
  const failed = steps.filter(({ errorCode }) => errorCode !== null);
  return listed([
    stall === null
      ? "no stall"
      : `a stall of ${formatMs(stall.ms)} from ${formatSeconds(stall.fromUs / 1e6)} on`,
    waits.length === 0
      ? "no wait for a lock"
      : `${counted(waits.length, "wait")} for a lock, the longest ${formatSeconds(longest)}`,
    errors === 0 ? "no errors" : counted(errors, "error"),
    ...failed.map(({ step, errorCode }) => `step ${step} failed with ${errorCode}`),
  ]);
}

function legendOf(
  { paths, modes }: Pick<Scales, "paths" | "modes">,
  runs: readonly MigrationRun[],
): LegendItem[] {
  return [
    ...styleLegend(paths, "line"),
    ...styleLegend(modes, "line"),
    ...runs.some(({ stall }) => stall !== null)
      ? [{ name: "longest stall", style: STALL_STYLE, shape: "area" } as const]
      : [],
    ...styleLegend(STEP_STYLES, "area"),
  ];
}

function readingOf(
  { errors, hasCache }: Pick<Scales, "errors" | "hasCache">,
  { stalled, isOneAxis, isMoved, isCut }: {
    readonly stalled: string;
    readonly isOneAxis: boolean;
    readonly isMoved: boolean;
    readonly isCut: boolean;
  },
): string {
  const without = [
    "Response times and answers leave out hits in the cache, which go on while a table is locked; a path with few other " +
    "requests has a mark for every 2 or 5 seconds.",
    ...isMoved ? ["Where a line goes from top to bottom, clients went on at the other server."] : [],
    ...isCut
      ? ["Where the bars of answers end at the top, those who had waited were all answered at once."]
      : [],
    ...errors === 0 ? ["No request failed."] : [],
    ...hasCache ? [] : ["No path had a cache."],
    ...isOneAxis ? [] : ["The runs differ so much in length that each has a time axis of its own."],
  ];
  return "Read it from top to bottom at one moment: where response times climb, the statement that ran then and the " +
    "sessions that waited for a lock stand below. The band is the time in which the migration ran" +
    `${stalled}. ${without.join(" ")}`;
}

/** What the red part is: a stall is that of one path and kind, and others may have been answered meanwhile. */
function stalledText(runs: readonly MigrationRun[]): string {
  const stalled = runs.flatMap(({ name, stall }) =>
    stall === null ? [] : [
      `${stall.kind === "all" ? "requests" : `${stall.kind}s`} over ${stall.path ?? "all paths"}${
        runs.length > 1 ? ` (${name})` : ""
      }`,
    ]
  );
  return stalled.length === 0
    ? ""
    : `; in the red part ${listed(stalled)} were pending and none of ${
      stalled.length === 1 ? "them" : "those"
    } succeeded`;
}
