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
  readonly cycle: boolean;
}

/** Values that are left out, so that none is drawn twice whatever was still under way. */
const MARGIN = 1_000n;

/** What sequences were set to. */
export interface CarriedSequences {
  /** By name: on the way back those are let be from which nothing was drawn since. */
  readonly values: ReadonlyMap<string, string>;
  /** Those for which there was no room for a margin. */
  readonly tight: readonly string[];
}

/**
 * Sets the sequences of schemas at one server past where they stand at another, with a margin; replication does not
 * carry them. One that is too near to its end for that is set to where it stands.
 * @param before what the way there has set them to
 */
export async function carrySequences(
  from: Client,
  to: Client,
  schemas: readonly string[],
  before: CarriedSequences["values"] = new Map(),
): Promise<CarriedSequences> {
  const { rows } = await from.query<Sequence>(moveSql("sequences.sql"), [schemas]);
  const drawn = rows.filter(({ sequence, last }) => last !== null && before.get(sequence) !== last);
  const values = new Map(drawn.map((one) => [one.sequence, String(nextOf(one) ?? one.last)]));
  if (drawn.length > 0) {
    await to.query(moveSql("set_sequences.sql"), [
      drawn.map(({ sequence }) => sequence),
      [...values.values()],
      drawn.map(({ increment }) => increment.startsWith("-") ? -1 : 1),
      drawn.map(({ cycle }) => cycle),
    ]);
  }
  const tight = drawn.filter((one) => nextOf(one) === null).map(({ sequence }) => sequence);
  return { values, tight };
}

/** @returns null where that is past its end */
function nextOf({ last, increment, min, max, cache }: Sequence): bigint | null {
  const margin = BigInt(cache) > MARGIN ? BigInt(cache) : MARGIN;
  const next = BigInt(last!) + margin * BigInt(increment);
  return next > BigInt(max) || next < BigInt(min) ? null : next;
}
