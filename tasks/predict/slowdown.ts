import type { PgClient } from "../postgres/client.ts";
import type { Span } from "../model/prediction.ts";
import { predictSql } from "./predict_sql.ts";
import { times } from "./span.ts";

type Client = Pick<PgClient, "query">;

/** Work on a likeness that was measured, and can be done once more. */
export interface Again {
  /** What it took by itself, ms. */
  readonly aloneMs: number;
  /** Of the rows that the likeness is for it has this share. */
  readonly share: number;
  readonly statement: () => string;
}

/** How long a session takes for a piece of work that is always the same, ms: the mean of as many as fit into `forMs`. */
export async function unitMs(client: Client, forMs: number, signal?: AbortSignal): Promise<number> {
  const begun = performance.now();
  let done = 0;
  do {
    await client.query(predictSql("one_session.sql"));
    done++;
  } while (performance.now() - begun < forMs && !signal?.aborted);
  return (performance.now() - begun) / done;
}

/**
 * How many times as long work takes now as it took by itself: it is done again, all that fits into `forMs`, one piece at least.
 * That takes in whatever there is to share: processors, also with the workers that PostgreSQL starts for it, the log, the disk.
 * @param again one at least, that first which counts most
 * @param mostMs no piece may take longer; one that does is taken to have taken so long
 */
export async function slowdownOf(
  client: Client,
  again: readonly Again[],
  { forMs, mostMs }: { readonly forMs: number; readonly mostMs: number },
  signal?: AbortSignal,
): Promise<number> {
  const begun = performance.now();
  let [aloneMs, besideMs] = [0, 0];
  await client.query(`SET statement_timeout = ${Math.ceil(mostMs)}`);
  try {
    for (let at = 0; !signal?.aborted; at++) {
      const spentMs = performance.now() - begun;
      const next = again[at % again.length]!;
      if (at > 0 && spentMs + next.aloneMs > forMs) break;
      aloneMs += next.aloneMs;
      besideMs += await takes(client, next, mostMs);
    }
  } finally {
    await client.query(predictSql("as_before.sql"));
  }
  return aloneMs === 0 ? 1 : besideMs / aloneMs;
}

async function takes(client: Client, { share, statement }: Again, mostMs: number): Promise<number> {
  await client.query(predictSql("workers_alike.sql"), [share]);
  const begun = performance.now();
  try {
    await client.query(statement());
    return performance.now() - begun;
  } catch (error) {
    if ((error as { code?: string }).code === QUERY_CANCELED) return mostMs;
    throw error;
  }
}

const QUERY_CANCELED = "57014";

/**
 * How long work takes while a load goes on beside it for some time at first. What took less beside the load would not take
 * longer without it: something else held it up when it was by itself.
 * @param span by itself
 * @param slowdown so many times as long it takes beside the load
 * @param loadMs so long the load goes on
 */
export function besideLoad(span: Span, slowdown: number, loadMs: number): Span {
  if (slowdown < 1) return times(span, slowdown);
  const lasts = (ms: number) => ms * slowdown <= loadMs ? ms * slowdown : ms + loadMs * (1 - 1 / slowdown);
  return { ms: lasts(span.ms), lowMs: lasts(span.lowMs), highMs: lasts(span.highMs) };
}
