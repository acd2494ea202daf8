import type { Client } from "pg";
import { ServiceError } from "../model/errors.ts";
import { listed } from "../model/units.ts";
import { dropLedger } from "./ledger_table.ts";
import {
  forgetLedger,
  isLeft,
  isSameCluster,
  keepLedger,
  keptLedgers,
  ledgerPath,
  type LedgerPlace,
  type ProbeLedgerRecord,
} from "./ledger_record.ts";
import { lookAtServer } from "./look_at_server.ts";

/** What became of ledgers, a sentence each. */
export interface LeftProbeLedgers {
  readonly told: readonly string[];
  /** What is left. */
  readonly left: readonly string[];
}

/**
 * Drops the ledgers of probes of this home that were killed, or whose server was away, as far as this connection leads to them;
 * what is left, here or at another server, is named each time until it is gone. The caller holds the lock of the home.
 */
export async function dropLeftLedgers(home: string, client: Client): Promise<LeftProbeLedgers> {
  const { records, damaged } = keptLedgers(home);
  const told: string[] = [];
  const left = [...damaged];
  for (const record of records) {
    if (!isLeft(record)) continue;
    const rest = await dropRecorded(home, client, record);
    if (rest.dropped) told.push(`Dropped the schema ${record.schema} that an earlier probe had left.`);
    left.push(...rest.left);
  }
  return { told, left };
}

/** The ledgers that a home knows of where no server is asked, a sentence each. */
export function namedLedgers(home: string): string[] {
  const { records, damaged } = keptLedgers(home);
  return [
    ...damaged,
    ...records.filter(isLeft).map((record) => leftText(home, record, record.servers, null)),
  ];
}

/** What became of a recorded ledger at the server that was asked. */
export interface DroppedRecorded {
  readonly dropped: boolean;
  /** Whether it is there, or was. */
  readonly isHere: boolean;
  /** A sentence each. */
  readonly left: readonly string[];
}

/** Drops a ledger at the server that a connection leads to, and forgets it where it is at no other. */
export async function dropRecorded(
  home: string,
  client: Client,
  record: ProbeLedgerRecord,
): Promise<DroppedRecorded> {
  const here = await lookAtServer(client);
  const dropped = await dropLedger(client, record);
  if (typeof dropped === "object") {
    keepLedger(home, { ...record, owner: null });
    return { dropped: false, isHere: true, left: [leftText(home, record, [here], dropped.left)] };
  }
  // Servers by addresses alone may be the same one as another name for it.
  const elsewhere = record.servers.filter((server) => !isSameCluster(server, here));
  if (elsewhere.length === 0) forgetLedger(home, record);
  else keepLedger(home, { ...record, owner: null, servers: elsewhere });
  const left = elsewhere.length === 0 ? [] : [leftText(home, record, elsewhere, null)];
  return { dropped: dropped === "dropped", isHere: dropped === "dropped", left };
}

/** @param why it could not be dropped, as a part of a sentence; null: the server was not asked */
export function leftText(
  home: string,
  record: ProbeLedgerRecord,
  servers: readonly LedgerPlace[],
  why: string | null,
): string {
  const { schema, of } = record;
  const places = listed(servers.map(({ address, port }) => port === 0 ? address : `${address}:${port}`));
  const reason = why === null ? "" : `: ${why}`;
  return `A probe's schema ${schema} may still be in the database "${of.database}" at ${places}${reason}. ` +
    `clean --writes with a DATABASE_URL that leads there drops it, and so does a probe; or drop it yourself (DROP TABLE ${schema}.ledger; ` +
    `DROP SCHEMA ${schema}), and delete ${ledgerPath(home, schema)}.`;
}

/**
 * Refuses to forget ledgers on servers that outlive the home.
 * @throws {ServiceError} naming them
 */
export function keepKnownLedgers(home: string): void {
  const left = namedLedgers(home);
  if (left.length === 0) return;
  throw new ServiceError(
    `Cannot remove ${home}: only it knows of what probes have left`,
    left.join("\n  "),
  );
}
