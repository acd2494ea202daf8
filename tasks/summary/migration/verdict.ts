import type { Impact, MigrationSummary, SegmentError, Stall } from "../../model/migration_summary.ts";
import { MIGRATION_SEGMENTS } from "../../model/phases.ts";
import { holdsLimit } from "../../model/slo.ts";
import type { Run, Verdict } from "../../model/run.ts";
import { type SloResult, unmeasured } from "../../model/summary.ts";
import { capital, counted, formatCount, formatMs, formatSeconds } from "../../model/units.ts";
import type { Validity } from "../../model/validity.ts";
import { wilson } from "../../stats/proportion.ts";
import { LEVEL } from "../estimate.ts";
import { subjectOf } from "../slo.ts";
import { endedEarly, invalid, missedSentence, missingArms } from "../verdict_sentences.ts";
import { codesText, FAILING, OVERLOADED } from "./baseline.ts";
import { type FailedBefore, failedBefore, isOfBefore, wasMissedBefore } from "./failed_before.ts";
import { movedSentences } from "./moved.ts";
import { UNSEEN } from "./unseen.ts";
import { recoveryText } from "./recovery_text.ts";
import { shortLockSentences } from "./short_lock.ts";
import { longest, partText } from "./stalls.ts";
import { checksumFaults, ledgerFaults, proofDoubts, proofSentences } from "./proof_sentences.ts";

/** What a migration's verdict is drawn from. */
export interface MigrationEvidence {
  readonly run: Run;
  readonly validity: Validity;
  readonly slo: readonly SloResult[];
  readonly migration: MigrationSummary;
  /** What clients saw before it began. */
  readonly baselineErrors: readonly SegmentError[];
}

/**
 * The verdict of a migration with its reasons, the most important first. What was done to the data, or to a client, is a
 * fact whatever else is in doubt; all other failings need a generator that did not shape them. A run that ended early has
 * no verdict: its reasons say what is known all the same.
 */
export function judgeMigration(evidence: MigrationEvidence): { verdict: Verdict | null; reasons: string[] } {
  const { run, validity, migration } = evidence;
  const { recovery } = migration;
  const data = [
    ...stepFaults(evidence),
    ...ledgerFaults(migration),
    ...checksumFaults(migration.checksums),
  ];
  const left = [...missingArms(run.config), ...run.environment.left ?? []];
  if (run.status !== "complete") {
    return { verdict: null, reasons: [...endedEarly(run), ...data, ...left] };
  }
  const { own, doubtful, broken } = errorsOf(evidence);
  const { missed, missedBefore, unjudged } = targetsOf(evidence, broken);
  const stall = tooLong(evidence, ({ caused }) => caused);
  const stalled = stall === null ? [] : [stallSentence(stall, migration)];
  const anyStall = stall ?? tooLong(evidence, ({ stall }) => stall);
  const late = stall !== null || anyStall === null
    ? []
    : [`${stallSentence(anyStall, migration)} So nothing says that it was the migration's.`];
  const unrecovered = recovery.state === "not recovered" ? [recoveryText(migration)] : [];
  // Of a load that was settling when the run ended, nobody knows, nor what one would come back to that was too much before.
  const settling = recovery.settledSeconds > 0 || broken.length > 0 ||
    migration.warnings.some(({ code }) => code === OVERLOADED);
  const failures = own.length === 0 ? [] : [errorsSentence(own)];
  const doubts = [
    ...warned(migration, (code) => code === FAILING),
    ...doubtful.length === 0 ? [] : [`${errorsSentence(doubtful)} They did so before, too.`],
    ...missedBefore,
    ...warned(migration, (code) => code !== UNSEEN && code !== FAILING),
    ...late,
    ...recovery.state === "unknown" ? [recoveryText(migration)] : settling ? unrecovered : [],
    ...proofDoubts(migration),
    ...unjudged,
  ];
  // What clients saw is told before what follows from it.
  const facts = [...data, ...failures, ...stalled, ...settling ? [] : unrecovered, ...missed];
  // A stall is what clients saw, whoever looked at locks.
  const unseen = warned(migration, (code) => code === UNSEEN);
  if (!validity.valid) {
    return {
      verdict: data.length > 0 ? "fail" : "invalid",
      reasons: [...data, ...invalid(validity), ...left],
    };
  }
  const clients = clientSentences(evidence, { unfailing: own.length + doubtful.length === 0, anyStall });
  const held = heldSentences(evidence, anyStall);
  const rest = [...left, ...clients, ...held];
  if (facts.length > stalled.length) {
    return { verdict: "fail", reasons: [...facts, ...doubts, ...unseen, ...rest] };
  }
  if (doubts.length > 0) {
    return { verdict: "inconclusive", reasons: [...doubts, ...stalled, ...unseen, ...rest] };
  }
  if (stalled.length > 0) {
    return { verdict: "brief-pause", reasons: [...stalled, BRIEF_PAUSE, ...unseen, ...left, ...held] };
  }
  if (unseen.length > 0) return { verdict: "inconclusive", reasons: [...unseen, ...rest] };
  return { verdict: "zero-downtime", reasons: [...rest, ...shortLockSentences(migration)] };
}

