import type { Client } from "pg";
import { moveSql } from "./move_sql.ts";

interface Sequence {
  readonly sequence: string;
  /** Null: nothing was ever drawn from it. */
  readonly last: string | null;
  readonly increment: string;
  readonly min: string;
  readonly max: string;
  readonly cache: string;
}

/** Values that are left out, so that none is drawn twice whatever was still under way. */
const MARGIN = 1_000n;

/**
 * Sets the sequences of schemas at one server past where they stand at another, with a margin; replication does not
 * carry them.
 * @returns how many there are
 */
export async function carrySequences(from: Client, to: Client, schemas: readonly string[]): Promise<number> {
  const { rows } = await from.query<Sequence>(moveSql("sequences.sql"), [schemas]);
  const drawn = rows.filter(({ last }) => last !== null);
  if (drawn.length === 0) return 0;
  await to.query(moveSql("set_sequences.sql"), [
    drawn.map(({ sequence }) => sequence),
    drawn.map((one) => String(nextOf(one))),
    drawn.map(({ increment }) => increment.startsWith("-") ? -1 : 1),
  ]);
  return drawn.length;
}

function nextOf({ last, increment, min, max, cache }: Sequence): bigint {
  const margin = BigInt(cache) > MARGIN ? BigInt(cache) : MARGIN;
  const next = BigInt(last!) + margin * BigInt(increment);
  const [low, high] = [BigInt(min), BigInt(max)];
  return next > high ? high : next < low ? low : next;
}
