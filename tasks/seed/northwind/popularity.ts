import { permutation } from "../../random/permutation.ts";

/**
 * The row of each popularity rank, 0 the most popular, in memory that workers share. Popular rows lie scattered
 * over their table, as they do in life: in order of popularity all hot rows would share a few pages, and every
 * cache would look better than it is.
 */
export function rowsByRank(rows: number, seed: number, stream: string): Int32Array {
  const rowAt = permutation(rows, seed, stream);
  const byRank = new Int32Array(new SharedArrayBuffer(rows * Int32Array.BYTES_PER_ELEMENT));
  for (let rank = 0; rank < rows; rank++) byRank[rank] = rowAt(rank);
  return byRank;
}

/** The popularity rank of each row. */
export function ranksByRow(rowsByRank: Int32Array): Int32Array {
  const ranks = new Int32Array(rowsByRank.length);
  for (const [rank, row] of rowsByRank.entries()) ranks[row] = rank;
  return ranks;
}
