import type { Client } from "pg";
import { refuseReplacedFunctions } from "./replaced_functions.ts";
import { UsageError } from "../model/errors.ts";
import { datasets } from "../seed/catalog.ts";
import type { Dataset } from "../seed/dataset.ts";
import { refuseReplicated, replicating } from "../seed/listeners.ts";
import { readMarker } from "../seed/marker.ts";
import { knownOf, lookAt } from "../seed/own_objects.ts";
import { reservedKeys, undoSql } from "../seed/reserved.ts";
import { seedAnewCommand } from "../seed/seed_command.ts";

/** What rows in the way may be where no run of this home has left any. */
export const KILLED_ELSEWHERE =
  "If a run from another BENCHBOOK_HOME was killed here, `deno task clean --writes` with that home removes its rows.";

/** Which runs of the home have left rows that may be what is in the way. */
export interface LeftHere {
  /** Their ids. */
  readonly leftBy?: readonly string[];
}

/** Keys named in a refusal. */
const SHOWN = 3;

/** What of somebody else's acts on each write into a data set's tables, such as "the trigger audit on northwind.orders". */
async function sideEffects(client: Client, { reserved }: Dataset): Promise<string[]> {
  await client.query("SET search_path = pg_catalog");
  const { rows } = await client.query<{ what: string }>(undoSql("side_effects.sql"), [
    reserved.map(({ table }) => table),
  ]);
  return rows.map(({ what }) => what);
}

/**
 * What of somebody else's, that may have come since the run began, keeps its rows from being removed; null where nothing
 * does. Event triggers do not: they hear of no DELETE, and an undo of the user's own does what they have written.
 * @param dataset whose rows are removed by Benchbook; null where the user's own SQL does it
 * @param schemas that rows are removed from
 */
export async function keepsRows(
  client: Client,
  dataset: Dataset | null,
  schemas: readonly string[],
): Promise<string | null> {
  const carrying = await replicating(client, schemas);
  if (carrying.length > 0) {
    return `${carrying.join(", ")} would replicate what is removed to your subscribers`;
  }
  const acting = dataset === null ? [] : await sideEffects(client, dataset);
  return acting.length === 0 ? null : `${acting.join(", ")} would act on what is removed`;
}

/**
 * What somebody else has added to the tables themselves: a default may draw from a sequence of theirs. A column that is
 * NULL in each row of ours does nothing.
 */
async function changes(client: Client, { name, schemas, reserved }: Dataset): Promise<string[]> {
  const marker = await readMarker(client, name);
  if (marker === undefined) return [];
  const { foreign } = await lookAt(client, schemas, await knownOf(marker, name));
  const added = /^(table column|default value|table constraint|policy) /;
  const { rows } = await client.query<{ what: string }>(undoSql("plain_columns.sql"), [
    reserved.map(({ table }) => table),
  ]);
  const plain = new Set(rows.map(({ what }) => what));
  return foreign.filter((object) =>
    added.test(object) && !plain.has(object) &&
    reserved.some(({ table }) => new RegExp(`\\b${table}(\\.|$)`).test(object))
  ).map((object) => `the ${object}`);
}

/** The command that makes the data set of an embedded database anew. */
async function seedAnew(client: Client, dataset: string): Promise<string> {
  return seedAnewCommand({ dataset, ...(await readMarker(client, dataset))! });
}

/**
 * Refuses to write where it could not be taken back: the user's replication would carry it on, rows that are none of a
 * run's stand among the reserved keys, or triggers and rules would do more than write.
 * @param name of the data set; null where the tables are the user's own, who may have such
 * @param schemas that are written into
 * @throws {UsageError} naming them
 */
export async function refuseInTheWay(
  client: Client,
  { name, schemas, what, embedded, leftBy = [] }: LeftHere & {
    readonly name: string | null;
    readonly schemas: readonly string[];
    readonly what: string;
    /** Whether the database is Benchbook's own. */
    readonly embedded: boolean;
  },
): Promise<void> {
  await refuseReplicated(client, `run ${what}`, schemas);
  if (name === null) return;
  const dataset = datasets[name]!;
  await refuseReplacedFunctions(client, dataset, what);
  const effects = [...await sideEffects(client, dataset), ...await changes(client, dataset)];
  if (effects.length > 0) {
    throw new UsageError(
      `Cannot run ${what}: it writes rows and removes them, and ${
        effects.join(", ")
      } would do more with them, which nobody takes back`,
      `${
        embedded ? `${await seedAnew(client, name)} makes the data set anew, without it. Or take` : "Take"
      } it away or disable it for that time, use another database, or run a scenario that only reads, such as ` +
        "shop-under-change with --set write_share=0.",
    );
  }
  const found: { relation: string; column: string; keys: bigint[] }[] = [];
  for await (const { relation, column, key } of reservedKeys(client, dataset)) {
    let of = found.find((each) => each.relation === relation);
    if (of === undefined) found.push(of = { relation, column, keys: [] });
    of.keys.push(key);
    if (of.keys.length > SHOWN) break;
  }
  if (found.length === 0) return;
  const shown = found.map(({ relation, column, keys }) =>
    `${relation} (${column} ${keys.slice(0, SHOWN).join(", ")}${keys.length > SHOWN ? " …" : ""})`
  );
  throw new UsageError(
    `Cannot run ${what}: keys from ${dataset.reservedBase} on are kept for the rows that a run writes, and ` +
      `there are rows of somebody else in ${shown.join(", ")}`,
    `Give yours other keys. ${
      leftBy.length > 0
        ? `What the run ${
          leftBy.join(", ")
        } of this home left may be among them: \`deno task clean --writes\` says ` +
          "what becomes of it."
        : KILLED_ELSEWHERE
    } Else: ${
      found.map(({ relation, column }) =>
        `DELETE FROM ONLY ${relation} WHERE ${column} >= ${dataset.reservedBase};`
      )
        .join(" ")
    }`,
  );
}
