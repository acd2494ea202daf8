import { numbers, words } from "../../charts/figure.ts";
import { codeText } from "../../model/error_meaning.ts";
import { pauseLength } from "../../model/pause_length.ts";
import type { ConnectionSummary, Pause, ProbeError, ProbeSummary } from "../../model/probe.ts";
import { formatCount, formatMs, secondsAt } from "../../model/units.ts";
import { type Cell, fact } from "../cells.ts";
import { operationsTable, type ReportTable } from "../tables.ts";
import { plainSection } from "./section.ts";

/** On a busy machine there are many short ones. */
const MOST_PAUSES = 50;

/** What clients felt, and which server answered, on one time axis. */
export const PROBE_TIMELINE = plainSection({
  of: "probe",
  title: "What clients felt",
  figures: ["probe-timeline"],
});

/** Each pause to the millisecond. */
export const PAUSES = plainSection({
  of: "probe",
  title: "Pauses",
  figures: [],
  tables: ({ summary: { probe } }) => [probe === undefined ? null : pausesTable(probe)],
});

/** What requests failed with. */
export const PROBE_ERRORS = plainSection({
  of: "probe",
  title: "Errors by code",
  figures: [],
  tables: ({ summary: { probe } }) => [errorsTable(probe?.errors ?? [])],
});

/** What became of the load's connections. */
export const CONNECTIONS = plainSection({
  of: "probe",
  title: "Connections lost and regained",
  figures: [],
  tables: ({ summary: { probe } }) => [probe === undefined ? null : connectionsTable(probe.connections)],
});

/** Which server answered when. */
export const SERVER_CHANGES = plainSection({
  of: "probe",
  title: "Server and address",
  figures: [],
  tables: ({ summary: { probe } }) => [probe === undefined ? null : changesTable(probe.changes)],
});

/** What became of writes. */
export const PROBE_LEDGER = plainSection({
  of: "probe",
  title: "Write ledger",
  figures: [],
  tables: ({ summary: { probe } }) => [ledgerTable(probe?.ledger ?? null)],
});

/** Reads and writes by quantile, over the whole probe. */
export const PROBE_OPERATIONS = plainSection({
  of: "probe",
  title: "Response times over the whole probe",
  figures: [],
  tables: ({ summary: { operations }, footnotes }) => [operationsTable(operations, footnotes)],
});

/** Rows that bear a name each. */
function rowsOf(
  rows: readonly { readonly name: string; readonly cells: readonly Cell[] }[],
): ReportTable["groups"] {
  return rows.map(({ name, cells }) => ({ name, span: 1, rows: [{ name: null, cells }] }));
}

function pausesTable({ pauses, probe: { floorMs } }: ProbeSummary): ReportTable | null {
  if (pauses.length === 0) return null;
  const hidden = pauses.length - MOST_PAUSES;
  const longest = pauses.toSorted((a, b) => b.ms - a.ms).slice(0, MOST_PAUSES)
    .toSorted((a, b) => a.fromUs - b.fromUs);
  return {
    id: "table-pauses",
    caption: "Times in which requests were due and none succeeded",
    columns: [
      ...words("Requests"),
      ...numbers("From", "To", "Took", "Due", "Failed"),
      ...words("Ended by"),
    ],
    groups: rowsOf(longest.map((pause) => ({ name: pauseOf(pause), cells: pauseCells(pause) }))),
    note:
      `${
        hidden <= 0
          ? ""
          : `The ${formatCount(MOST_PAUSES)} longest; ${formatCount(hidden)} more are in summary.json. `
      }` +
      `Times are seconds from the start of the probe. Pauses under ${
        formatMs(floorMs)
      } cannot be told from the gaps between requests. A request that fails at once does not end a pause. What reads and writes have ` +
      "alike is told once.",
  };
}

function pauseOf({ path, kind }: Pause): string {
  const what = kind === "all" ? "all" : `${kind}s`;
  return path === null ? what : `${what} over ${path}`;
}

