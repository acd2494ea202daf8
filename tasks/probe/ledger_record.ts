import { z } from "zod";
import { type FolderRecords, RecordFolder } from "../files/record_folder.ts";
import type { ServerSight } from "../model/probe.ts";
import { isAlive, isProcessId, type ProcessId } from "../stack/process.ts";

const NAME = /^benchbook_probe_\d{8}_\d{6}_[0-9a-f]{4}$/;

/** A server that a ledger was made at. */
export type LedgerPlace = Pick<ServerSight, "system" | "address" | "port">;

/** All that is needed to find a probe's ledger again, and to know it for ours. */
export interface ProbeLedgerRecord {
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

const LEDGERS = new RecordFolder<ProbeLedgerRecord>({
  folder: "probes",
  nameOf: ({ schema }) => schema,
  whatOf: () => "the probe's ledger",
  parse: (text) => form.safeParse(JSON.parse(text)).data ?? null,
  damagedText: ({ name, path, why }) =>
    `Cannot use the record of the probe's ledger ${name}: ${path} ${why}. Drop that schema yourself if it is there, ` +
    "then delete the file.",
});

/**
 * Keeps a record of a ledger, before it is made: whatever happens then, a later start finds it.
 * @throws {ServiceError} when it cannot be written; then nothing may be made
 */
export function keepLedger(home: string, record: ProbeLedgerRecord): void {
  LEDGERS.keep(home, record);
}

/** Whether nobody is at work with it any more. */
export function isLeft({ owner }: Pick<ProbeLedgerRecord, "owner">): boolean {
  return owner === null || !isAlive(owner);
}

/** It is gone. */
export function forgetLedger(home: string, { schema }: Pick<ProbeLedgerRecord, "schema">): void {
  LEDGERS.forget(home, schema);
}

/** Where a ledger's record lies. */
export function ledgerPath(home: string, schema: string): string {
  return LEDGERS.path(home, schema);
}

/** Those of a home. */
export function keptLedgers(home: string): FolderRecords<ProbeLedgerRecord> {
  return LEDGERS.kept(home);
}
