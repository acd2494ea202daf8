import type { Impact, SegmentError, Stall } from "../../model/migration_summary.ts";
import { affected, type Parts } from "./parts.ts";
import { changesOf, isAtLimit, type QuantileEstimates, quantilesOf } from "./quantiles.ts";
import { longest } from "./stalls.ts";
import { type Group, type Responses, responsesOf, type UnitRow } from "./responses.ts";
import { degradation, secondsOfPart } from "./seconds.ts";

/** What impacts are told from. */
export interface ImpactEvidence {
  readonly responses: readonly UnitRow[];
  readonly parts: Parts;
  /** From the migration on, with their locks: of each path and kind the longest, and the longest that began after its end. */
  readonly stalls: readonly Stall[];
  /** From the migration on. */
  readonly errors: readonly SegmentError[];
  /** After so long a request is given up, ms. */
  readonly timeoutMs: number;
}

/** How much slower requests of one path and kind were, and what else became of them. */
export function impactOf(
  group: Group,
  { responses, parts, stalls, errors, timeoutMs }: ImpactEvidence,
): Impact {
  const before = parts.baseline === null ? null : responsesOf(responses, group, parts.baseline);
  const during = parts.migrate === null ? null : responsesOf(responses, group, parts.migrate);
  const baseline = quantilesOf(before);
  const migrate = quantilesOf(during);
  const after = affected(parts).map((part) => responsesOf(responses, group, part));
  const own = <T extends Group>({ path, kind }: T) =>
    (group.path ?? path) === path && (group.kind === "all" || group.kind === kind);
  const ofGroup = stalls.filter(({ path, kind }) => path === group.path && kind === group.kind);
  const ended = parts.migrate?.endUs ?? Infinity;
  return {
    ...group,
    n: { baseline: before?.n ?? 0, migrate: during?.n ?? 0 },
    baseline,
    migrate,
    change: changesOf(baseline, migrate),
    stall: longest(ofGroup),
    caused: longest(ofGroup.filter(({ fromUs, lock }) => fromUs < ended || lock !== null)),
    degradationMsS: degradationOf(before, after, baseline, timeoutMs),
    errors: errors.filter(own).reduce((sum, { n }) => sum + n, 0),
  };
}

function degradationOf(
  before: Responses | null,
  after: readonly Responses[],
  baseline: QuantileEstimates,
  timeoutMs: number,
): number | null {
  const { value: limit } = baseline["0.95"]!;
  if (before === null) return 0;
  // Nothing can lie above the time limit of requests.
  if (isAtLimit(baseline["0.95"]!)) return null;
  return degradation(secondsOfPart(before), after.flatMap(secondsOfPart), limit, timeoutMs);
}
