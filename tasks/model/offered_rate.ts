import type { RunConfig } from "./run.ts";
import { counted, significant } from "./units.ts";

type Streams = NonNullable<RunConfig["streams"]>;

/**
 * What an open loop offered, in the words of what arrives: `150 requests/s`; `25 sessions/s of 4 requests`;
 * `60 requests/s, by stages 60 to 300`; `40 requests/s and 10 sessions/s of 3 requests`.
 */
export function offeredRate(
  { ratePerSecond, streams = [] }: Pick<RunConfig, "ratePerSecond" | "streams">,
): string {
  const single = streams.filter(({ session }) => !session);
  const sessions = streams.filter(({ session }) => session);
  const requests = sessions.length === 0 ? ratePerSecond ?? 0 : sumOf(single);
  return [
    ...(sessions.length > 0 && single.length === 0
      ? []
      : [`${rateText(requests)} requests/s${stagesText(single)}`]),
    ...sessions.map((stream) =>
      `${rateText(stream.ratePerSecond)} sessions/s of ${counted(stream.operations.length, "request")}${
        stagesText([stream])
      }`
    ),
  ].join(" and ");
}

/** The bounds where they can be told: several streams need not have their peaks at one time. */
function stagesText(streams: Streams): string {
  const staged = streams.filter(({ stages }) => stages !== null);
  if (staged.length === 0) return "";
  if (staged.length > 1) return ", by stages";
  const steady = sumOf(streams.filter(({ stages }) => stages === null));
  const { ratePerSecond, stages } = staged[0]!;
  const rates = [ratePerSecond, ...stages!.map(({ rate }) => rate)];
  return `, by stages ${rateText(steady + Math.min(...rates))} to ${rateText(steady + Math.max(...rates))}`;
}

function sumOf(streams: Streams): number {
  return streams.reduce((sum, { ratePerSecond }) => sum + ratePerSecond, 0);
}

function rateText(rate: number): string {
  return significant(rate, 4);
}
