import { isTrusted, type LedgerCheck } from "../model/ledger_check.ts";
import { counted, formatCount } from "../model/units.ts";
import { formatTable, type TextColumn } from "./table.ts";
import { type Width, widthOf } from "./width.ts";
import { hang } from "./wrap.ts";

const COLUMNS: readonly TextColumn[] = [
  { title: "fault", align: "left", heads: true },
  { title: "injected", align: "right" },
  { title: "caught", align: "right" },
  { title: "false alarms", align: "right" },
];

/** What a check of the ledger came to, as a table and a sentence. */
export function ledgerCheckText(check: LedgerCheck, { columns, prose }: Width = widthOf()): string {
  const { faults, alarms, clean } = check;
  const table = formatTable(COLUMNS, [
    ...faults.map(({ fault, injected, caught }) => [fault, formatCount(injected), formatCount(caught), ""]),
    ["none, other writes of that load", "", "", formatCount(alarms)],
    [
      `none, ${counted(clean.writes, "write")} of ${counted(clean.runs, "load")}`,
      "",
      "",
      formatCount(clean.alarms),
    ],
  ], columns);
  const conclusion = isTrusted(check)
    ? "The ledger caught every fault that was injected, and said nothing where none was."
    : "The ledger cannot be trusted: it missed what was injected, or told of what was not. This is a fault in Benchbook: please report it with this table.";
  return `${table}\n\n${hang("", conclusion, prose)}`;
}
