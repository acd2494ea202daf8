/**
 * Rows of a run that has several measured segments, each of which is shown by itself: an arm's name then says which.
 * Those of other runs stay as they are.
 */
export function bySegment<Row extends { readonly arm: string; readonly segment: string }>(
  rows: readonly Row[],
): readonly Row[] {
  if (new Set(rows.map(({ segment }) => segment)).size < 2) return rows;
  return rows.map((row) => ({ ...row, arm: `${row.arm}, ${row.segment}` }));
}
