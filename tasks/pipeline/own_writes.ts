import type { Client } from "pg";
import { beyondClone } from "../clone/beyond_clone.ts";
import { UsageError } from "../model/errors.ts";
import { loadArmQueries, type Workload } from "../load/arms.ts";
import { queriesOf } from "../load/arm_file.ts";
import { pathOf } from "../paths/registry.ts";
import { placeOfUrl } from "../postgres/place.ts";
import { withClient } from "../seed/connect.ts";
import { inDatabase } from "../undo/begin_writing.ts";
import { lookAtOwnWrites, ownWrites, refuseLostRows } from "../undo/own_writes.ts";
import type { OwnWrites } from "../undo/own_writes.ts";
import { needsClone } from "./arm_databases.ts";
import type { Job } from "./job.ts";
import { ownUndo } from "./own_tables.ts";

/**
 * What a scenario writes into tables of the user's own, before anything is started.
 * @returns null where the tables are a data set's
 * @throws {UsageError} where nobody could take it back
 */
export async function readOwnWrites(
  { scenario, plan }: Pick<Job, "scenario" | "plan">,
  workload: Workload,
): Promise<OwnWrites | null> {
  if (scenario.ownTables === null) return null;
  const ofArms = await Promise.all(plan.arms.flatMap(({ file, path, overrides }) => {
    const queries = file === null ? null : queriesOf(file, overrides);
    return queries === null ? [] : [loadArmQueries(queries, scenario, pathOf(path).suffix)];
  }));
  const writes = await ownWrites(scenario, workload, ofArms, await ownUndo(scenario));
  refuseLostRows(scenario, writes);
  return writes;
}

/**
 * Says what the user's servers will do unseen when the scenario writes, before it does.
 * @param urls of the run's own database, and of those of arms
 * @returns the same sentences, for the report
 * @throws {UsageError} where it is nothing that the scenario knows of
 */
export async function tellOwnWrites(
  { scenario, plan, migrating, terminal, signal }: Pick<
    Job,
    "scenario" | "plan" | "migrating" | "terminal" | "signal"
  >,
  [url, ...others]: readonly [string, ...string[]],
  writes: OwnWrites | null,
): Promise<readonly string[]> {
  if (writes === null || writes.asked.length + writes.undo.length + writes.calls.length === 0) return [];
  const remarks = await withClient(url, async (client) => {
    const told = await lookAtOwnWrites(client, scenario, writes);
    await refuseBeyondClones(client, { plan, migrating }, writes);
    return told;
  }, { signal });
  for (const other of others) {
    const told = await withClient(other, (client) => lookAtOwnWrites(client, scenario, writes), { signal })
      .catch((error) => {
        throw inDatabase(error, other);
      });
    const { database, at } = placeOfUrl(other);
    remarks.push(...told.map((remark) => `In the database "${database}" at ${at}: ${remark}`));
  }
  for (const remark of remarks) terminal.print(`! ${remark}`);
  return remarks;
}

/**
 * What the load writes into a clone goes with it, but for what lies outside of the database.
 * @throws {UsageError} naming the arm, where it is one's, and the tables
 */
async function refuseBeyondClones(
  client: Client,
  { plan: { arms }, migrating }: Pick<Job, "plan" | "migrating">,
  { asked }: OwnWrites,
): Promise<void> {
  const changed = arms.find(needsClone);
  const what = migrating?.place === "clone"
    ? "migrate a clone"
    : changed === undefined
    ? null
    : `measure the arm ${changed.name} on a clone`;
  const beyond = what === null ? [] : await beyondClone(client, asked);
  if (beyond.length === 0) return;
  throw new UsageError(
    `Cannot ${what}: the scenario writes into ${beyond.join(" and ")}, and that would not go with the clone`,
    "Nothing was changed. Take a scenario that does not write there.",
  );
}
