import { readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readOwned, writeDurably } from "../files/own_record.ts";
import { ServiceError } from "../model/errors.ts";
import type { ServerSight } from "../model/probe.ts";
import { isAlive, isProcessId, type ProcessId } from "../stack/process.ts";

const FOLDER = "probes";
const NAME = /^benchbook_probe_\d{8}_\d{6}_[0-9a-f]{4}$/;
const MOST_BYTES = 2 ** 16;

/** A server that a ledger was made at. */
export type LedgerPlace = Pick<ServerSight, "system" | "address" | "port">;

/** All that is needed to find a probe's ledger again, and to know it for ours. */
export interface LedgerRecord {
  readonly version: 1;
  /** Of the schema that the table lies in. */
  readonly schema: string;
  /** What the schema's comment says. */
  readonly mark: string;
  /** The probe's process; null: it has ended, and left this. */
  readonly owner: ProcessId | null;
  /** Host, port and database by which it was reached; never with a password. */
  readonly of: { readonly host: string; readonly port: number; readonly database: string };
  /** Where it was made, or was about to be. */
  readonly servers: readonly LedgerPlace[];
}

const place = z.object({
  system: z.string().nullable(),
  address: z.string(),
  port: z.int(),
});
const form = z.object({
  version: z.literal(1),
  schema: z.string().regex(NAME),
  mark: z.string(),
  owner: z.custom<ProcessId>(isProcessId).nullable(),
  of: z.object({ host: z.string(), port: z.int(), database: z.string() }),
  servers: z.array(place),
});

/** What the schema of a probe's ledger is called. */
export function ledgerSchema(runId: string): string {
  return `benchbook_probe_${runId.replaceAll("-", "_")}`;
}

/** Whether two sights are of one cluster, or of a replica of it: what is in one is in the other, or will be. */
export function isSameCluster(a: LedgerPlace, b: LedgerPlace): boolean {
  if (a.system !== null && b.system !== null) return a.system === b.system;
  return a.address === b.address && a.port === b.port;
}

/**
 * Keeps a record of a ledger, before it is made: whatever happens then, a later start finds it.
 * @throws {ServiceError} when it cannot be written; then nothing may be made
 */
export function keepLedger(home: string, record: LedgerRecord): void {
  try {
    writeDurably(ledgerPath(home, record.schema), JSON.stringify(record));
  } catch (error) {
    throw new ServiceError(
      `Cannot keep a record of the probe's ledger in ${join(home, FOLDER)}: ${(error as Error).message}`,
      "Free space on that disk, or set BENCHBOOK_HOME to another folder.",
      { cause: error },
    );
  }
}

/** Whether nobody is at work with it any more. */
export function isLeft({ owner }: Pick<LedgerRecord, "owner">): boolean {
  return owner === null || !isAlive(owner);
}

/** It is gone. */
export function forgetLedger(home: string, { schema }: Pick<LedgerRecord, "schema">): void {
  rmSync(ledgerPath(home, schema), { force: true });
  try {
    rmdirSync(join(home, FOLDER));
  } catch {
    // Another one's record is there.
  }
}

/** Where a ledger's record lies. */
export function ledgerPath(home: string, schema: string): string {
  return join(home, FOLDER, `${schema}.json`);
}

/** The records of a home, and a sentence for each file that is none to act upon; it is kept. */
export function keptLedgers(home: string): {
  readonly records: readonly LedgerRecord[];
  readonly damaged: readonly string[];
} {
  let names: string[];
  try {
    names = readdirSync(join(home, FOLDER)).filter((name) => name.endsWith(".json")).sort();
  } catch {
    return { records: [], damaged: [] };
  }
  const records: LedgerRecord[] = [];
  const damaged: string[] = [];
  for (const name of names) {
    const path = join(home, FOLDER, name);
    const read = readOwned(path, MOST_BYTES);
    const record = read === null ? null : parse(read.text);
    const why = read?.refused ?? (record === null || `${record.schema}.json` !== name ? "is damaged" : null);
    if (why === null) records.push(record!);
    else {
      damaged.push(
        `Cannot use the record of the probe's ledger ${
          name.slice(0, -5)
        }: ${path} ${why}. Drop that schema ` +
          "yourself if it is there, then delete the file.",
      );
    }
  }
  return { records, damaged };
}

function parse(text: string): LedgerRecord | null {
  try {
    return form.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
