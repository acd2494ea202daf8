import type { Client } from "pg";
import type { LoadedScenario } from "../load/scenario.ts";
import { BenchbookError, InterruptedError } from "../model/errors.ts";
import { placeOfUrl } from "../postgres/place.ts";
import { datasets } from "../seed/catalog.ts";
import { withClient } from "../seed/connect.ts";
import { isAlive, self } from "../stack/process.ts";
import { recordOfCopy } from "./copies.ts";
import { refuseInTheWay } from "./in_the_way.ts";
import { dropRecord, keepRecord, keptRecords } from "./journal.ts";
import { openTransactions } from "./late.ts";
import { lookBefore, MOST_LOOKS } from "./looks.ts";
import { refuseUnlikeSeeded } from "./marked_rows.ts";
import { slotWrites } from "./may_write.ts";
import { refuseOthersRows, writesUnderOwnKeys } from "./own_undo.ts";
import { placeOf, placeText, sameServer } from "./place.ts";
import type { DatabasePlace, WriteRecord } from "./record.ts";
import { writeDraws } from "./request_values.ts";
import { refuseNarrowUndo } from "./undo_trial.ts";
import type { WritingOptions, WrittenDatabase } from "./writing.ts";

/** A database that is written into from now on. */
export interface Begun {
  readonly database: WrittenDatabase;
  readonly record: WriteRecord;
  /** What will not be compared, a sentence each. */
  readonly remarks: readonly string[];
}

/**
 * Looks at each database that is to be written into, and then keeps a record of each: only with all of them on disk may
 * anything be written into any. Of those to which rows are carried one is kept too.
 * @throws {UsageError} where rows or triggers of somebody else are in the way in one of them; {ServiceError} where others
 * hold locks that looking needs, or a record cannot be kept; {InterruptedError} after the signal; then none is kept
 */
export async function beginWriting(options: WritingOptions): Promise<readonly Begun[]> {
  const begun: Begun[] = [];
  for (const database of options.databases) begun.push(await lookAt(options, database));
  for (const [nth, copy] of (options.copies ?? []).entries()) {
    const part = options.databases.length + nth;
    const { database, record } = begun[0]!;
    begun.push({
      database: { ...database, ...copy, part },
      record: await recordOfCopy(record, copy, part),
      remarks: [],
    });
  }
  for (const [at, { record }] of begun.entries()) {
    try {
      keepRecord(options.home, record);
    } catch (error) {
      for (const { record } of begun.slice(0, at)) await dropRecord(options.home, record);
      throw error;
    }
  }
  return begun;
}

async function lookAt(options: WritingOptions, database: WrittenDatabase): Promise<Begun> {
  const { url, part } = database;
  try {
    return await withClient(url, (client) => lookWith(client, options, database), { signal: options.signal });
  } catch (error) {
    throw part === 0 ? error : inDatabase(error, url);
  }
}

async function lookWith(client: Client, options: WritingOptions, database: WrittenDatabase): Promise<Begun> {
  const { home, runId, scenario, spool, mix, slots, proofSlots, own } = options;
  const { url, embedded, arms } = database;
  const writes = slotWrites(options.load);
  const { datasetName: dataset } = scenario;
  const schemas = own?.schemas ?? scenario.ownTables?.schemas ?? datasets[dataset ?? ""]?.schemas ?? [];
  const place = await placeOf(client, url, embedded);
  const leftBy = await runsThatLeft(home, scenario, place);
  await refuseInTheWay(client, { name: dataset, schemas, what: scenario.name, embedded, leftBy });
  if (dataset !== null) {
    await refuseUnlikeSeeded(client, datasets[dataset]!, scenario.operations, scenario.name);
  }
  const { looks, complete, unseen } = await lookBefore(client, {
    scenario,
    writes,
    mix,
    slots,
    proofSlots,
    leftBy,
  });
  // In an embedded database nobody's rows but those of runs match it, and it has run before.
  if (own !== null && !(embedded && !writesUnderOwnKeys(scenario))) {
    await refuseOthersRows(client, own, scenario.name, { leftBy });
  }
  // The comparison comes before any load.
  if (own !== null && spool === null) await refuseNarrowUndo(client, own, { scenario, mix, proofSlots });
  const late = arms.every(({ ours, elsewhere = false }) => ours || elsewhere) ? null : {
    timeoutMs: scenario.timeout * 1000,
    open: (await openTransactions(client, runId, schemas)).map(({ transaction }) => transaction),
  };
  const record = recordOf(options, database, { place, writes, late, looks });
  const remarks = [
    ...complete ? [] : [
      `${looks.length} of the keys that the run may write were compared with before it, at most ${MOST_LOOKS}.`,
    ],
    ...unseen.map((name) =>
      `What ${name} wrote was not compared with before: its keys come from earlier answers of its session.`
    ),
  ];
  return { database, record, remarks: remarks.map((remark) => told(record, remark)) };
}

/** A sentence of a database; which one is said where it is not the run's own. */
export function told({ part = 0, place }: Pick<WriteRecord, "part" | "place">, sentence: string): string {
  return part === 0 ? sentence : `In ${placeText(place)}: ${sentence}`;
}

/** What is refused in the database of an arm, and which one that is. @param url may hold a password, which is not said */
export function inDatabase(error: unknown, url: string): unknown {
  if (!(error instanceof BenchbookError) || error instanceof InterruptedError) return error;
  const { message, exitCode, next } = error;
  const { database, at } = placeOfUrl(url);
  return new BenchbookError(`${message}, in the database "${database}" at ${at}`, exitCode, next, {
    cause: error,
  });
}

/** Earlier runs that wrote into the same tables of a database, and of whose writes something is left. */
async function runsThatLeft(
  home: string,
  { name, datasetName }: LoadedScenario,
  place: DatabasePlace,
): Promise<string[]> {
  return (await keptRecords(home)).records.filter(({ scenario, reserved, owner, place: theirs }) =>
    (datasetName === null ? scenario === name : reserved?.dataset === datasetName) && !isAlive(owner) &&
    sameServer(theirs, place) && theirs.oid === place.oid
  ).map(({ runId }) => runId);
}

/** The record of a run that has not written yet. */
function recordOf(
  { runId, scenario, spool, slots, proofSlots, own, counts, cachePrefix }: WritingOptions,
  { part, arms, perWrite }: WrittenDatabase,
  found: Pick<WriteRecord, "place" | "writes" | "late" | "looks">,
): WriteRecord {
  const { datasetName: dataset } = scenario;
  const most = Number.isFinite(slots) ? slots : null;
  return {
    schema: 1,
    runId,
    ...part > 0 && { part },
    spool: spool?.runId ?? null,
    scenario: scenario.name,
    owner: self(),
    since: new Date().toISOString(),
    ...found,
    arms,
    retries: scenario.retry !== undefined,
    reserved: dataset === null ? null : {
      dataset,
      proofSlots: proofSlots.map(({ slot }) => slot),
      removed: false,
      draws: counts === null ? null : writeDraws(scenario, counts),
      slots: most,
    },
    whole: false,
    own: own === null ? null : { ...own, slots: most, ...perWrite !== undefined && { perWrite } },
    cachePrefix,
  };
}