/** Targets that were missed while it ran, those that were missed before it as well, and those of which nobody knows. */
function targetsOf({ slo, migration: { impacts } }: MigrationEvidence, broken: readonly FailedBefore[]) {
  const judged = slo.filter(({ term }) => term.metric !== "stall");
  const missing = judged.filter((result) => !result.ok && !unmeasured(result));
  const isOfBefore = (result: SloResult) => wasMissedBefore(result, broken, impacts);
  return {
    missed: missing.filter((result) => !isOfBefore(result)).map(missedSentence),
    missedBefore: missing.filter(isOfBefore).map((result) =>
      `${missedSentence(result)} It did so before, too.`
    ),
    unjudged: judged.filter(unmeasured).map(notJudgedSentence),
  };
}

function warned({ warnings }: MigrationSummary, has: (code: string) => boolean): string[] {
  return warnings.filter(({ code }) => has(code)).map(({ text }) => text);
}

/** However long it was. */
const BRIEF_PAUSE = "This is a brief pause: only the stall was too long, and no request failed.";

function notJudgedSentence(result: SloResult): string {
  const why = result.measured.warnings[0]?.text ?? "It was not measured.";
  return `Not judged while the migration ran: ${result.text} (${subjectOf(result)}). ${why}`;
}

/** What went wrong with the migration itself. */
function stepFaults({ migration: { steps, migration } }: MigrationEvidence): string[] {
  const named = ({ file, statement }: { file: string; statement: number }) =>
    `${file}, statement ${statement}`;
  const failed = steps.filter(({ error, errorCode }) => error !== null || errorCode !== null);
  if (failed.length > 0) {
    return failed.map((step) =>
      `The migration failed (${named(step)}): ${step.error ?? "an error"}${
        step.errorCode === null ? "" : ` (${step.errorCode})`
      }.`
    );
  }
  const unended = steps.filter(({ endUs }) => endUs === null);
  if (unended.length > 0) {
    return unended.map((step) => `The migration did not end: ${named(step)} was never over.`);
  }
  const planned = migration.steps.reduce((sum, { statements }) => sum + statements.length, 0);
  if (steps.length >= planned) return [];
  return [`Of ${counted(planned, "statement")} of the migration only ${formatCount(steps.length)} ran.`];
}

/**
 * Errors from the migration on: those that are its own, and those that came as often before it began. A code is its own
 * where the intervals of both rates do not meet; none is that a path had before in such numbers that it could not serve
 * the load.
 */
function errorsOf({ run, migration: { errors, impacts }, baselineErrors }: MigrationEvidence) {
  const broken = failedBefore(impacts, baselineErrors, run.config.slo);
  const total = impacts.find(({ path, kind }) => path === null && kind === "all");
  const sum = (list: readonly SegmentError[], code: string) =>
    list.filter((each) => each.code === code).reduce((n, each) => n + each.n, 0);
  const isMore = (code: string): boolean => {
    const before = sum(baselineErrors, code);
    if (before === 0 || total === undefined) return true;
    const [n, m] = [Math.max(total.n.baseline, before), Math.max(total.n.migrate, sum(errors, code))];
    return wilson(sum(errors, code), m, LEVEL)!.low > wilson(before, n, LEVEL)!.high;
  };
  const isOwn = (error: SegmentError) => isMore(error.code) && !isOfBefore(error, broken, baselineErrors);
  return { own: errors.filter(isOwn), doubtful: errors.filter((error) => !isOwn(error)), broken };
}

function errorsSentence(errors: readonly SegmentError[]): string {
  const total = errors.reduce((sum, { n }) => sum + n, 0);
  const [most] = errors;
  const groups = new Set(errors.map(({ path, kind }) => `${path} ${kind}`));
  const segments = new Set(errors.map(({ segment }) => segment));
  const when = segments.size > 1
    ? "while the migration ran and after it"
    : segments.has(MIGRATION_SEGMENTS.migrate)
    ? "while the migration ran"
    : "after the migration";
  const where = groups.size === 1
    ? `${most!.kind}s over ${most!.path}`
    : `most of them ${most!.kind}s over ${most!.path}`;
  return `${counted(total, "request")} failed ${when} (${codesText(errors)}), ${where}.`;
}