function pauseCells(pause: Pause): Cell[] {
  const { fromUs, untilUs, requests, failed, endedBy, server } = pause;
  return [
    fact(secondsAt(fromUs)),
    fact(secondsAt(untilUs)),
    fact(pauseLength(pause)),
    fact(formatCount(requests)),
    fact(formatCount(failed)),
    fact(
      endedBy === null
        ? "it had not ended when the probe did"
        : server === null
        ? endedBy
        : `${endedBy} to ${server}`,
    ),
  ];
}

function errorsTable(errors: readonly ProbeError[]): ReportTable | null {
  if (errors.length === 0) return null;
  return {
    id: "table-probe-errors",
    caption: "Requests that failed, by code",
    columns: [...words("Code", "Requests"), ...numbers("Errors", "First", "Last")],
    groups: rowsOf(errors.map(({ path, kind, code, n, firstUs, lastUs }) => ({
      name: codeText(code),
      cells: [
        fact(`${kind}s over ${path}`),
        fact(formatCount(n)),
        fact(secondsAt(firstUs)),
        fact(secondsAt(lastUs)),
      ],
    }))),
    note: "A code of five characters is PostgreSQL's SQLSTATE. First and last: when these requests were due.",
  };
}

function connectionsTable({ events, longestMs }: ConnectionSummary): ReportTable | null {
  if (events.length === 0) return null;
  return {
    id: "table-connections",
    caption: "Connections of the load that broke, came again, or could not be made",
    columns: [...words("What"), ...numbers("Connections", "From", "To"), ...words("Why")],
    groups: rowsOf(events.map(({ kind, n, fromUs, untilUs, code }) => ({
      name: kind,
      cells: [
        fact(formatCount(n)),
        fact(secondsAt(fromUs)),
        fact(secondsAt(untilUs)),
        fact(code === "" ? "—" : codeText(code)),
      ],
    }))),
    note:
      `What came within a second of each other is one row. A connection that broke is opened again when a request needs it${
        longestMs === null ? "" : `; the longest time without one was ${formatMs(longestMs)}`
      }.`,
  };
}

function changesTable(changes: ProbeSummary["changes"]): ReportTable | null {
  if (changes.length === 0) return null;
  const KINDS = { server: "server", resolved: "name", away: "not reached" } as const;
  return {
    id: "table-server-changes",
    caption: "What new connections reached, and what the host's name stood for",
    columns: [...words("At", "What", "Seen")],
    groups: rowsOf(changes.map(({ atUs, kind, text }) => ({
      name: secondsAt(atUs),
      cells: [fact(KINDS[kind]), fact(text)],
    }))),
    note: "Looked at twice a second, each time over a new connection. The first row is how it was before.",
  };
}

function ledgerTable(ledger: ProbeSummary["ledger"]): ReportTable | null {
  if (ledger === null) return null;
  const { ok, failed, unknown, unknownPresent, notReplicated, unclear, problems, carried } = ledger;
  const row = (name: string, n: number, found: string) => ({
    name,
    cells: [fact(formatCount(n)), fact(found)],
  });
  return {
    id: "table-probe-ledger",
    caption: "Writes of the probe, by what their client was told, and what the last server has of them",
    columns: [
      ...words("The client was told"),
      ...numbers("Writes"),
      ...words("At the server that answered last"),
    ],
    groups: rowsOf([
      row("done", ok, "each must be there once, with its value"),
      row("failed", failed, "none may be there"),
      row("nothing, or too late", unknown, `some may be: ${formatCount(unknownPresent)} are`),
      ...problems.map(({ problem, n, example }) => row(problem, n, `such as ${example}`)),
      ...notReplicated === 0 ? [] : [row("done: not replicated", notReplicated, carried.join(" "))],
      ...unclear === 0 ? [] : [row("done: unclear", unclear, carried.join(" "))],
    ]),
    note:
      "What is written follows from the seed, which is on disk before the first write; so the ledger knows each write that was " +
      "meant to be sent, whatever became of it.",
  };
}
