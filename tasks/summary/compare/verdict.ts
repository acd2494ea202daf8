import { counted, fixed, formatShare, listed, significant } from "../../model/units.ts";
import type {
  ComparedErrors,
  ComparedRow,
  ComparedVerdict,
  NoiseSource,
} from "../../model/run_comparison.ts";

/** What a verdict is drawn from. */
export interface ComparedEvidence {
  readonly rows: readonly ComparedRow[];
  readonly errors: readonly ComparedErrors[];
  readonly noise: NoiseSource;
  /** Runs of each side. */
  readonly runs: { readonly base: number; readonly candidate: number };
  /** Whether both ran on machines of one fingerprint. */
  readonly sameMachine: boolean;
}

/** So many changes are named; the table has all. */
const MOST_NAMED = 3;

/**
 * The verdict over all rows with its reasons, the most important first: one regression regresses the whole; an
 * improvement counts where there is none; equivalent are runs that are so over all operations and arms.
 */
export function judgeComparison(
  evidence: ComparedEvidence,
): { readonly verdict: ComparedVerdict; readonly reasons: string[] } {
  const { rows, errors, noise, runs, sameMachine } = evidence;
  const of = (verdict: ComparedVerdict) => rows.filter((row) => row.verdict === verdict);
  const [regressed, improved] = [of("regressed"), of("improved")];
  const worse = errors.filter(({ more }) => more);
  const whole = rows.find(({ operation }) => operation === null);
  const told = [
    ...regressed.length === 0 ? [] : [`Slower: ${namesOf(regressed)}.`],
    ...improved.length === 0 ? [] : [`Faster: ${namesOf(improved)}.`],
    ...worse.map(({ arm, base, candidate }) =>
      `${arm} has more requests without an answer: ${formatShare(candidate.value)} against ${
        formatShare(base.value)
      }.`
    ),
    ...whole === undefined ? [] : [wholeText(whole)],
    noiseText(noise, runs),
  ];
  if (!sameMachine) return { verdict: "inconclusive", reasons: [OTHER_MACHINE, ...told] };
  if (regressed.length > 0) return { verdict: "regressed", reasons: told };
  if (noise.from === null && !enough(runs)) {
    return { verdict: "inconclusive", reasons: [singleText(runs), ...told.slice(0, -1)] };
  }
  // Answers that are not given take no time.
  if (worse.length > 0) return { verdict: "inconclusive", reasons: told };
  if (improved.length > 0) return { verdict: "improved", reasons: told };
  return { verdict: whole?.verdict === "equivalent" ? "equivalent" : "inconclusive", reasons: told };
}

const OTHER_MACHINE =
  "No verdict: the runs were made on different machines or with different services, and what differs between these " +
  "cannot be told from what changed.";

function enough({ base, candidate }: ComparedEvidence["runs"]): boolean {
  return Math.min(base, candidate) >= 5;
}

function singleText({ base, candidate }: ComparedEvidence["runs"]): string {
  const what = base === 1 && candidate === 1
    ? "Two single runs"
    : `${counted(base, "run")} against ${counted(candidate, "run")}`;
  return `${what} cannot tell a change from what runs differ by anyway, and no five runs of one version are stored to ` +
    "tell how much that is: no verdict. Use --repeat 5 for both, or measure both versions as two arms of one run (--arm).";
}

function noiseText({ from, runs: of, twoRuns }: NoiseSource, runs: ComparedEvidence["runs"]): string {
  if (twoRuns === null) {
    return enough(runs) ? "The noise floor is that of the runs themselves." : "The noise floor is not known.";
  }
  const source = from === "repeats" ? "runs of the same version" : "runs of this scenario on this machine";
  return `Noise floor: with nothing changed, two single runs differ by up to ${
    percent(twoRuns)
  } over all operations ` +
    `(95 %, from ${of} ${source}).`;
}

function wholeText({ arm, ratio, low, high, verdict }: ComparedRow): string {
  const interval = low === null || high === null ? "" : ` (${fixed(low, 3)} to ${fixed(high, 3)})`;
  return `Over all operations${arm === null ? "" : ` of ${arm}`} response times are ${
    fixed(ratio ?? 1, 3)
  }×${interval}: ${verdict}.`;
}

function namesOf(rows: readonly ComparedRow[]): string {
  const most = [...rows].sort((a, b) => Math.abs(Math.log(b.ratio ?? 1)) - Math.abs(Math.log(a.ratio ?? 1)));
  const named = most.slice(0, MOST_NAMED).map((row) => `${rowName(row)} ${fixed(row.ratio ?? 1, 3)}×`);
  const rest = most.length - named.length;
  return listed([...named, ...rest === 0 ? [] : [`${rest} more`]]);
}

/** `order-details over sql (p95)`, `sql (all operations)`, `all operations`. */
export function rowName(
  { arm, operation, statistic }: Pick<ComparedRow, "arm" | "operation" | "statistic">,
): string {
  if (operation === null) return arm === null ? "all operations" : `all operations over ${arm}`;
  return `${operation}${arm === null ? "" : ` over ${arm}`} (${statistic})`;
}

/** A ratio above 1 as a change to either side: `±3.4 %`, or from twice on `a factor of 2.1`. */
export function percent(ratio: number | null): string {
  if (ratio === null) return "—";
  return ratio >= 2 ? `a factor of ${significant(ratio, 2)}` : `${significant((ratio - 1) * 100, 2)} %`;
}
