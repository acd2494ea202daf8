import { BenchbookError, ExitCode, UsageError } from "../../model/errors.ts";
import type { ComparedSide } from "../../model/run_comparison.ts";
import type { StoredRun } from "../../store/runs.ts";
import { findRun } from "../../store/runs.ts";
import { fingerprintOf } from "../fingerprint.ts";
import { faultOf } from "../history_runs.ts";

/** One side of a comparison with its runs as they are stored, in order of time. */
export interface Side extends Omit<ComparedSide, "runs"> {
  readonly runs: readonly StoredRun[];
}

/**
 * What is meant by the names of two runs: each is a run or, where it is one of a series, all of that.
 * @throws {UsageError} where there is no such run, it is of another kind, or both are the same
 * @throws {BenchbookError} with the code of what is not comparable, where its numbers are not the system's
 */
export function sidesOf(
  all: readonly StoredRun[],
  base: string,
  candidate: string,
): { readonly base: Side; readonly candidate: Side } {
  const sides = { base: sideOf(all, base), candidate: sideOf(all, candidate) };
  if (sides.base.id === sides.candidate.id) {
    const what = sides.base.runs.length > 1 ? "runs of one series" : "one run";
    throw new UsageError(
      `Cannot compare ${base} with ${candidate}: they are ${what}, ${sides.base.id}`,
      "Name two different ones. See deno task runs.",
    );
  }
  return sides;
}

/** What one name means: a run, or all of its series. */
export function sideOf(all: readonly StoredRun[], reference: string): Side {
  const named = findRun(all, reference);
  refuseOtherKind(named, reference);
  const { series } = named.config;
  const own = series === undefined
    ? [named]
    : all.filter((run) => run.config.series?.id === series.id).sort((a, b) =>
      a.startedAt.getTime() - b.startedAt.getTime()
    );
  const { hash } = fingerprintOf(own.findLast((run) => faultOf(run) === null) ?? named);
  const faults = own.map((run) => ({
    run,
    fault: faultOf(run) ??
      (fingerprintOf(run).hash === hash ? null : "its fingerprint is not that of the others"),
  }));
  const runs = faults.filter(({ fault }) => fault === null).map(({ run }) => run);
  if (runs.length === 0) throw notComparable(reference, faults[0]!.run, faults[0]!.fault!);
  const id = series?.id ?? named.runId;
  return {
    id,
    label: named.label,
    runs,
    leftOut: faults.flatMap(({ run, fault }) =>
      fault === null ? [] : [`${run.runId} does not count: ${fault}.`]
    ),
    gitCommit: runs.at(-1)!.gitCommit,
    fingerprint: fingerprintOf(runs.at(-1)!).hash,
  };
}

function refuseOtherKind({ kind, config, searchId, runId }: StoredRun, reference: string): void {
  const what = kind === "find-rate"
    ? "a search for the highest rate"
    : config.probe !== undefined
    ? "a probe of a switch-over"
    : kind === "migrate"
    ? "a migration under load"
    : (searchId ?? null) !== null
    ? "a probe of a search"
    : null;
  if (what === null) return;
  throw new UsageError(
    `Cannot compare ${reference}: ${runId} is ${what}, and runs of deno task bench can be compared`,
    "Name two of those. See deno task runs.",
  );
}

function notComparable(reference: string, { runId, scenario }: StoredRun, fault: string): BenchbookError {
  return new BenchbookError(
    `Cannot compare ${reference}: ${runId === reference ? "" : `${runId}: `}${fault}`,
    ExitCode.invalid,
    `Measure again with deno task bench ${scenario}, and compare that run.`,
  );
}
