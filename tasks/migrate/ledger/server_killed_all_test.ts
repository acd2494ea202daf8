import assert from "node:assert/strict";
import { join } from "node:path";
import { sleep } from "../../net/sleep.ts";
import { withClient } from "../../seed/connect.ts";
import { embeddedDatabaseUrl, type EmbeddedPostgres, startPostgres } from "../../stack/postgres.ts";
import { stopProcess } from "../../stack/process.ts";
import { withTempHome } from "../../stack/testing.ts";
import { checkShop, makeTables } from "./check/shop.ts";
import { shortLoad } from "./check/short_load.ts";
import { judgeShop } from "./testing.ts";

const CLIENTS = 6;
/** More than are sent before the server is killed. */
const SLOTS = 100_000;
/** Orders that are there by then. */
const ORDERS = 300;

/** Waits until so many orders are there. */
async function untilOrders(url: string): Promise<void> {
  await withClient(url, async (client) => {
    for (;;) {
      const { rows: [orders] } = await client.query<{ n: number }>(
        "SELECT count(*)::integer AS n FROM northwind.orders",
      );
      if (orders!.n >= ORDERS) return;
      await sleep(5);
    }
  });
}

interface Killed {
  /** Whose process is killed in mid-load. */
  victim(url: string, server: EmbeddedPostgres): Promise<number>;
  /** Whether the server comes back by itself. */
  readonly returns: boolean;
}

const KILLED: Readonly<Record<string, Killed>> = {
  "the server": { victim: (_url, { process }) => Promise.resolve(process.pid), returns: false },
  // The server then ends all sessions, and replays its log.
  "one of its sessions": {
    victim: (url) =>
      withClient(url, async (client) => {
        const { rows: [session] } = await client.query<{ pid: number }>(
          "SELECT pid FROM pg_stat_activity WHERE application_name = 'benchbook-ledger-check' LIMIT 1",
        );
        return session!.pid;
      }),
    returns: true,
  },
};

for (const [what, { victim, returns }] of Object.entries(KILLED)) {
  Deno.test(`what a server acknowledged before ${what} was killed is there when it is back, and the ledger tells what is not`, async () => {
    await withTempHome(async (home) => {
      let running: EmbeddedPostgres | undefined;
      const start = async () => {
        const { port } = await startPostgres(home, (started) => running = started);
        return embeddedDatabaseUrl(home, port, "postgres");
      };
      try {
        const shop = await checkShop(3);
        const spoolDir = join(home, "spool", "killed");
        const url = await start();
        await withClient(url, makeTables);
        const load = shortLoad({ url, shop, slots: [0, SLOTS], clients: CLIENTS, spoolDir, worker: 0 });
        await untilOrders(url);
        Deno.kill(await victim(url, running!), "SIGKILL");
        await load;
        const back = returns ? url : await start();
        const { ok, failed, unknown, notVerified, problems, entries } = await judgeShop(shop, {
          url: back,
          spoolDir,
          slots: SLOTS,
        });
        assert.deepEqual({ failed, notVerified, problems }, { failed: 0, notVerified: 0, problems: {} });
        assert(ok >= ORDERS);
        // Each client had one under way.
        assert(unknown >= CLIENTS);
        // As a server without fsync may leave it.
        const { slot } = entries.findLast(({ op, outcome }) => op === "place-order" && outcome === "ok")!;
        const lost = `DELETE FROM northwind.orders WHERE order_id = ${1_000_000_000 + slot}`;
        await withClient(back, (client) => client.query(lost));
        assert.deepEqual((await judgeShop(shop, { url: back, spoolDir, slots: SLOTS })).problems, {
          lost: 1,
        });
      } finally {
        if (running !== undefined) await stopProcess(running.process, "SIGINT");
      }
    });
  });
}