/**
 * The longest stall that is longer than is allowed; null: none is. A path with a target of its own is judged by that.
 * @param of which one of a path and kind
 */
function tooLong(
  { migration: { impacts, stallLimitMs }, slo }: MigrationEvidence,
  of: (impact: Impact) => Stall | null,
): Stall | null {
  const targets = slo.filter(({ term }) => term.metric === "stall");
  const ownLimits = targets.length > 0 && targets.every(({ term }) => term.scope !== null);
  // Of stalls as long, that of most requests: all together come last.
  return longest(
    impacts.toReversed().flatMap((impact) => {
      const { path } = impact;
      const stall = of(impact);
      if (stall === null || (path === null && ownLimits)) return [];
      const own = targets.filter(({ arm }) => arm === path);
      return (own.length === 0
          ? stall.ms > stallLimitMs
          : own.some(({ term }) => !holdsLimit(term, stall.ms)))
        ? [stall]
        : [];
    }),
  );
}

/** How the sentence of a stall that was too long begins. */
export const STALLED = "The load stalled for ";

function stallSentence(stall: Stall, { stallLimitMs, segments, moved }: MigrationSummary): string {
  const held = moved?.switches.some(({ startUs, endUs }) => startUs < stall.untilUs && endUs > stall.fromUs);
  const lock = stall.lock !== null
    ? ""
    : held
    ? "; they were held while they went to the other server"
    : "; no lock was seen that they waited for";
  const end = segments.find(({ segment }) => segment === MIGRATION_SEGMENTS.migrate)?.endUs ?? Infinity;
  const after = stall.fromUs > end
    ? `, ${formatSeconds((stall.fromUs - end) / 1e6)} after the migration had ended`
    : "";
  return `${STALLED}${formatMs(stall.ms)} (allowed: ${formatMs(stallLimitMs)})${partText(stall)}: ${
    whenText(stall, after)
  }${lock}.`;
}

/** `reads over sql from 11.3 s on, 300 requests pending; they waited for AccessShareLock on …`. */
export function whenText(stall: Stall, after = ""): string {
  const lock = stall.lock === null ? "" : `; ${waitedText(stall)} for ${stall.lock}`;
  return `${whose(stall)} from ${formatSeconds(stall.fromUs / 1e6)} on${after}, ${
    counted(stall.pending, "request")
  } pending${lock}`;
}

function waitedText({ kind, lockOf }: Stall): string {
  if (lockOf === undefined) return "they waited";
  return `${lockOf === "load" ? "the load" : whose({ kind, path: null })} waited most`;
}

function whose({ path, kind }: Pick<Stall, "path" | "kind">): string {
  return `${kind === "all" ? "all requests" : `${kind}s`}${path === null ? "" : ` over ${path}`}`;
}

/** What clients saw that was too much. */
interface Seen {
  /** Whether no request failed. */
  readonly unfailing: boolean;
  /** The longest stall that was too long, whatever caused it. */
  readonly anyStall: Stall | null;
}

/** What clients did not see. */
function clientSentences(evidence: MigrationEvidence, { unfailing, anyStall }: Seen): string[] {
  const { stall, stallLimitMs } = evidence.migration;
  const longest = stall === null ? "nothing stalled" : `the longest stall was ${formatMs(stall.ms)}`;
  const held = [
    ...unfailing ? ["no request failed"] : [],
    ...anyStall === null ? [`${longest} (allowed: ${formatMs(stallLimitMs)})`] : [],
  ];
  return held.length === 0 ? [] : [`${capital(held.join(", and "))}.`];
}

/** What else holds, for whoever asks what was looked at. */
function heldSentences(evidence: MigrationEvidence, anyStall: Stall | null): string[] {
  const { migration } = evidence;
  const { recovery } = migration;
  return [
    ...anyStall === null ? waitedSentences(migration) : [],
    ...migration.moved === undefined ? [] : movedSentences(migration.moved),
    ...proofSentences(migration),
    ...recovery.state === "recovered" ? [recoveryText(migration)] : [],
  ];
}

/** Who asks one question alone may wait for longer than a stall may take, and be told of it. */
function waitedSentences({ waits, stallLimitMs }: MigrationSummary): string[] {
  const longest = waits.find(({ role }) => role === "load");
  if (longest === undefined || longest.waitedUs <= 1000 * stallLimitMs) return [];
  const { waitedUs, mode, relation } = longest;
  return [
    `A request waited ${formatMs(waitedUs / 1000)} for ${mode}${
      relation === null ? "" : ` on ${relation}`
    }, while others ` +
    "of its path were answered: that is no stall.",
  ];
}
