import type { PgClient } from "../postgres/client.ts";
import type { Span } from "../model/prediction.ts";
import { predictSql } from "./predict_sql.ts";

/** How long a session takes for a piece of work that is always the same, ms: the mean of as many as fit into `forMs`. */
export async function unitMs(
  client: Pick<PgClient, "query">,
  forMs: number,
  signal?: AbortSignal,
): Promise<number> {
  const begun = performance.now();
  let done = 0;
  do {
    await client.query(predictSql("one_session.sql"));
    done++;
  } while (performance.now() - begun < forMs && !signal?.aborted);
  return (performance.now() - begun) / done;
}

/**
 * How long work takes while a load goes on beside it for some time at first.
 * @param span by itself
 * @param slowdown so many times as long it takes beside the load, 1 at least
 * @param loadMs so long the load goes on
 */
export function besideLoad(span: Span, slowdown: number, loadMs: number): Span {
  const lasts = (ms: number) => ms * slowdown <= loadMs ? ms * slowdown : ms + loadMs * (1 - 1 / slowdown);
  return { ms: lasts(span.ms), lowMs: lasts(span.lowMs), highMs: lasts(span.highMs) };
}
