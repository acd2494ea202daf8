import { BenchbookError } from "../model/errors.ts";
import { placeOfUrl } from "../postgres/place.ts";
import { withClient } from "../seed/connect.ts";
import { lockDatabase } from "../seed/database_lock.ts";
import { isAlive } from "../stack/process.ts";
import { endStatements } from "../undo/sessions.ts";
import {
  forgetInPlace,
  goOnCommand,
  inPlacePath,
  type InPlaceRecord,
  keptInPlace,
  READ_ONLY_INSTEAD,
} from "./in_place.ts";
import { leftHalfDone } from "./leftovers.ts";

/**
 * What changes in place that were killed have left, a sentence each, with what goes on with it or undoes it. What is to be
 * decided is told again by each start until it is.
 * @param databaseUrl where there is one; may hold a password
 */
export async function leftInPlace(home: string, databaseUrl?: string): Promise<string[]> {
  const told: string[] = [];
  for (const record of keptInPlace(home)) {
    if (isAlive(record.owner)) continue;
    told.push(leftText(record, inPlacePath(home, record.runId)));
    if (isDecided(record)) forgetInPlace(home, record.runId);
    else told.push(...await halfDoneOf(record, databaseUrl));
  }
  return told;
}

/** Whether nothing of it is left half done. */
function isDecided({ statement, done }: InPlaceRecord): boolean {
  return statement === null || done;
}

function leftText(record: InPlaceRecord, path: string): string {
  const { runId, file, database, at, statement, done } = record;
  const where = `in the database "${database}" at ${at}`;
  if (statement === null) {
    return `The run ${runId} was cut off before it began with ${file} ${where}: nothing of it is done there, and the same ` +
      "command begins anew.";
  }
  if (done) {
    return `The run ${runId} was cut off after it had made ${file} ${where}: all of it is done and stays, and only what ` +
      "came after it was not measured.";
  }
  const cut = `The run ${runId} was cut off while it made ${file} ${where}`;
  const place = `${statement.file}:${statement.line} (${statement.shown})`;
  const from = goOnCommand(record, statement);
  return statement.ended
    ? `${cut}: all statements up to ${place} are done, and none after it was begun. Those can be run by ${from}, from the ` +
      `next one's line on. Where it is right as it is, delete ${path}.`
    : `${cut}: ${place} was under way, and all before it are done. Look whether it took effect: ${from} goes on with it; ` +
      `where that says that the load cannot be taken back from what is changed by now, ${READ_ONLY_INSTEAD}. ` +
      `Where it is right as it is, delete ${path}.`;
}

/** INVALID indexes and the like that it left; its sessions may still be at work on one. */
async function halfDoneOf(
  { runId, database, at, before }: InPlaceRecord,
  databaseUrl: string | undefined,
): Promise<string[]> {
  if (before === null) return [];
  const place = databaseUrl === undefined ? null : placeOfUrl(databaseUrl);
  if (place?.database !== database || place.at !== at) {
    return ["Whether an INVALID index is left there is looked at with a DATABASE_URL that leads there."];
  }
  try {
    await using _lock = await lockDatabase(databaseUrl!, `undo ${runId}`);
    return await withClient(databaseUrl!, async (client) => {
      await endStatements(client, runId);
      const known = { indexes: new Set(before.indexes), constraints: new Set(before.constraints) };
      return await leftHalfDone(client, 0, known);
    }, { name: "benchbook undo" });
  } catch (error) {
    if (!(error instanceof BenchbookError)) throw error;
    return [
      `INVALID indexes and constraints that are NOT VALID could not be looked for there: ${error.message}.`,
    ];
  }
}
