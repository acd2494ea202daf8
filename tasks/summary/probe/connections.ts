import { type ConnectionSummary, PROBE_METRICS } from "../../model/probe.ts";
import type { ProbeSample } from "./samples.ts";

/** What comes within so long of each other is told as one, µs. */
const TOGETHER_US = 1_000_000;
const KINDS = {
  [PROBE_METRICS.lost]: "lost",
  [PROBE_METRICS.regained]: "regained",
  [PROBE_METRICS.refused]: "refused",
} as const;

type Event = ConnectionSummary["events"][number];

/** What became of the load's connections. */
export function connectionSummary(samples: readonly ProbeSample[]): ConnectionSummary {
  const counts = { lost: 0, regained: 0, refused: 0 };
  const events: Event[] = [];
  let longestMs: number | null = null;
  for (const { metric, atUs, labels, value } of samples) {
    const kind = KINDS[metric as keyof typeof KINDS];
    if (kind === undefined) continue;
    counts[kind]++;
    if (kind === "regained") longestMs = Math.max(longestMs ?? 0, value);
    const code = labels.code ?? "";
    const at = events.findLastIndex((event) => event.kind === kind && event.code === code);
    const last = events[at];
    if (last !== undefined && atUs - last.untilUs <= TOGETHER_US) {
      events[at] = { ...last, untilUs: atUs, n: last.n + 1 };
    } else events.push({ fromUs: atUs, untilUs: atUs, kind, code, n: 1 });
  }
  return { ...counts, longestMs, events };
}
