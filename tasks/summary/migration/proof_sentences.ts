import type { LedgerProblem } from "../../model/migration.ts";
import type { ChecksumSummary, LedgerSummary, MigrationSummary } from "../../model/migration_summary.ts";
import { counted, formatCount, listed } from "../../model/units.ts";

/** Ranges that differ are named up to so many. */
const MOST_RANGES = 3;

const PROBLEMS: Readonly<Record<LedgerProblem, string>> = {
  "lost": "acknowledged but missing",
  "duplicate": "present more than once",
  "overwritten": "present with other values than were written",
  "reordered": "overwritten by an earlier write of the same row",
  "refused but present": "refused by the server but present",
};

type Proofs = Pick<MigrationSummary, "ledger" | "checksums">;

/** Each sort of write that did not become what it must. */
export function ledgerFaults({ ledger, checksums: { own } }: Proofs): string[] {
  return problemSentences(ledger.problems.filter(({ problem }) => own.ofLoad?.includes(problem) !== true));
}

/** Those that the change's own statements may have brought about. */
function ledgerDoubts({ ledger, checksums: { own } }: Proofs): string[] {
  return problemSentences(ledger.problems.filter(({ problem }) => own.ofLoad?.includes(problem) === true))
    .map((text) => `${text} Either that is damage, or the change did it itself: it writes such rows, too.`);
}

/** A sentence for each sort of what went wrong. */
export function problemSentences(problems: LedgerSummary["problems"]): string[] {
  return problems.map(({ problem, n, example }) =>
    `${counted(n, "write")} ${n === 1 ? "is" : "are"} ${PROBLEMS[problem]}${
      n === 1 ? ":" : ", such as"
    } ${example}.`
  );
}

/** Rows that changed though the load does not write them. */
export function checksumFaults({ different, ranges }: ChecksumSummary): string[] {
  return different.length === 0 ? [] : [`${otherwise(different, ranges)}.`];
}

function otherwise(different: readonly string[], ranges: number): string {
  const shown = different.slice(0, MOST_RANGES).join("; ");
  const more = different.length > MOST_RANGES ? "; …" : "";
  return `Rows that the load does not write have changed, in ${formatCount(different.length)} of ${
    counted(ranges, "key range")
  }: ${shown}${more}`;
}

/** What may be damage, or what the change was to do. */
function unclearSentence({ unclear, ranges, own: { code, remade } }: ChecksumSummary): string {
  if (code.length + remade.length === 0) {
    return `${
      otherwise(unclear, ranges)
    }. Either they were damaged, or others than the load have written them: that is not ` +
      "known, for what both servers hold there could not be compared.";
  }
  const doers = [...code, ...remade.map((table) => `what it puts into the new ${table}`)];
  return `${otherwise(unclear, ranges)}. Either they were damaged, or the change did that itself: ${
    listed(doers)
  } cannot be read beforehand.`;
}

/** What could not be proven. */
export function proofDoubts(proofs: Proofs): string[] {
  const { ledger, checksums } = proofs;
  return [
    ...ledger.complete ? [] : ["Not every write could be checked: whether one was lost is unknown."],
    ...checksums.lacking === null
      ? []
      : [`Whether rows that the load does not write have changed is unknown: ${checksums.lacking}.`],
    ...ledgerDoubts(proofs),
    ...checksums.unclear.length === 0 ? [] : [unclearSentence(checksums)],
  ];
}

/** What was proven. */
export function proofSentences(
  { ledger, checksums }: Proofs,
): string[] {
  return [
    ...ledger.complete && ledger.problems.length === 0 ? [`${ledgerText(ledger)}.`] : [],
    ...checksums.byOthers.length === 0 ? [] : [
      `${
        otherwise(checksums.byOthers, checksums.ranges)
      }. Others have written them: row by row both servers hold the same.`,
    ],
    ...isUnchanged(checksums)
      ? [
        // A column that the load updates is the ledger's in the rows that it came to.
        `What the load does not write is unchanged: ${counted(checksums.rows, "row")} compared, in ${
          counted(checksums.ranges, "key range")
        }.`,
      ]
      : [],
    ...checksums.own.sentences,
  ];
}

function isUnchanged({ lacking, different, byOthers, unclear }: ChecksumSummary): boolean {
  return lacking === null && different.length + byOthers.length + unclear.length === 0;
}

/** `All 1,988 acknowledged writes are present exactly once, and 2 refused ones are not. 3 writes got no answer; 1 of them …`. */
export function ledgerText({ ok, failed, unknown, unknownPresent }: LedgerSummary): string {
  if (ok + failed + unknown === 0) return "Nothing was written";
  const known = `${
    ok === 1 ? "The one acknowledged write is" : `All ${formatCount(ok)} acknowledged writes are`
  } present exactly once`;
  const refused = failed === 0
    ? ""
    : `, and ${counted(failed, "refused one")} ${failed === 1 ? "is" : "are"} not`;
  return unknown === 0 ? `${known}${refused}` : `${known}${refused}. ${unknownText(unknown, unknownPresent)}`;
}

/** Whoever got no answer cannot know: such a write may have been made or not. */
function unknownText(unknown: number, present: number): string {
  const text = `${counted(unknown, "write")} got no answer; `;
  if (unknown === 1) return `${text}it is ${present === 1 ? "" : "not "}in the database, which is allowed`;
  const some = present === 0 ? "none" : formatCount(present);
  return `${text}${some} of them ${present === 1 ? "is" : "are"} in the database, which is allowed`;
}
