import type { Client } from "pg";
import { UsageError } from "../model/errors.ts";
import type { ScenarioOperation } from "../model/scenario.ts";
import { counted } from "../model/units.ts";
import { datasets } from "../seed/catalog.ts";
import type { Dataset } from "../seed/dataset.ts";
import { marksLeft, setBackMarks, unlikeSeeded } from "../seed/marked.ts";
import { keepsRows } from "./in_the_way.ts";
import type { WriteRecord } from "./record.ts";

/** Names of the key spaces that a run's writes reserve keys of. */
function reservedBy(operations: readonly Pick<ScenarioOperation, "params">[]): ReadonlySet<string> {
  const draws = operations.flatMap(({ params }) => Object.values(params));
  return new Set(draws.flatMap((draw) => draw.kind === "reserved" ? [draw.keys] : []));
}

/**
 * Refuses to write into seeded rows where they do not have what they would be set back to.
 * @param operations of the scenario
 * @throws {UsageError} naming a row
 */
export async function refuseUnlikeSeeded(
  client: Client,
  dataset: Dataset,
  operations: readonly ScenarioOperation[],
  what: string,
): Promise<void> {
  const found = await unlikeSeeded(client, dataset, reservedBy(operations));
  if (found === null) return;
  const { column: { table, column, key: name }, key } = found;
  throw new UsageError(
    `Cannot run ${what}: it writes into ${column} of ${table} and sets it back to what is seeded, and the row with ${name} ` +
      `${key} has something else there`,
    "Use a database that was seeded without a --custom file for it, or another scenario.",
  );
}

/** Sets back what runs like this one have written into seeded rows. @returns rows */
export async function setBackOurs(client: Client, record: WriteRecord): Promise<number> {
  const { dataset, keys } = markedOf(record);
  if (dataset === null || keys.size === 0) return 0;
  const kept = await keepsRows(client, dataset, dataset.schemas);
  if (kept !== null) throw new Error(kept);
  return await setBackMarks(client, dataset, keys);
}

/** What is not set back, a sentence each. */
export async function leftMarks(client: Client, record: WriteRecord): Promise<string[]> {
  const { dataset, keys } = markedOf(record);
  if (dataset === null) return [];
  const left = await marksLeft(client, dataset, keys);
  return left.map(({ column: { table, column, key: name }, rows, key }) =>
    `${counted(rows, "row")} of ${table} in the database "${record.place.database}" ${
      rows === 1 ? "has" : "have"
    } in ${column} what the run ${record.runId}, or one like it, wrote; the first: ${name} ${key}.`
  );
}

/** The data set that a run wrote into and the key spaces that it reserved keys of, those of columns with marks alone. */
function markedOf({ reserved }: WriteRecord) {
  const dataset = reserved === null ? null : datasets[reserved.dataset]!;
  const marked = new Set(dataset?.marked.map(({ keys }) => keys));
  return { dataset, keys: reservedBy(reserved?.draws?.operations ?? []).intersection(marked) };
}
