import { formatCount } from "../model/units.ts";
import { openClient } from "../seed/connect.ts";
import { isAlive } from "../stack/process.ts";
import { dropRecord, keepRecord, keptRecords, recordPath } from "./journal.ts";
import { collidedSlots } from "./collisions.ts";
import { placeOf, placeText, sameServer, urlOf } from "./place.ts";
import { takeBack } from "./take_back.ts";

/** What became of the writes of runs that did not take them back themselves. */
export interface LeftWrites {
  /** What was taken back, a sentence each. */
  readonly told: readonly string[];
  /** What is left, a sentence each. */
  readonly left: readonly string[];
}

/**
 * Takes back what runs of this home have left in the databases of a server, whatever their scenario; what is left, there
 * or on another server, is named each time until it is gone. The caller holds the lock of the home.
 * @param url a database of the server
 */
export async function takeBackLeftWrites(
  home: string,
  { url, embedded }: { readonly url: string; readonly embedded: boolean },
): Promise<LeftWrites> {
  const { records, damaged } = keptRecords(home);
  const told: string[] = [];
  const left: string[] = [...damaged];
  const ended = records.filter(({ owner }) => !isAlive(owner));
  if (ended.length === 0) return { told, left };
  const client = await openClient(url, "benchbook undo");
  const here = await placeOf(client, url, embedded).finally(() => client.end());
  for (const record of ended) {
    if (!sameServer(record.place, here)) {
      left.push(
        `The run ${record.runId} (${record.scenario}) ended early and may have left rows in ${
          placeText(record.place)
        }. \`deno task clean --writes\` takes them back, ${
          record.place.embedded ? "without a DATABASE_URL" : "with a DATABASE_URL that leads there"
        }.`,
      );
      continue;
    }
    const own = urlOf(url, record.place.database);
    const { database } = record.place;
    const found = await oidOf(own, embedded);
    if (found !== record.place.oid && found !== "unknown") {
      dropRecord(home, record.runId);
      // Rows that came with a dump would be the user's decision.
      if (found !== "gone") {
        told.push(
          `The database "${database}" was made anew since the run ${record.runId} (${record.scenario}) wrote into it: ` +
            "nothing was taken back there.",
        );
      }
      continue;
    }
    const { rows, left: still } = await takeBack(record, own);
    if (still.length > 0) {
      left.push(
        ...still,
        "`deno task clean --writes` tries it again, and so does the next bench. Where it is right as it is, delete " +
          `${recordPath(home, record.runId)}.`,
      );
      continue;
    }
    dropRecord(home, record.runId);
    const what = record.own === null ? `${formatCount(rows)} rows` : `by ${record.own.file}`;
    told.push(
      `Took back what the run ${record.runId} (${record.scenario}) had left in ${
        placeText(record.place)
      }: ${what}.`,
    );
  }
  return { told, left };
}

/** Which database of that name there is: one may have been made since another of its name was dropped. */
async function oidOf(url: string, embedded: boolean): Promise<number | "gone" | "unknown"> {
  try {
    const client = await openClient(url, "benchbook undo");
    return (await placeOf(client, url, embedded).finally(() => client.end())).oid;
  } catch (error) {
    return ((error as Error).cause as { code?: string } | undefined)?.code === "3D000" ? "gone" : "unknown";
  }
}

/**
 * Keeps what only a run's spool tells of its writes, before the spool is loaded and removed.
 * @param dir the spool
 */
export function keepCollisions(home: string, runId: string, dir: string): void {
  const record = keptRecords(home).records.find(({ spool }) => spool === runId);
  if (record === undefined) return;
  const notOurs = collidedSlots(dir);
  if (notOurs.length > 0) keepRecord(home, { ...record, notOurs });
}
