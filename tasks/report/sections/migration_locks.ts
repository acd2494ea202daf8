import { numbers, words } from "../../charts/figure.ts";
import type { LockEvent, SessionRole } from "../../model/migration.ts";
import type { MigrationSummary, StepEvidence } from "../../model/migration_summary.ts";
import { counted, formatCount, formatSeconds, measuredMs } from "../../model/units.ts";
import { plain } from "../cells.ts";
import type { ReportTable } from "../tables.ts";
import type { Section } from "./section.ts";

/** Waits that differ in nothing but their time and their session. */
interface WaitRow {
  readonly longest: string;
  readonly times: string;
  readonly from: string;
  readonly who: string;
  readonly lock: string;
  readonly query: string;
  readonly blocker: string;
  readonly blockerQuery: string;
}

interface LocksView {
  readonly taken: ReportTable | null;
  readonly waits: readonly WaitRow[];
  /** How many there were, as a sentence. */
  readonly counted: string;
}

/** What each statement locked, and who waited for whom. */
export const LOCKS: Section<LocksView> = {
  of: "migrate",
  title: "Locks",
  figures: [],
  template: "sections/migration_locks",
  view({ summary: { migration } }) {
    if (migration === undefined) return null;
    const { steps, waits } = migration;
    const alike = ({ role, mode, relation, query, blockerRole, blockerQuery }: LockEvent) =>
      JSON.stringify([role, mode, relation, query, blockerRole, blockerQuery]);
    return {
      taken: takenTable(steps),
      waits: [...Map.groupBy(waits, alike).values()].map(waitRow),
      counted: countedText(migration),
    };
  },
};

function takenTable(steps: readonly StepEvidence[]): ReportTable | null {
  const locked = steps.filter(({ locks }) => locks.length > 0);
  if (locked.length === 0) return null;
  return {
    id: "table-locks",
    caption: "Locks that each statement took or waited for",
    columns: [
      ...words("Statement", "Relation", "Mode"),
      ...numbers("Waited", "First held at", "Held", "Sessions held up"),
    ],
    groups: locked.map(({ step, statement, locks }) => ({
      name: `${step}.${statement}`,
      span: locks.length,
      rows: locks.map(({ relation, mode, waitedUs, atUs, heldUs, blocked }) => ({
        name: relation,
        cells: [
          mode,
          waitedUs === 0 ? "—" : measuredMs(waitedUs / 1000),
          atUs === null ? "never held" : formatSeconds(atUs / 1e6),
          atUs === null ? "—" : measuredMs(heldUs / 1000),
          formatCount(blocked),
        ].map(plain),
      })),
    })),
    note:
      "As seen by sampling pg_locks. Sessions held up: those of the load that waited for it at one moment, at most. A " +
      "statement that still waits for a strong lock holds up whoever asks after it.",
  };
}

/** @param own from the longest to the shortest */
function waitRow(own: readonly LockEvent[]): WaitRow {
  const [{ waitedUs, role, mode, relation, query, blockerRole, blockerQuery }] = own as [LockEvent];
  const first = own.reduce((a, b) => b.atUs < a.atUs ? b : a);
  return {
    longest: measuredMs(waitedUs / 1000),
    times: formatCount(own.length),
    from: formatSeconds(first.atUs / 1e6),
    who: sessionsText(role, own.map(({ pid }) => pid)),
    lock: relation === null ? mode : `${mode} on ${relation}`,
    query: query ?? "",
    blocker: blockerRole === null
      ? "not known"
      : sessionsText(blockerRole, own.flatMap(({ blockedBy }) => blockedBy ?? [])),
    blockerQuery: blockerQuery ?? "",
  };
}

/** `the migration, process 300`, `the load, 11 sessions`. */
function sessionsText(role: SessionRole, pids: readonly number[]): string {
  const sessions = new Set(pids);
  return `${ROLES[role]}, ${sessions.size === 1 ? `process ${pids[0]}` : counted(sessions.size, "session")}`;
}

function countedText({ waits, waitCount }: MigrationSummary): string {
  const all = waitCount > waits.length
    ? `Of ${counted(waitCount, "wait")} the longest ${formatCount(waits.length)} are shown`
    : `${counted(waitCount, "wait")} ${waitCount === 1 ? "was" : "were"} seen`;
  return `${all}; those that differ only in their time and their session share a row.`;
}

const ROLES: Readonly<Record<SessionRole, string>> = {
  load: "the load",
  migration: "the migration",
  beside: "a transaction beside it",
  benchbook: "Benchbook",
  other: "another program",
};
