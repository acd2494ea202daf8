import type { TierSummary } from "../model/tier_summary.ts";
import { breakEvenText, TIER_COLUMNS, tierRow, upkeepText } from "../model/tier_text.ts";
import { singleLine } from "./safe_text.ts";
import { formatTable, type TextColumn } from "./table.ts";
import { hang } from "./wrap.ts";

/** Those that go first where room is short. */
const SPARED: readonly string[] = ["kept", "longest", "over tables", "on disk", "hits", "promised"];
const COLUMNS: readonly TextColumn[] = [
  { title: "arm", align: "left" },
  ...TIER_COLUMNS.map((title): TextColumn => {
    const drop = SPARED.indexOf(title);
    return { title, align: "right", ...drop >= 0 && { drop: drop + 1 } };
  }),
];

/** What a server says may stand in one. */
const SENTENCE_COLUMNS = 600;

/** What tiers gave back and what they cost; empty where there is none. */
export function tierText(tiers: readonly TierSummary[], width: number): string {
  if (tiers.length === 0) return "";
  const rows = tiers.flatMap((tier) => tier.arms.map((arm) => [arm.arm, ...tierRow(tier, arm)]));
  const told = tiers.flatMap((tier) => [
    ...upkeepText(tier),
    ...[breakEvenText(tier)].filter((sentence) => sentence !== null),
    ...tier.advice,
  ]);
  return [
    "Tiers: how old what they answered was, and what a read took in PostgreSQL:",
    formatTable(COLUMNS, rows, width),
    ...told.map((sentence) => hang("• ", singleLine(sentence, SENTENCE_COLUMNS), width)),
  ].join("\n");
}
