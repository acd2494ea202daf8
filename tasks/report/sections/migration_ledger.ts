import { numbers, words } from "../../charts/figure.ts";
import type { ChecksumSummary, LedgerSummary } from "../../model/migration_summary.ts";
import { counted, formatCount } from "../../model/units.ts";
import { fact } from "../cells.ts";
import type { ReportTable } from "../tables.ts";
import type { Section } from "./section.ts";

interface LedgerView {
  readonly sentences: readonly {
    readonly text: string;
    readonly tone: "good" | "bad" | "unsure";
  }[];
  readonly table: ReportTable;
  readonly problems: readonly { readonly problem: string; readonly n: string; readonly example: string }[];
  readonly different: readonly string[];
}

/** Whether every write is there, and whether anything else changed. */
export const LEDGER: Section<LedgerView> = {
  of: "migrate",
  title: "Write ledger and checksums",
  figures: [],
  template: "sections/migration_ledger",
  view({ summary: { migration } }) {
    if (migration === undefined) return null;
    const { ledger, checksums } = migration;
    return {
      sentences: [
        ledgerSentence(ledger),
        checksumSentence(checksums),
        ...checksums.own.sentences.map((text) => ({ tone: "unsure", text }) as const),
      ],
      table: ledgerTable(ledger),
      problems: ledger.problems.map(({ problem, n, example }) => ({ problem, n: formatCount(n), example })),
      different: [...checksums.different, ...checksums.unclear, ...checksums.byOthers],
    };
  },
};

function ledgerSentence(
  { ok, failed, unknown, complete, problems }: LedgerSummary,
): LedgerView["sentences"][number] {
  const wrong = problems.reduce((sum, { n }) => sum + n, 0);
  if (wrong > 0) {
    return {
      tone: "bad",
      text: `${counted(wrong, "write")} ${wrong === 1 ? "is" : "are"} not as the clients were told.`,
    };
  }
  if (!complete) {
    return { tone: "unsure", text: "Not all writes could be checked in the database." };
  }
  if (ok + failed + unknown === 0) return { tone: "unsure", text: "The load wrote nothing." };
  return {
    tone: "good",
    text:
      `Every acknowledged write is present exactly once, with its values, and no refused one is: ${
        formatCount(ok + failed + unknown)
      } ` +
      "writes were checked.",
  };
}

function ledgerTable({ ok, failed, unknown, unknownPresent }: LedgerSummary): ReportTable {
  const row = (name: string, told: string, n: number, found: string) => ({
    name,
    span: 1,
    rows: [{ name: told, cells: [fact(formatCount(n)), fact(found)] }],
  });
  return {
    id: "table-ledger",
    caption: "Writes of the load, by what their clients were told",
    columns: [
      ...words("Outcome", "The client was told"),
      ...numbers("Writes"),
      ...words("In the database there must be"),
    ],
    groups: [
      row("ok", "that it is done", ok, "each of them, once"),
      row("failed", "that it failed", failed, "none of them"),
      row(
        "unknown",
        "nothing, or too late",
        unknown,
        `some of them; ${formatCount(unknownPresent)} are there`,
      ),
    ],
    note:
      "What is sent follows from the seed, which is on disk before the first write; so the ledger knows each write that a " +
      "client meant to send, whatever became of it.",
  };
}

function checksumSentence(
  { ranges, rows, different, byOthers, unclear, lacking }: ChecksumSummary,
): LedgerView["sentences"][number] {
  if (lacking !== null) {
    return {
      tone: "unsure",
      text: `Whether rows that the load does not write have changed is unknown: ${lacking}.`,
    };
  }
  const what = `${counted(ranges, "range")} of keys with ${formatCount(rows)} rows`;
  const others = different.length + unclear.length + byOthers.length;
  return others === 0 ? { tone: "good", text: `Checksums before and after are equal for ${what}.` } : {
    tone: different.length > 0 ? "bad" : unclear.length > 0 ? "unsure" : "good",
    text: `Checksums differ for ${formatCount(others)} of ${what}.${
      byOthers.length > 0 ? " Others have written there: row by row both servers hold the same." : ""
    }`,
  };
}
