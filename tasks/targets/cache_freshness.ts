import type { CacheBehaviour } from "../model/cache_settings.ts";
import type { EntryHead } from "./cache_entry_header.ts";

/**
 * What an entry is good for: `fresh`: an answer; `early`: an answer, and it is loaded anew meanwhile; `stale`: the same,
 * though its time is over; `expired`: nothing.
 */
export type Freshness = "fresh" | "early" | "stale" | "expired";

/**
 * How fresh an entry is. Its time is told by itself and not by Redis alone, so that no answer is older than promised, also
 * where a stalled Redis began to count late.
 *
 * XFetch: it is loaded anew with a probability that grows towards its end and with the time that a load takes, before it
 * ends: A. Vattani, F. Chierichetti, K. Lowenstein, "Optimal Probabilistic Cache Stampede Prevention", PVLDB 8(8), 2015.
 * @param random uniform in (0, 1]; asked only where it decides
 */
export function freshnessOf(
  { storedUs, loadUs, ttlMs }: EntryHead,
  { strategy, staleSeconds, beta }: CacheBehaviour,
  nowUs: number,
  random: () => number,
): Freshness {
  const leftUs = storedUs + ttlMs * 1000 - nowUs;
  if (leftUs < 0) {
    return strategy === "stale-while-revalidate" && leftUs >= -staleSeconds * 1e6 ? "stale" : "expired";
  }
  // Another machine's clock, or that of before a restart: how old it is cannot be told.
  if (storedUs > nowUs + CLOCKS_AGREE_US) return "expired";
  return strategy === "xfetch" && leftUs <= -loadUs * beta * Math.log(random()) ? "early" : "fresh";
}

const CLOCKS_AGREE_US = 10_000;
