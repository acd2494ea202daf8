import { existsSync, readdirSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isFolder } from "../files/entry.ts";
import { readOwned, writeDurably } from "../files/own_record.ts";
import { ServiceError } from "../model/errors.ts";
import { spoolRoot } from "../store/spool.ts";
import { keepSegments } from "./kept_segments.ts";
import { parseRecord, type WriteRecord } from "./record.ts";

const FOLDER = "undo";

/**
 * Writes a record so that it outlives a kill and a power cut: only then may the first write be sent. An earlier record
 * of the run is replaced.
 * @param home BENCHBOOK_HOME
 * @throws {ServiceError} when it cannot be written
 */
export function keepRecord(home: string, record: WriteRecord): void {
  try {
    writeDurably(recordPath(home, record), JSON.stringify(record));
  } catch (error) {
    throw new ServiceError(
      `Cannot keep a record of what the run writes in ${join(home, FOLDER)}: ${(error as Error).message}`,
      "Nothing was written. Free space on that disk, or set BENCHBOOK_HOME to another folder.",
      { cause: error },
    );
  }
}

/**
 * Keeps what an undo has learned, and what a run's spool tells where it is given; a disk that is full keeps the record
 * as it was, which is enough to name what is left.
 */
export async function keepForLater(
  home: string,
  record: WriteRecord,
  spool: { readonly runId: string; readonly dir: string } | null = null,
): Promise<void> {
  try {
    keepRecord(home, record);
    if (spool !== null) await keepEvidence(home, spool.runId, spool.dir);
  } catch {
    return;
  }
}

/** The writes of the run into the record's database are taken back, or there were none. */
export async function dropRecord(
  home: string,
  record: Pick<WriteRecord, "runId" | "part" | "spool">,
): Promise<void> {
  rmSync(recordPath(home, record), { force: true });
  const { spool } = record;
  // Of what it tells there may be writes in another database yet.
  if (spool === null || await isTold(home, spool)) return;
  try {
    rmSync(evidenceFolder(home, spool), { recursive: true, force: true });
    rmdirSync(join(home, FOLDER, "spools"));
  } catch {
    // Another run's is there, or none was, or a file stands in their place.
  }
}

/**
 * Keeps what only a run's spool tells of its writes, before the spool is loaded and removed: nothing where the run has
 * no record.
 * @param spool the run whose spool it is
 * @param dir the spool
 * @throws where it cannot be kept: then the spool must stay
 */
export async function keepEvidence(home: string, spool: string, dir: string): Promise<void> {
  if (await isTold(home, spool)) keepSegments(dir, evidenceFolder(home, spool));
}

/** Whether a record needs what a run's spool tells. */
async function isTold(home: string, spool: string): Promise<boolean> {
  const { records, refused } = await keptRecords(home);
  return [...records, ...refused].some((record) => record.spool === spool);
}

/** Where a run's spool lies, or what was kept of it; null without either. */
export function spoolOf(home: string, { spool }: Pick<WriteRecord, "spool">): string | null {
  if (spool === null) return null;
  return [join(spoolRoot(home), spool), evidenceFolder(home, spool)].find(isFolder) ?? null;
}

/** A segment knows its run by its folder's name. */
function evidenceFolder(home: string, spool: string): string {
  return join(home, FOLDER, "spools", spool);
}

/** The records of a home, oldest first, and what of them cannot be read. */
export interface KeptRecords {
  readonly records: readonly WriteRecord[];
  /** Those that others may have written: not to be acted upon. */
  readonly refused: readonly WriteRecord[];
  /** A sentence for each file that cannot be read; it is kept. */
  readonly damaged: readonly string[];
}

/** All records of a home; those whose run still goes on among them. */
export async function keptRecords(home: string): Promise<KeptRecords> {
  const folder = join(home, FOLDER);
  let names: string[];
  try {
    names = readdirSync(folder).sort();
  } catch {
    return { records: [], refused: [], damaged: [] };
  }
  const records: WriteRecord[] = [];
  const refused: WriteRecord[] = [];
  const damaged: string[] = [];
  for (const name of names) {
    const [, runId, part = "", mark] = /^(.*?)(\.\d+)?\.json(\.damaged)?$/.exec(name) ?? [];
    if (runId === undefined) continue;
    const read = mark === undefined ? readOwned(join(folder, name), MOST_BYTES) : null;
    const record = read === null ? null : await parseRecord(read.text);
    const isOfRun = record !== null && nameOf(record) === `${runId}${part}.json`;
    if (read !== null && read.refused !== null) {
      if (isOfRun) refused.push(record);
      // It stays where it is: with its owner or its mode put right it is a record again.
      damaged.push(
        `Cannot use what is kept of the run ${runId}: ${
          join(folder, name)
        } ${read.refused}, so others may have ` +
          "written it. Nothing of it was done. Delete it, or give it back to the user who runs Benchbook, mode 0600.",
      );
      continue;
    }
    if (isOfRun) {
      records.push(record);
      continue;
    }
    const path = join(folder, name);
    damaged.push(
      `Cannot read what the run ${runId} may have written: its record is damaged. Look for its rows by their keys, ` +
        `then delete ${mark === undefined ? asDamaged(path) : path}.`,
    );
  }
  return { records, refused, damaged };
}

/** Marks a record as damaged where nothing stands under that name. @returns where it is now */
function asDamaged(path: string): string {
  const aside = `${path}.damaged`;
  try {
    if (existsSync(aside)) return path;
    renameSync(path, aside);
    return aside;
  } catch {
    return path;
  }
}

/** More than the most looks of a run into a database take. */
const MOST_BYTES = 256 * 2 ** 20;

/** Where a record lies. */
export function recordPath(home: string, record: Pick<WriteRecord, "runId" | "part">): string {
  return join(home, FOLDER, nameOf(record));
}

function nameOf({ runId, part = 0 }: Pick<WriteRecord, "runId" | "part">): string {
  return `${runId}${part === 0 ? "" : `.${part}`}.json`;
}
