import type { Client } from "pg";
import type { LoadedScenario } from "../load/scenario.ts";
import { armCalled, type PlannedArm } from "../model/arms.ts";
import type { SeededDataset } from "../model/dataset.ts";
import { UsageError } from "../model/errors.ts";
import { placeOfUrl } from "../postgres/place.ts";
import { datasets } from "../seed/catalog.ts";
import { withClient } from "../seed/connect.ts";
import { undoSql } from "../seed/reserved.ts";
import { findWhole } from "../seed/seed.ts";
import type { HeldDatabase } from "./hold_database.ts";
import type { Job } from "./job.ts";

/** Whether a scenario writes, declared or not: who brings an undo knows that something is written. */
export function mayWrite(
  { operations, ownTables }: Pick<LoadedScenario, "operations" | "ownTables">,
): boolean {
  return ownTables?.undo !== undefined || operations.some(({ write }) => write);
}

/**
 * Refuses URLs of arms' databases that cannot be written into: a database over two URLs, as each is taken for one of its
 * own, of whose writes a record is kept; and any of the embedded server, which has another address at each start.
 * @param own the run's database, and those of arms
 * @throws {UsageError} naming the arm
 */
export function refuseUnfitUrls(
  { scenario, plan }: Pick<Job, "scenario" | "plan">,
  { again }: Pick<HeldDatabase, "again">,
  { url, others, embedded }: {
    readonly url: string;
    readonly others: readonly string[];
    readonly embedded: boolean;
  },
): void {
  if (!mayWrite(scenario)) return;
  const refuse = (url: string, what: string, next: string) => {
    const { database, at } = placeOfUrl(url);
    throw new UsageError(
      `${
        cannotUse(plan.arms, url)
      }: the scenario ${scenario.name} writes, and "${database}" at ${at} is ${what}`,
      `${next}; or take a scenario that only reads.`,
    );
  };
  for (const other of again) {
    const what = "the run's own database, or that of another arm, by another URL";
    refuse(other, what, "Leave it out, or give both the same URL");
  }
  const ownAt = placeOfUrl(url).at;
  const inside = others.find((other) => embedded && other !== url && placeOfUrl(other).at === ownAt);
  if (inside !== undefined) {
    refuse(inside, "a database of Benchbook's embedded server", "Use one of a server of your own");
  }
}

/**
 * Refuses to write into a database that does not hold the run's data set as Benchbook has seeded it, as in tables that
 * somebody else made nobody knows whose rows stand under the keys kept for runs; and where its role could not remove them.
 * @param urls of databases of arms
 * @param wanted what the run's own database holds
 * @throws {UsageError} naming the arm, and what the database holds, or its role lacks
 */
export async function refuseOtherData(
  { scenario, plan, signal }: Pick<Job, "scenario" | "plan" | "signal">,
  urls: readonly string[],
  wanted: SeededDataset,
): Promise<void> {
  const { datasetName } = scenario;
  if (datasetName === null || !mayWrite(scenario)) return;
  for (const url of urls) {
    const fault = await withClient(url, (client) => faultOf(client, wanted), { signal });
    if (fault === null) continue;
    const { database, at } = placeOfUrl(url);
    throw new UsageError(
      `${
        cannotUse(plan.arms, url)
      }: the scenario ${scenario.name} writes, and "${database}" at ${at} ${fault.what}`,
      `Nothing was changed in it. ${fault.next}; or take a scenario that only reads.`,
    );
  }
}

/** Why a database cannot be written into as one that holds a data set, and what mends it; null where it can. */
async function faultOf(
  client: Client,
  wanted: SeededDataset,
): Promise<{ readonly what: string; readonly next: string } | null> {
  const { name, scale, seed } = wanted;
  const found = await findWhole(client, name);
  if (found?.hash !== wanted.hash) {
    const holds = found === null
      ? `does not hold ${name}, or not all of it`
      : `holds ${dataText(found)}${dataText(found) === dataText(wanted) ? " with another content" : ""}`;
    return {
      what: `must hold ${dataText(wanted)} as Benchbook seeds it: it ${holds}`,
      next:
        `Seed it by \`deno task seed --dataset ${name} --scale ${scale} --seed ${seed}\` with that URL as ` +
        "DATABASE_URL",
    };
  }
  const { rows: lacking } = await client.query<{ what: string }>(undoSql("lacking_rights.sql"), [
    datasets[name]!.reserved.map(({ table }) => table),
  ]);
  if (lacking.length === 0) return null;
  return {
    what: `must let its role take that back: the role lacks ${lacking.map(({ what }) => what).join(", ")}`,
    next: "Grant that, or give databaseUrl a role that has it",
  };
}

function dataText({ name, scale, seed, variation }: SeededDataset): string {
  return `${name} ${scale} (seed ${seed}${variation === "" ? "" : `, ${variation}`})`;
}

function cannotUse(arms: readonly PlannedArm[], url: string): string {
  const { name, file } = arms.find(({ overrides }) => overrides.databaseUrl === url)!;
  return `Cannot use the ${armCalled(name, file ?? "")}: databaseUrl`;
}
