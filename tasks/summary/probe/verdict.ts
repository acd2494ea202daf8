import { codeText } from "../../model/error_meaning.ts";
import type { Pause, ProbeError, ProbeLedgerSummary, ProbeSummary } from "../../model/probe.ts";
import type { Run, Verdict } from "../../model/run.ts";
import { counted, formatCount, formatMs, formatSeconds, listed } from "../../model/units.ts";
import type { Validity } from "../../model/validity.ts";
import { ledgerText, problemSentences } from "../migration/proof_sentences.ts";
import { endedEarly, invalid } from "../verdict_sentences.ts";

/** What a probe's verdict is drawn from. */
export interface ProbeEvidence {
  readonly run: Run;
  readonly validity: Validity;
  readonly probe: ProbeSummary;
  /** Pauses that the load generator made itself. */
  readonly ofGenerator: readonly Pause[];
}

/** Codes of errors that a sentence names; the table has all. */
const MOST_CODES = 3;

/**
 * The verdict of a probe with its reasons, the most important first. A write that is lost is a fact whatever else is in doubt. A
 * ledger that replication did not carry leaves open whether writes were lost.
 */
export function judgeProbe(evidence: ProbeEvidence): { verdict: Verdict | null; reasons: string[] } {
  const { run, validity, probe } = evidence;
  const data = probe.ledger === null ? [] : problemSentences(probe.ledger.problems);
  const left = run.environment.left ?? [];
  if (run.status !== "complete") return { verdict: null, reasons: [...endedEarly(run), ...data, ...left] };
  if (!validity.valid) {
    return {
      verdict: data.length > 0 ? "fail" : "invalid",
      reasons: [...data, ...invalid(validity), ...left],
    };
  }
  const failures = probe.errors.length === 0 ? [] : [errorsSentence(probe.errors)];
  const { pauseLimitMs } = probe.probe;
  const tooLong = probe.pauses.filter(({ leastMs }) => leastMs > pauseLimitMs);
  const paused = tooLong.length === 0 ? [] : [pauseSentence(probe, tooLong)];
  const doubts = probe.ledger === null ? [] : ledgerDoubts(probe.ledger);
  const rest = [...held(probe, tooLong), ...remarks(evidence), ...left];
  if (data.length + failures.length > 0) {
    return { verdict: "fail", reasons: [...data, ...failures, ...paused, ...doubts, ...rest] };
  }
  if (doubts.length > 0) return { verdict: "inconclusive", reasons: [...doubts, ...paused, ...rest] };
  return { verdict: paused.length > 0 ? "brief-pause" : "zero-downtime", reasons: [...paused, ...rest] };
}

function errorsSentence(errors: readonly ProbeError[]): string {
  const total = errors.reduce((sum, { n }) => sum + n, 0);
  const byCode = [...Map.groupBy(errors, ({ code }) => code)].map(([code, own]) => ({
    code,
    n: own.reduce((sum, { n }) => sum + n, 0),
  })).sort((a, b) => b.n - a.n);
  const codes = byCode.slice(0, MOST_CODES).map(({ code, n }) => `${formatCount(n)} × ${codeText(code)}`);
  const more = byCode.length > MOST_CODES ? [`${formatCount(byCode.length - MOST_CODES)} more codes`] : [];
  const from = Math.min(...errors.map(({ firstUs }) => firstUs));
  const until = Math.max(...errors.map(({ lastUs }) => lastUs));
  const when = until === from
    ? `at ${formatSeconds(from / 1e6)}`
    : `from ${formatSeconds(from / 1e6)} to ${formatSeconds(until / 1e6)}`;
  return `${counted(total, "request")} failed ${when}: ${listed([...codes, ...more])}.`;
}

function pauseSentence({ probe: { pauseLimitMs } }: ProbeSummary, tooLong: readonly Pause[]): string {
  const [longest] = tooLong.toSorted((a, b) => b.leastMs - a.leastMs);
  const others = outages(tooLong) - 1;
  const more = others === 0
    ? ""
    : ` ${counted(others, "other pause")} took longer than ${formatMs(pauseLimitMs)}, too.`;
  return `The longest pause took ${lengthText(longest!)}, and ${formatMs(pauseLimitMs)} are allowed: ${
    pauseText(longest!)
  }.${more}`;
}

/** Pauses of reads, writes and paths at the same time are one. */
function outages(pauses: readonly Pause[]): number {
  let count = 0;
  let untilUs = -1;
  for (const pause of pauses.toSorted((a, b) => a.fromUs - b.fromUs)) {
    if (pause.fromUs >= untilUs) count++;
    untilUs = Math.max(untilUs, pause.untilUs);
  }
  return count;
}

/** As `pauseLength` has it, in the units of a sentence. */
function lengthText({ ms, leastMs }: Pick<Pause, "ms" | "leastMs">): string {
  return ms - leastMs < 1 ? formatMs(ms) : `${formatMs(ms)}, of which ${formatMs(leastMs)} are certain`;
}

/** `all requests over sql from 11.3 s on, 300 due; it ended by new connections to 10.0.0.2:5432, timeline 1 → 2`. */
export function pauseText({ path, kind, fromUs, requests, endedBy, server }: Pause): string {
  const whose = `${kind === "all" ? "all requests" : `${kind}s`}${path === null ? "" : ` over ${path}`}`;
  return `${whose} from ${formatSeconds(fromUs / 1e6)} on, ${formatCount(requests)} due; ${
    endedBy === null
      ? "it had not ended when the probe did"
      : endedBy === "same connections"
      ? "it ended as the same connections answered again"
      : `it ended by new connections${server === null ? "" : ` to ${server}`}`
  }`;
}

function ledgerDoubts({ complete, notReplicated, unclear, carried }: ProbeLedgerSummary): string[] {
  if (complete) return [];
  if (notReplicated + unclear > 0 || carried.length > 0) {
    return [...carried, "So whether a write was lost cannot be told by this ledger."];
  }
  return ["Not every write could be looked at: whether one was lost cannot be told."];
}

function held(
  { errors, longest, ledger, probe: { floorMs, pauseLimitMs } }: ProbeSummary,
  tooLong: readonly Pause[],
): string[] {
  const floor = `pauses under ${formatMs(floorMs)} are not reported`;
  const pauses = longest === null
    ? `there was no pause (${floor})`
    : tooLong.length === 0
    ? `the longest pause took ${lengthText(longest)} (allowed: ${formatMs(pauseLimitMs)}; ${floor})`
    : null;
  const parts = [...errors.length === 0 ? ["no request failed"] : [], ...pauses === null ? [] : [pauses]];
  return [
    ...parts.length === 0 ? [] : [`${parts.join(", and ").replace(/^./, (letter) => letter.toUpperCase())}.`],
    ...ledger === null
      ? ["Nothing was written (--no-ledger): nothing is said of writes."]
      : ledger.complete && ledger.problems.length === 0
      ? [`${ledgerText(ledger)}.`]
      : [],
  ];
}

function remarks({ probe: { withoutTable, changes }, ofGenerator }: ProbeEvidence): string[] {
  return [
    ...withoutTable === 0 ? [] : [
      `${counted(withoutTable, "write")} found no table of the probe's at the new server (42P01): ` +
      "they are no failures of the server's.",
    ],
    ...ofGenerator.length === 0 ? [] : [
      `${counted(ofGenerator.length, "pause")} ${
        ofGenerator.length === 1 ? "is" : "are"
      } left out: the load generator was late, and not certainly the server.`,
    ],
    ...changes.length > 1 ? [] : ["No other server, address or state of it was seen."],
  ];
}
