import type { Span } from "../model/prediction.ts";

export const NOTHING: Span = { ms: 0, lowMs: 0, highMs: 0 };

/** A time that is known to a factor: it hardly is shorter than `ms / spread`, nor longer than `ms * spread`. */
export function spanOf(ms: number, spread: number): Span {
  return { ms, lowMs: ms / spread, highMs: ms * spread };
}

/** One after another. */
export function total(spans: readonly Span[]): Span {
  return spans.reduce(
    (sum, { ms, lowMs, highMs }) => ({
      ms: sum.ms + ms,
      lowMs: sum.lowMs + lowMs,
      highMs: sum.highMs + highMs,
    }),
    NOTHING,
  );
}

/** What is left of it after so long, ms. */
export function less({ ms, lowMs, highMs }: Span, by: number): Span {
  const left = (value: number) => Math.max(0, value - by);
  return { ms: left(ms), lowMs: left(lowMs), highMs: left(highMs) };
}

/** So many times as long. */
export function times({ ms, lowMs, highMs }: Span, factor: number): Span {
  return { ms: ms * factor, lowMs: lowMs * factor, highMs: highMs * factor };
}
