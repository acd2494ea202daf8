import { createHash } from "node:crypto";
import type { Warning } from "../../model/estimate.ts";
import type { FingerprintDifference } from "../../model/fingerprint.ts";
import { mixShares, type Weighted } from "../../model/mix_shares.ts";
import type { ComparedRow, ComparedSide, OnlyThere, RunComparison } from "../../model/run_comparison.ts";
import { SERVICE_NAMES } from "../../model/run.ts";
import { isRunId } from "../../model/run_id.ts";
import { listRuns, type Rows, type StoredRun } from "../../store/runs.ts";
import { differences, fingerprintOf } from "../fingerprint.ts";
import { historyRuns } from "../history_runs.ts";
import { noiseBand, noiseFloor, type SubjectLevel } from "../noise_floor.ts";
import { type Cell, type RunLevels, runLevels } from "../run_levels.ts";
import { comparedErrors, type CountRow, countsOf, typicalMs } from "./errors.ts";
import { cellsOf, compareCells, type ComparedCell } from "./judge.ts";
import { notesOf, unexplained } from "./notes.ts";
import { type Side, sidesOf } from "./sides.ts";
import { shiftsOf } from "./shifts.ts";
import { subjectsOf } from "./subject.ts";
import { judgeComparison } from "./verdict.ts";
import { changedStatements, comparedPlans, whatChanged } from "./what_changed.ts";

/** Of the runs that tell the noise floor so many requests are read. */
const MOST_SLOTS = 8_000_000;

/**
 * Compares two runs, or series of runs, of one store.
 * @param base how the run is named that is compared with
 * @param options.ignoreFingerprint compares also what was made with other services, or on another machine, data set or load
 * @throws {UsageError} where there are no such two runs
 * @throws {BenchbookError} where one's numbers are not the system's
 */
export async function compareRuns(
  rows: Rows,
  base: string,
  candidate: string,
  { ignoreFingerprint = false }: { readonly ignoreFingerprint?: boolean } = {},
): Promise<RunComparison> {
  const all = await listRuns(rows);
  const sides = sidesOf(all, base, candidate);
  const [first, second] = [sides.base.runs.at(-1)!, sides.candidate.runs.at(-1)!];
  const found = differences(fingerprintOf(first), fingerprintOf(second));
  const common = commonTo(first, second);
  const report: Omit<RunComparison, "verdict" | "reasons" | "rows" | "errors" | "shifts" | "noise"> = {
    schema: 1,
    id: comparisonId(sides.base.id, sides.candidate.id),
    base: shown(sides.base),
    candidate: shown(sides.candidate),
    scenario: first.scenario,
    differences: found,
    changes: await whatChanged(rows, first, second),
    statements: await changedStatements(rows, first, second),
    plans: (await comparedPlans(rows, first, second)).filter(({ diff }) => diff.changed)
      .map(({ operation, candidate, diff }) => ({ arm: candidate, operation, changes: diff.changes })),
    only: common.only,
    warnings: warningsOf(sides, first, second),
    files: { html: null, pdf: null, markdown: null },
  };
  const refused = notComparable(found, common, ignoreFingerprint);
  if (refused !== null) {
    return {
      ...report,
      verdict: null,
      reasons: [refused],
      rows: [],
      errors: [],
      shifts: [],
      noise: { from: null, runs: 0, twoRuns: null },
    };
  }
  const { reasons: [leading = "", ...more], notes, ...judged } = await compared(rows, sides, common, {
    all,
    found,
  });
  const cause = unexplained({ ...report, ...judged });
  return {
    ...report,
    ...judged,
    reasons: [leading, ...cause, ...more],
    warnings: [...report.warnings, ...notes],
  };
}

async function compared(
  rows: Rows,
  sides: { readonly base: Side; readonly candidate: Side },
  { arms, mix }: Common,
  { all, found }: { readonly all: readonly StoredRun[]; readonly found: readonly FingerprintDifference[] },
): Promise<
  & Pick<RunComparison, "verdict" | "reasons" | "rows" | "errors" | "shifts" | "noise">
  & { readonly notes: readonly Warning[] }
> {
  // The band of the base's machine and load says nothing of a candidate under others.
  const history = found.length > 0 ? [...sides.base.runs] : historyOf(all, sides);
  const runs = [...history, ...sides.candidate.runs];
  const subjects = await subjectsOf(rows, history);
  const timeoutMs = Math.max(...runs.map(({ config }) => config.timeoutMs));
  const levels = await runLevels(rows, runs.map(({ runId }) => runId), { arms, mix, timeoutMs });
  const asked = cellsOf(arms, mix);
  const cells = asked.flatMap((cell) => {
    const [base, candidate] = [sides.base, sides.candidate].map((side) => levelsIn(side.runs, levels, cell));
    if (base === null || candidate === null) return [];
    const past = history.flatMap(({ runId }): SubjectLevel[] => {
      const log = meanOf(levels.get(runId)!, cell);
      return log === null ? [] : [{ log, subject: subjects.get(runId)! }];
    });
    // Those of the candidate tell the noise too, but nothing of the base's level.
    const own = sides.candidate.runs.map(({ runId }) => ({
      log: meanOf(levels.get(runId)!, cell)!,
      subject: "candidate",
    }));
    return [{ cell, base, candidate, band: noiseBand([...past, ...own]) }] as ComparedCell[];
  });
  const sameMachine = !found.some(({ part }) => part === "machine");
  const [baseIds, candidateIds] = [idsOf(sides.base), idsOf(sides.candidate)];
  const counts = await countsOf(rows, [...baseIds, ...candidateIds]);
  const of = (side: Side) => counts.filter(({ runId }) => side.runs.some((run) => run.runId === runId));
  const [ofBase, ofCandidate] = [of(sides.base), of(sides.candidate)];
  const judged = compareCells(cells, sameMachine).map((row) => withTimes(row, ofBase, ofCandidate));
  const errors = arms.map((arm) => comparedErrors(arm, ofBase, ofCandidate));
  const band = cells[0]?.band ?? null;
  const noise = {
    from: band?.from ?? null,
    runs: band?.runs ?? 0,
    twoRuns: band === null ? null : noiseFloor(band),
  };
  const counted = { base: baseIds.length, candidate: candidateIds.length };
  return {
    ...judgeComparison({ rows: judged, errors, noise, runs: counted, sameMachine }),
    rows: judged,
    notes: notesOf(judged, asked.filter((cell) => !cells.some((own) => own.cell === cell)), counts, [
      ...baseIds,
      ...candidateIds,
    ]),
    errors,
    shifts: await shiftsOf(rows, judged, { base: baseIds, candidate: candidateIds, timeoutMs }),
    noise,
  };
}

