import { join } from "node:path";
import { readSmallText } from "../../../files/small_file.ts";
import { InterruptedError, ServiceError } from "../../../model/errors.ts";
import type { LedgerCheck } from "../../../model/ledger_check.ts";
import type { LedgerEntry } from "../../../model/migration.ts";
import { withClient } from "../../../seed/connect.ts";
import { plannedKeys, registersBefore } from "../registers_before.ts";
import { verifyLedger } from "../verify.ts";
import { faultyProxy } from "./faulty_proxy.ts";
import { Faults } from "./faults.ts";
import { checkShop, FOLDER, makeTables, type Shop } from "./shop.ts";
import { shortLoad } from "./short_load.ts";

export interface LedgerCheckOptions {
  /** Of a database that is nobody else's, without TLS on the way to it; its schema northwind is made anew. May hold a password. */
  readonly url: string;
  /** An empty folder for spools. */
  readonly folder: string;
  /** Faults of each kind. */
  readonly faults: number;
  /** Loads in which nothing is done. */
  readonly cleanRuns: number;
  readonly signal?: AbortSignal;
  /** Told of each load. */
  readonly onProgress?: (text: string) => void;
}

/** Writes of a clean load, and of one with so many faults of each kind: the tables' rows are many enough for all of them. */
const CLEAN_SLOTS = 60;
const SLOTS_A_FAULT = 40;
const CLIENTS = 4;

/**
 * Has the ledger judge loads whose truth is known: in one of them a proxy loses, doubles, overwrites, swaps and reorders writes on
 * purpose, and each must be told for what it is; in all others nothing is wrong, and nothing may be told. During each the
 * tables are migrated.
 */
export async function checkLedger(options: LedgerCheckOptions): Promise<LedgerCheck> {
  const { faults: each, cleanRuns, onProgress } = options;
  const faultyShop = await checkShop(0);
  const injected = new Faults(faultyShop, each * SLOTS_A_FAULT, each, 0);
  onProgress?.("writes with faults");
  const found = await judged(options, faultyShop, each * SLOTS_A_FAULT, injected);
  const compared = injected.compared(found);
  const clean = { runs: 0, writes: 0, alarms: 0 };
  for (let seed = 1; seed <= cleanRuns; seed++) {
    onProgress?.(`writes without faults, ${seed} of ${cleanRuns}`);
    const entries = await judged(options, await checkShop(seed), CLEAN_SLOTS, null);
    clean.runs++;
    clean.writes += entries.length;
    clean.alarms += entries.filter(({ verified }) => verified !== true).length +
      (CLEAN_SLOTS - entries.length);
  }
  return { ...compared, clean };
}

/** Makes a load through the proxy, changes the tables in the midst of it, and has the ledger judge it. */
async function judged(
  { url, folder, signal }: LedgerCheckOptions,
  shop: Shop,
  slots: number,
  faults: Faults | null,
): Promise<LedgerEntry[]> {
  if (signal?.aborted) throw new InterruptedError();
  const spoolDir = join(folder, `${shop.writes.seed}`);
  await withClient(url, makeTables, { signal });
  const migration = readSmallText(join(FOLDER, "migrate.sql"));
  const registers = await registersBefore({ ...shop, url, signal }, plannedKeys({ ...shop, slots }));
  {
    await using proxy = await faultyProxy({
      url,
      faultOf: (executed) => faults?.faultOf(executed) ?? null,
      onAnswered: (executed) => faults?.onAnswered(executed),
    });
    // In two halves: what is sent in the second was sent after all of the first was answered.
    const half = slots / 2;
    for (const [worker, part] of ([[0, half], [half, slots]] as const).entries()) {
      faults?.begin(worker);
      const load = shortLoad({ url: proxy.url, shop, slots: part, clients: CLIENTS, spoolDir, worker });
      const changed = worker === 0 ? null : withClient(url, (client) => client.query(migration), { signal });
      await Promise.all([load, changed]);
    }
    await faults?.reorder(proxy.execute);
  }
  const entries: LedgerEntry[] = [];
  await verifyLedger({
    url,
    spoolDir,
    ...shop,
    arms: [{ path: "sql", ours: true }],
    slots,
    whole: true,
    retries: 0,
    registers,
    signal,
    onEntries: (more) => void entries.push(...more),
  });
  const lost = entries.filter(({ outcome, verified }) => outcome === "unknown" || verified === null).length;
  if (lost > 0) {
    throw new ServiceError(
      `Cannot check the ledger: its server must answer every write: it has not answered ${lost} of ${slots}`,
      "Look at the load of this machine, and try again when it is less busy.",
    );
  }
  return entries;
}
