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
  verify(
    changes?: Partial<LedgerOptions>,
  ): Promise<LedgerResult & { readonly entries: readonly LedgerEntry[] }>;
}

/** Slots of the load. */
export const SLOTS = 200;

/** Gives a test the spool of a load, in which one write was sent after another, and the database that it wrote into. */
export function withLoaded(use: (loaded: Loaded) => Promise<void>): Promise<void> {
  return withDatabase(async (url, { home }) => {
    const shop = await checkShop(7);
    await withClient(url, makeTables);
    const spoolDir = join(home, "spool", "20260101-000000-aaaa");
    await shortLoad({ url, shop, slots: [0, SLOTS], clients: 1, spoolDir, worker: 0 });
    await use({
      url,
      home,
      shop,
      change: (sql) => withClient(url, async (client) => void await client.query(sql)),
      async verify(changes) {
        const entries: LedgerEntry[] = [];
        const result = await verifyLedger({
          url,
          spoolDir,
          ...shop,
          arms: [{ path: "sql", ours: true }],
          slots: SLOTS,
          whole: true,
          retries: 0,
          onEntries: (more) => void entries.push(...more),
          ...changes,
        });
        return { ...result, entries };
      },
    });
  });
}
