import type { LiveFigures } from "../model/live.ts";
import { formatCount, formatSeconds, formatShare, measuredMs, significant } from "../model/units.ts";
import { singleLine } from "./safe_text.ts";

/** Where a run stands. */
export interface LiveState {
  readonly elapsedUs: number;
  /** When the run is to end; null: nobody knows, as something goes on that it waits for. */
  readonly totalUs: number | null;
  /** The phase that began last. `arm` null: it asks all arms, and is called by its segment. */
  readonly phase: { readonly warmup: boolean; readonly arm: string | null; readonly segment?: string };
  /** Counts since the run's start. */
  readonly counts: {
    readonly due: number;
    readonly failed: number;
    readonly timeout: number;
    readonly shed: number;
    readonly inFlight: number;
  };
  readonly figures: LiveFigures;
  /** True where clients ask again when they are answered: nothing is offered to them. */
  readonly closed: boolean;
}

/** Three lines of some 80 columns, to be rewritten while the run goes on. */
export function liveLines(state: LiveState): string {
  const { figures, counts } = state;
  return [
    [`${phaseOf(state)}, ${timeOf(state)}`, ...lag(figures)],
    [rates(state), underWay(counts), errors(counts)],
    [`last 5 s: ${quantiles(figures)}`, ...hits(figures)],
  ].map((parts) => parts.join(" · ")).join("\n");
}

/** The same as one line, for a log. */
export function liveLine(state: LiveState): string {
  const { figures, counts } = state;
  return `${timeOf(state)}, ${phaseOf(state)}: ` +
    [
      rates(state),
      quantiles(figures),
      errors(counts),
      ...hits(figures),
      underWay(counts),
      ...lag(figures),
    ].join(", ");
}

function phaseOf({ elapsedUs, totalUs, phase }: LiveState): string {
  if (totalUs !== null && elapsedUs >= totalUs) return "waiting for the last answers";
  const { warmup, arm, segment = "measuring" } = phase;
  return arm === null
    ? (warmup ? "warm-up" : segment)
    : `${warmup ? "warm-up" : "measuring"} ${singleLine(arm)}`;
}

function timeOf({ elapsedUs, totalUs }: LiveState): string {
  if (totalUs === null) return seconds(Math.max(0, Math.round(elapsedUs / 1e6)));
  const total = Math.round(totalUs / 1e6);
  const elapsed = Math.min(total, Math.max(0, Math.round(elapsedUs / 1e6)));
  const left = total - elapsed;
  return `${seconds(elapsed)} of ${seconds(total)}${left === 0 ? "" : `, ${seconds(left)} left`}`;
}

function seconds(whole: number): string {
  return whole === 0 ? "0 s" : formatSeconds(whole);
}

function rates({ figures: { offeredPerSecond, achievedPerSecond }, closed }: LiveState): string {
  return `${significant(offeredPerSecond, 3)}/s ${closed ? "sent" : "offered"}, ` +
    `${significant(achievedPerSecond, 3)}/s answered`;
}

function quantiles({ p50Ms, p95Ms, p99Ms }: LiveFigures): string {
  return `p50 ${measuredMs(p50Ms)}, p95 ${measuredMs(p95Ms)}, p99 ${measuredMs(p99Ms)}`;
}

function errors({ due, failed, timeout, shed }: LiveState["counts"]): string {
  const kinds = [[failed, "failed"], [timeout, "timed out"], [shed, "shed"]] as const;
  const found = kinds.filter(([n]) => n > 0).map(([n, what]) => `${formatCount(n)} ${what}`);
  return found.length === 0
    ? `no errors in ${formatCount(due)}`
    : `${found.join(", ")} of ${formatCount(due)}`;
}

function underWay({ inFlight }: LiveState["counts"]): string {
  return `${formatCount(inFlight)} in flight`;
}

function hits({ hitRate }: LiveFigures): string[] {
  return hitRate === null ? [] : [`${formatShare(hitRate)} hits`];
}

function lag({ lagP99Ms }: LiveFigures): string[] {
  return lagP99Ms === null ? [] : [`generator lag p99 ${measuredMs(lagP99Ms)}`];
}
