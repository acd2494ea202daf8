import { verdictText } from "../../model/run.ts";
import type { RunSummary } from "../../model/summary.ts";
import { formatCount, formatMs } from "../../model/units.ts";
import { formatTable } from "../../terminal/table.ts";
import { type Finding, finding, heldBelow } from "../finding.ts";
import { spread } from "../spread.ts";
import type { Race } from "./races.ts";

/** Nobody is to wait longer, ms. */
const STALL_MS = 1000;
const RIGHT = "right" as const;

/** What moves of one kind came to. @param kind e.g. "moves" @param ended why others have no result, a sentence each */
export function movesFound(kind: string, moves: readonly RunSummary[], ended: readonly string[]): Finding[] {
  const all = [...moves, ...ended];
  const clean = counted(`${kind} without an error, all writes at both`, all, isClean, "each");
  const note = ended.length === 0 ? null : ended.join("; ");
  if (moves.length === 0) return [{ ...clean, note }];
  const stalls = moves.map(({ migration }) => migration!.stall?.ms ?? 0);
  return [
    { ...clean, note },
    // A busy machine has runs that cannot be judged: that is no word on the move.
    counted(`${kind} with zero downtime`, all, isZeroDowntime, null),
    heldBelow({ what: `longest stall of ${kind}`, unit: "ms", note: null }, stalls, STALL_MS),
  ];
}

/** What races came to. */
export function racesFound(races: readonly Race[]): Finding[] {
  const of = (past: boolean) => races.filter((race) => race.past === past);
  const isCaught = ({ wrong }: Race) => wrong === null;
  const wrong = races.flatMap(({ wrong }) => wrong ?? []);
  return [
    counted("races with the switch: carried over or refused", of(false), isCaught, "each"),
    counted("races past the fence: named before clients go over", of(true), isCaught, "each"),
  ].map((each) => wrong.length === 0 ? each : { ...each, note: wrong.join("; ") });
}

function counted<T>(what: string, of: readonly T[], is: (one: T) => boolean, goal: string | null): Finding {
  const n = of.filter(is).length;
  return finding({
    what,
    unit: `of ${of.length}`,
    ours: spread([n]),
    goal,
    reached: goal === null ? null : n === of.length,
  });
}

function isZeroDowntime(move: RunSummary | string): boolean {
  return typeof move !== "string" && move.verdict === "zero-downtime";
}

function isClean(move: RunSummary | string): boolean {
  if (typeof move === "string") return false;
  const { ledger, checksums, errors } = move.migration!;
  return ledger.complete && ledger.problems.length === 0 && checksums.different.length === 0 &&
    checksums.lacking === null && errors.length === 0;
}

/** A row for each move. @param columns of the terminal */
export function movesTable(moves: readonly RunSummary[], columns?: number): string {
  return formatTable(
    [
      { title: "run", align: RIGHT },
      { title: "held", align: RIGHT },
      { title: "stall", align: RIGHT },
      { title: "errors", align: RIGHT },
      { title: "writes", align: RIGHT },
      { title: "ledger", align: "left" },
      { title: "checksums", align: "left" },
      { title: "verdict", align: "left" },
    ],
    moves.map((move, index) => [`${index + 1}`, ...cells(move)]),
    columns,
  );
}

/** What a move came to, in a few words. */
export function moveText(move: RunSummary): string {
  return `held ${heldText(move)}; ${outcomeText(move)}`;
}

/** How long clients were held each time. */
function heldText({ migration }: RunSummary): string {
  const { switches } = migration!.moved!;
  return switches.map(({ startUs, endUs }) => formatMs((endUs - startUs) / 1000)).join(", ") || "never";
}

function outcomeText({ verdict, run }: RunSummary): string {
  return verdict === null ? run.status : verdictText(verdict);
}

function cells(move: RunSummary): string[] {
  const { ledger, checksums, errors, stall } = move.migration!;
  const { lacking, different } = checksums;
  const problems = ledger.problems.map(({ problem, n }) => `${n} ${problem}`).join(", ");
  return [
    heldText(move),
    formatMs(stall?.ms ?? null),
    formatCount(errors.reduce((sum, { n }) => sum + n, 0)),
    formatCount(ledger.ok),
    problems || (ledger.complete ? "clean" : "not complete"),
    lacking ?? (different.length === 0 ? "equal" : `${different.length} differ`),
    outcomeText(move),
  ];
}
