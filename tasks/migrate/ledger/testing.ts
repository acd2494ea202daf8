import { join } from "node:path";
import type { LedgerEntry } from "../../model/migration.ts";
import { withClient } from "../../seed/connect.ts";
import { withDatabase } from "../../stack/testing_shared.ts";
import { checkShop, makeTables, type Shop } from "./check/shop.ts";
import { shortLoad } from "./check/short_load.ts";
import { type LedgerOptions, type LedgerResult, verifyLedger } from "./verify.ts";

/** A load that was made, and the database that it wrote into. */
export interface Loaded {
  readonly url: string;
  readonly home: string;
  readonly shop: Shop;
  /** Changes the database behind everybody's back. */
  change(sql: string): Promise<void>;
  /** Has the ledger judge it. */
  verify(changes?: Partial<LedgerOptions>): Promise<JudgedLedger>;
}

/** What the ledger says, and of each write. */
export type JudgedLedger = LedgerResult & { readonly entries: readonly LedgerEntry[] };

/** Has the ledger judge a load of the shop. @param at its database, its spool, and more slots than were sent */
export async function judgeShop(
  shop: Shop,
  at: Pick<LedgerOptions, "url" | "spoolDir" | "slots">,
  changes?: Partial<LedgerOptions>,
): Promise<JudgedLedger> {
  const entries: LedgerEntry[] = [];
  const result = await verifyLedger({
    ...at,
    ...shop,
    arms: [{ path: "sql", ours: true }],
    whole: true,
    retries: 0,
    onEntries: (more) => void entries.push(...more),
    ...changes,
  });
  return { ...result, entries };
}

/** Slots of the load. */
export const SLOTS = 200;

/**
 * Gives a test the spool of a load, in which one write was sent after another, and the database that it wrote into.
 * @param operations what it writes
 */
export function withLoaded(
  use: (loaded: Loaded) => Promise<void>,
  operations?: Parameters<typeof checkShop>[1],
): Promise<void> {
  return withDatabase(async (url, { home }) => {
    const shop = await checkShop(7, operations);
    await withClient(url, makeTables);
    const spoolDir = join(home, "spool", "20260101-000000-aaaa");
    await shortLoad({ url, shop, slots: [0, SLOTS], clients: 1, spoolDir, worker: 0 });
    await use({
      url,
      home,
      shop,
      change: (sql) => withClient(url, async (client) => void await client.query(sql)),
      verify: (changes) => judgeShop(shop, { url, spoolDir, slots: SLOTS }, changes),
    });
  });
}
