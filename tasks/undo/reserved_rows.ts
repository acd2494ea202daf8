import type { Client } from "pg";
import { counted } from "../model/units.ts";
import { datasets } from "../seed/catalog.ts";
import {
  removeReserved,
  type ReservedKey,
  reservedKeys,
  rowsId,
  slotOf,
  SNAPSHOT,
  type SparedRows,
} from "../seed/reserved.ts";
import { transaction } from "../seed/sql.ts";
import { requestValues } from "./request_values.ts";
import { keepsRows } from "./in_the_way.ts";
import { othersText } from "./others_text.ts";
import type { WriteRecord } from "./record.ts";
import { type Known, type WhoseRows, whoseRows } from "./whose_rows.ts";

/** Removes a run's rows under reserved keys. @returns rows removed, and whether these were all, with nothing of which it is in doubt whose it is */
export async function removeOurs(
  client: Client,
  record: WriteRecord,
  known: Known,
): Promise<{ readonly count: number; readonly whole: boolean }> {
  if (record.reserved === null) return { count: 0, whole: false };
  const dataset = datasets[record.reserved.dataset]!;
  const kept = await keepsRows(client, dataset, dataset.schemas);
  if (kept !== null) throw new Error(kept);
  const isOurs = (slot: number) => known.evidence(slot) !== "nothing";
  let isSure = record.reserved.draws !== null;
  let there = 0;
  const removed = await removeReserved(client, dataset, isOurs, async () => {
    const { spared, doubtful } = await whoseAre(client, record, known);
    isSure &&= doubtful.length === 0;
    for await (const reserved of reservedKeys(client, dataset)) {
      if (isOurs(slotOf(dataset, reserved))) there += rowsIn(spared, reserved);
    }
    return spared;
  });
  const count = Object.values(removed).reduce((sum, rows) => sum + rows, 0);
  return { count, whole: isSure && count >= there };
}

/** What is left under reserved keys, a sentence each: of the run's, and of somebody else's. */
export async function leftReserved(
  client: Client,
  record: WriteRecord,
  known: Known,
): Promise<{ readonly ours: readonly string[]; readonly others: readonly string[] }> {
  const { reserved: keys, runId, place } = record;
  if (keys === null) return { ours: [], others: [] };
  const dataset = datasets[keys.dataset]!;
  const found = new Map<string, { rows: number; column: string; from: bigint; to: bigint }>();
  const doubtful = await transaction(client, async () => {
    const whose = await whoseAre(client, record, known);
    for await (const reserved of reservedKeys(client, dataset)) {
      if (known.evidence(slotOf(dataset, reserved)) === "nothing") continue;
      const { relation, column, key } = reserved;
      const rows = rowsIn(whose.spared, reserved);
      if (rows === 0) continue;
      const so = found.get(relation);
      found.set(relation, { rows: (so?.rows ?? 0) + rows, column, from: so?.from ?? key, to: key });
    }
    return whose.doubtful;
  }, SNAPSHOT);
  const ours = [...found].map(([relation, { rows, column, from, to }]) =>
    `${counted(rows, "row")} of the run ${runId} ${rows === 1 ? "is" : "are"} left in ` +
    `${relation} of the database "${place.database}": ${column} ${from === to ? from : `${from} to ${to}`}.`
  );
  return { ours, others: othersText(doubtful, record) };
}

/** Those of them that are the run's. */
function rowsIn(spared: SparedRows, { relation, key, rows }: ReservedKey): number {
  return spared.get(rowsId(relation, key))?.length ?? rows;
}

async function whoseAre(
  client: Client,
  { reserved, writes, arms }: WriteRecord,
  known: Known,
): Promise<WhoseRows> {
  const { dataset, draws } = reserved!;
  if (draws === null) return { spared: new Map(), doubtful: [] };
  await client.query("SET search_path = pg_catalog");
  return await whoseRows(
    client,
    datasets[dataset]!,
    known,
    requestValues(dataset, writes, draws, arms.length),
  );
}
