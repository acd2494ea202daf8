/** Stands between an arm's name and its segment. */
const BETWEEN = ", ";

/**
 * Rows of a run that has several measured segments, each of which is shown by itself: an arm's name then says which.
 * Those of other runs stay as they are.
 */
export function bySegment<Row extends { readonly arm: string; readonly segment: string }>(
  rows: readonly Row[],
): readonly Row[] {
  if (new Set(rows.map(({ segment }) => segment)).size < 2) return rows;
  return rows.map((row) => ({ ...row, arm: `${row.arm}${BETWEEN}${row.segment}` }));
}

/** The arm of a name that `bySegment` made; any other name as it is. */
export function armOf(name: string): string {
  return name.split(BETWEEN)[0]!;
}

/** The segment of a name that `bySegment` made; null for any other. */
export function segmentOf(name: string): string | null {
  return name.split(BETWEEN)[1] ?? null;
}
