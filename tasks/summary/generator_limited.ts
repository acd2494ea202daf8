import type { RunConfig } from "../model/run.ts";
import type { Estimate, Summary, Warning } from "../model/summary.ts";
import { formatCount, formatMs, formatShare, quantileName } from "../model/units.ts";
import { gapsWereDrawn } from "./block_pairs.ts";
import { doubt } from "./estimate.ts";

const CODE = "generator-limited";

/**
 * Marks the response times of which the generator's own lag is more than the allowed share.
 * @param response by level
 * @param lagP99Ms milliseconds; null: closed loop
 */
export function markGeneratorLimited(
  response: Readonly<Record<string, Estimate>>,
  { thresholds }: Pick<RunConfig, "thresholds">,
  lagP99Ms: number | null,
): Record<string, Estimate> {
  const share = thresholds.lagShareOfQuantile;
  return Object.fromEntries(
    Object.entries(response).map(([level, estimate]) => {
      if (lagP99Ms === null || estimate.value === null || lagP99Ms <= share * estimate.value) {
        return [level, estimate];
      }
      const text =
        `${quantileName(Number(level))} is generator-limited: the generator's lag (p99) is more than ` +
        `${formatShare(share)} of it.`;
      return [level, doubt(estimate, { code: CODE, text })];
    }),
  );
}

/** Which quantiles are marked, by how much they may be wrong and what that means: said once for the whole run. */
export function generatorLimitedWarnings(
  summaries: readonly Summary[],
  config: Pick<RunConfig, "thresholds" | "loop" | "streams">,
  { lagP99Ms, compared }: { readonly lagP99Ms: number | null; readonly compared: boolean },
): Warning[] {
  const counts = new Map<number, number>();
  for (const { response } of summaries) {
    for (const [level, { warnings }] of Object.entries(response)) {
      if (!warnings.some(({ code }) => code === CODE)) continue;
      counts.set(Number(level), (counts.get(Number(level)) ?? 0) + 1);
    }
  }
  if (counts.size === 0 || lagP99Ms === null) return [];
  const share = config.thresholds.lagShareOfQuantile;
  const lag = formatMs(lagP99Ms);
  const which = [...counts].sort(([a], [b]) => a - b).map(([level, n], index) =>
    `${quantileName(level)} in ${formatCount(n)}${
      index === 0 ? ` of ${formatCount(summaries.length)} rows` : ""
    }`
  );
  const text =
    `The load generator's own lag (p99 ${lag}) can be more than ${
      formatShare(share)
    } of response times below ` +
    `${formatMs(lagP99Ms / share)}: ${which.join(", ")}. Such a value may be up to ${lag} too high.` +
    (compared && gapsWereDrawn(config) ? " Compared medians are corrected for it." : "");
  return [{ code: CODE, text }];
}
