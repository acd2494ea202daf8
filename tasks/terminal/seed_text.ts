import { formatBytes, formatCount, formatSeconds, significant } from "../model/units.ts";
import type { LoadedTable } from "../seed/load.ts";
import type { SeedProgress } from "../seed/progress.ts";
import type { Check } from "../seed/verify.ts";
import { formatTable } from "./table.ts";
import { widthOf } from "./width.ts";

/** Before so long a table's rate says nothing. */
const SETTLED_SECONDS = 0.3;

/** What a load is at, in words: one call for each thing it reports. */
export class SeedProgressText {
  readonly #now: () => number;
  readonly #copying = new Map<string, { readonly since: number; readonly progress: SeedProgress }>();

  /** @param now milliseconds on any clock that only goes forward */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Takes in what was reported and says how all tables stand that are being copied, or which step is done. */
  text(progress: SeedProgress): string {
    const { stage, table, done, total } = progress;
    if (stage === "copy") {
      const since = this.#copying.get(table)?.since ?? this.#now();
      if (done >= total) this.#copying.delete(table);
      else this.#copying.set(table, { since, progress });
    }
    const tables = [...this.#copying.values()].map(({ since, progress }) =>
      copyText(progress, (this.#now() - since) / 1000)
    );
    if (stage !== "copy") tables.push(`${stage} ${formatCount(done)} of ${formatCount(total)}: ${table}`);
    else if (tables.length === 0) tables.push(`${table}: ${formatCount(done)} rows`);
    return tables.join(" · ");
  }
}

function copyText({ table, done, total }: SeedProgress, seconds: number): string {
  const share = `${table}: ${formatCount(done)} of ${formatCount(total)} rows (${
    significant(100 * done / Math.max(1, total), 2)
  } %)`;
  if (seconds < SETTLED_SECONDS || done === 0) return share;
  const rate = done / seconds;
  return `${share}, ${formatCount(Math.round(rate))} rows/s, ${formatSeconds((total - done) / rate)} left`;
}

/** What a load did with each table, as a table. */
export function loadedText(
  tables: Readonly<Record<string, LoadedTable>>,
  { seconds, bytes, peakBytes }: {
    readonly seconds: number;
    readonly bytes: number | null;
    readonly peakBytes: number | null;
  },
  columns = widthOf().columns,
): string {
  const rows = Object.values(tables).reduce((sum, table) => sum + table.rows, 0);
  const rate = (count: number, seconds: number) =>
    seconds > 0 ? formatCount(Math.round(count / seconds)) : "";
  const text = formatTable([
    { title: "table", align: "left" },
    { title: "rows", align: "right" },
    { title: "copied in", align: "right" },
    { title: "rows/s", align: "right" },
  ], [
    ...Object.entries(tables).map(([name, table]) => [
      name,
      formatCount(table.rows),
      formatSeconds(table.seconds),
      rate(table.rows, table.seconds),
    ]),
    ["total", formatCount(rows), "", ""],
  ], columns);
  const facts = [
    `${formatSeconds(seconds)} with keys, indexes and statistics`,
    ...bytes === null ? [] : [`${formatBytes(bytes)} in PostgreSQL`],
    ...peakBytes === null ? [] : [`${formatBytes(peakBytes)} of memory at most`],
  ];
  return `${text}\n\n${facts.join(", ")}`;
}

/** The checks of a data set, as a table with a closing line. */
export function checksText(checks: readonly Check[], columns = widthOf().columns): string {
  const text = formatTable(
    [
      { title: "check", align: "left", heads: true },
      { title: "", align: "left" },
      { title: "table", align: "left", least: 12 },
      { title: "", align: "left", least: 16 },
      { title: "expected", align: "right", drop: 1 },
      { title: "found", align: "right" },
    ],
    checks.map((
      { kind, table, what, expected, found, ok },
    ) => [kind, ok ? "✓" : "✗", table, what, expected, found]),
    columns,
  );
  const failed = checks.filter(({ ok }) => !ok).length;
  return `${text}\n\n${
    failed === 0 ? `All ${checks.length} checks hold.` : `${failed} of ${checks.length} checks do not hold.`
  }`;
}
