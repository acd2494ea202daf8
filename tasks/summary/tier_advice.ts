import type { BreakEven, TierSummary } from "../model/tier_summary.ts";
import { counted, formatMs, formatSeconds, significant } from "../model/units.ts";

/** What follows from what was measured of a tier, with its evidence, a sentence each. */
export function tierAdvice(tier: Omit<TierSummary, "advice">): string[] {
  return [pays(tier), ...brokenPromises(tier), ...missed(tier)].filter((sentence) => sentence !== null);
}

/** Whether it gives back more than it takes at the rate and interval of the run. */
function pays({ tier, upkeep, breakEven, readsPerSecond }: Omit<TierSummary, "advice">): string | null {
  if (breakEven === null) return null;
  const { low, high } = breakEven;
  const reads = `${significant(readsPerSecond, 3)} reads/s`;
  if (upkeep === null) return paysWriters(tier, reads, { low, high });
  const [least, most] = [seconds(low), seconds(high)];
  const every = formatSeconds(upkeep.everySeconds);
  if (low === null || high === null) {
    return `Whether ${tier} pays is not known: what it saves each read is within the noise, or nothing.`;
  }
  if (upkeep.everySeconds > high) {
    return `${tier} pays at ${reads} and every ${every}: it would still pay down to every ${most}.`;
  }
  return upkeep.everySeconds < low
    ? `${tier} does not pay at ${reads} and every ${every}: bring it up to date every ${most} or less often.`
    : `Whether ${tier} pays at ${reads} and every ${every} is not decided: it breaks even between ${least} and ${most}.`;
}

/** The same of one that its writers keep. An end that is null is infinite: at any rate of writes. */
function paysWriters(tier: string, reads: string, { low, high }: Pick<BreakEven, "low" | "high">): string {
  if (low === 0) {
    return `Whether ${tier} pays is not known: what it saves each read is within the noise, or nothing.`;
  }
  if (low === null) return `${tier} pays at ${reads}: what its writers lose is within the noise, or nothing.`;
  return high === null
    ? `${tier} pays at ${reads} below about ${
      rate(low)
    }; from which rate on it no longer does, this run does not show.`
    : `${tier} pays at ${reads} below about ${rate(low)}, and costs more than it saves above ${
      rate(high)
    }; between the two is undecided.`;
}

function rate(value: number): string {
  return `${significant(value, 3)} writes/s`;
}

function seconds(value: number | null): string {
  return value === null ? "never" : value < 1 ? formatMs(1000 * value) : formatSeconds(value);
}

/** What was promised of a tier's age and was not kept, a sentence for each arm over it. */
export function brokenPromises({ arms }: Pick<TierSummary, "arms">): string[] {
  return arms.flatMap(({ arm, staleness }) =>
    staleness === null || staleness.beyond === 0 ? [] : [
      `${counted(staleness.beyond, "read")} of ${arm} found rows older than the ${
        formatMs(staleness.promisedMs)
      } promised, up to ${formatMs(staleness.longestMs)}.`,
    ]
  );
}

function missed({ tier, upkeep }: Omit<TierSummary, "advice">): string[] {
  if (upkeep === null) return [];
  const { skipped = 0, blocked = 0, failed = 0 } = upkeep.outcomes;
  return [
    ...skipped > 0 && upkeep.longestMs !== null && upkeep.longestMs > 1000 * upkeep.everySeconds
      ? [
        `Bring ${tier} up to date less often: it took up to ${
          formatMs(upkeep.longestMs)
        }, which is longer than its interval.`,
      ]
      : [],
    ...blocked + failed > 0
      ? [
        `${tier} was not brought up to date ${counted(blocked + failed, "time")}: ${upkeep.errors.join(" ")}`,
      ]
      : [],
  ];
}