function idsOf({ runs }: Side): string[] {
  return runs.map(({ runId }) => runId);
}

/** What a comparison is called: its page lies in a folder of that name, which has a limited length. */
function comparisonId(base: string, candidate: string): string {
  const whole = `compare-${base}-${candidate}`;
  if (isRunId(whole)) return whole;
  return `compare-${createHash("sha256").update(whole).digest("hex").slice(0, 16)}`;
}

function withTimes(
  row: Omit<ComparedRow, "baseMs" | "candidateMs">,
  base: readonly CountRow[],
  candidate: readonly CountRow[],
): ComparedRow {
  return { ...row, baseMs: typicalMs(base, row), candidateMs: typicalMs(candidate, row) };
}

/** What both sides have, and what only one has. */
interface Common {
  readonly arms: readonly string[];
  readonly mix: readonly Weighted[];
  readonly only: { readonly base: OnlyThere; readonly candidate: OnlyThere };
}

function commonTo({ config: base }: StoredRun, { config: candidate }: StoredRun): Common {
  const names = ({ operations }: StoredRun["config"]) => operations.map(({ name }) => name);
  const without = (own: StoredRun["config"], other: StoredRun["config"]): OnlyThere => ({
    arms: own.arms.filter((arm) => !other.arms.includes(arm)),
    operations: names(own).filter((name) => !names(other).includes(name)),
  });
  return {
    arms: base.arms.filter((arm) => candidate.arms.includes(arm)),
    mix: mixShares(base).filter(({ name }) => names(candidate).includes(name)),
    only: { base: without(base, candidate), candidate: without(candidate, base) },
  };
}

/** Why nothing can be compared, as a sentence; null: it can. */
function notComparable(
  found: readonly FingerprintDifference[],
  { arms, mix }: Common,
  ignore: boolean,
): string | null {
  if (arms.length === 0 || mix.length === 0) {
    return `Not comparable: the runs have no ${arms.length === 0 ? "arm" : "operation"} in common.`;
  }
  if (ignore || found.length === 0) return null;
  const parts = [...new Set(found.map(({ part }) => part))];
  const services: readonly string[] = Object.values(SERVICE_NAMES);
  const same = found.every(({ part, name }) => part !== "machine" || services.includes(name));
  const names = {
    machine: same ? "other services" : "another machine",
    dataset: "another data set",
    load: "another load",
  };
  return `Not comparable: the candidate ran with ${parts.map((part) => names[part]).join(" and ")}. ` +
    "--ignore-fingerprint compares them nevertheless.";
}

/** The runs that tell how much runs differ here, the base's among them and the candidate's not, in order of time. */
function historyOf(
  all: readonly StoredRun[],
  { base, candidate }: { readonly base: Side; readonly candidate: Side },
): StoredRun[] {
  const compared = new Set([...idsOf(base), ...idsOf(candidate)]);
  const others = all.filter(({ runId }) => !compared.has(runId));
  return [...historyRuns(others, { hash: base.fingerprint, mostSlots: MOST_SLOTS }), ...base.runs]
    .sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime());
}

function levelsIn(runs: readonly StoredRun[], levels: ReadonlyMap<string, RunLevels>, cell: Cell) {
  const own = runs.map(({ runId }) => levels.get(runId)!.of(cell));
  return own.some((each) => each === null) ? null : own;
}

function meanOf(levels: RunLevels, cell: Cell): number | null {
  const logs = levels.of(cell)?.logs ?? null;
  return logs === null ? null : logs.reduce((sum, log) => sum + log, 0) / logs.length;
}

function shown({ runs, ...side }: Side): ComparedSide {
  return { ...side, runs: runs.map(({ runId, startedAt }) => ({ runId, startedAt })) };
}

function warningsOf(
  { base, candidate }: { readonly base: Side; readonly candidate: Side },
  first: StoredRun,
  second: StoredRun,
): Warning[] {
  const moved = first.environment.hostname !== second.environment.hostname;
  return [
    ...[...base.leftOut, ...candidate.leftOut].map((text) => ({ code: "left-out", text })),
    ...moved
      ? [{
        code: "other-host",
        text:
          "The runs name different hosts: machines of the same make may differ, and nothing here tells it apart.",
      }]
      : [],
    ...[first, second].flatMap(({ runId, config: { untilDecided } }) =>
      untilDecided === undefined ? [] : [{
        code: "until-decided",
        text:
          `${runId} was to end when its arms were told apart: its length depends on their ratios, which is left out ` +
          "of account here.",
      }]
    ),
    ...first.config.durationSeconds === second.config.durationSeconds ? [] : [{
      code: "other-duration",
      text: "The runs measured for different times: caches may have been filled to another degree.",
    }],
  ];
}
