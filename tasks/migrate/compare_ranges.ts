import type { Checksum } from "../model/migration.ts";
import { formatCount } from "../model/units.ts";
import type { RangeSums, SummedTable } from "./checksum_table.ts";

/** What was found so far. */
export interface FoundRanges {
  readonly checksums: Checksum[];
  ranges: number;
  rows: number;
  readonly different: string[];
  readonly changed: Set<string>;
}

/** Holds the sums of a table's ranges against what they were. @param found takes what comes of it */
export function compareRanges(
  found: FoundRanges,
  table: SummedTable,
  columns: readonly string[],
  before: RangeSums,
  after: RangeSums,
): void {
  const shown = `${table.schema}.${table.name}`;
  for (const range of new Set([...before.keys(), ...after.keys()].sort((a, b) => a - b))) {
    const [one, other] = [before.get(range), after.get(range)];
    const [fromKey, toKey] = endsOf(table, range);
    found.checksums.push(
      { relation: shown, moment: "before", fromKey, toKey, ...totalOf(one, columns) },
      { relation: shown, moment: "after", fromKey, toKey, ...totalOf(other, columns) },
    );
    found.ranges++;
    found.rows += one?.rows ?? 0;
    const what = differenceOf(one, other, columns);
    if (what === null) continue;
    found.changed.add(shown);
    found.different.push(`${shown}${fromKey === "" ? "" : ` ${fromKey} to ${toKey}`}: ${what}`);
  }
}

/** The lowest and the highest key of a range; empty where the table has but one. */
function endsOf({ ranges }: SummedTable, range: number): [string, string] {
  if (ranges === null) return ["", ""];
  const next = ranges.from[range];
  return [ranges.from[range - 1]!, next === undefined ? ranges.last : String(BigInt(next) - 1n)];
}

type Range = RangeSums extends ReadonlyMap<number, infer One> ? One : never;

/** Columns count for different multiples: values that have changed from one column to another make another sum. */
function totalOf(range: Range | undefined, columns: readonly string[]): Pick<Checksum, "rows" | "sum"> {
  let sum = 0n;
  columns.forEach((column, at) => sum += (range?.sums.get(column) ?? 0n) * BigInt(2 * at + 1));
  return { rows: range?.rows ?? 0, sum: String(sum) };
}

function differenceOf(
  before: Range | undefined,
  after: Range | undefined,
  columns: readonly string[],
): string | null {
  const [one, other] = [before?.rows ?? 0, after?.rows ?? 0];
  if (one !== other) return `${formatCount(one)} rows before, ${formatCount(other)} after`;
  const changed = columns.filter((column) => before?.sums.get(column) !== after?.sums.get(column));
  return changed.length === 0 ? null : `other values in ${changed.join(", ")}`;
}
