import assert from "node:assert/strict";
import { eventually } from "../net/testing.ts";
import { withPostgres } from "../stack/testing.ts";
import { freeze } from "../stack/testing_freeze.ts";
import { connectClient } from "./client.ts";

const within = async <T>(ms: number, work: Promise<T>): Promise<T> => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${ms} ms`)), ms);
  });
  return await Promise.race([work, late]).finally(() => clearTimeout(timer));
};

/** Far more than any of it takes, and less than what is waited for would take by itself. */
const SOON_MS = 20_000;
/** Each step is about one of them, and the others are not to be met by a machine that has no time for the test. */
const patience = { lookMs: 100, aliveMs: 60_000, limitMs: 60_000 };

Deno.test(
  { name: "no client waits for ever for a server", ignore: Deno.build.os !== "linux" },
  (t) =>
    withPostgres(async (url, { process: { pid } }) => {
      const open = (own: Partial<typeof patience> = {}) =>
        connectClient(url, { applicationName: "test", patience: { ...patience, ...own } });

      await t.step("a statement ends when the server freezes", async () => {
        const client = await open({ aliveMs: 500 });
        const asked = client.query("SELECT pg_sleep(30)");
        asked.catch(() => {});
        const thaw = freeze(pid);
        try {
          await within(SOON_MS, assert.rejects(asked, { message: "the server has stopped answering" }));
          await within(SOON_MS, client.end());
        } finally {
          thaw();
        }
      });

      await t.step("an idle connection to a frozen server can be closed", async () => {
        const client = await open();
        const thaw = freeze(pid);
        try {
          await within(SOON_MS, client.end());
        } finally {
          thaw();
        }
      });

      await t.step("a statement that lasts is waited for while the server answers others", async () => {
        const client = await open();
        await client.query("SELECT pg_sleep(1)");
        await client.end();
      });

      await t.step("but not beyond the limit, and is cancelled then", async () => {
        const client = await open({ limitMs: 1500 });
        await within(
          SOON_MS,
          assert.rejects(client.query("SELECT pg_sleep(33)"), { message: "no answer within 1.5 s" }),
        );
        await client.end();
        const other = await open();
        const active =
          "SELECT FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(33)' AND state = 'active'";
        await eventually(async () => (await other.query(active)).rowCount === 0);
        await other.end();
      });

      await t.step("a statement can be cancelled", async () => {
        const client = await open();
        const asked = assert.rejects(client.query("SELECT pg_sleep(30)"), { code: "57014" });
        // A request to cancel that comes before the statement has begun is for nothing.
        const again = setInterval(() => void client.cancelStatement(), 100);
        await within(SOON_MS, asked).finally(() => clearInterval(again));
        await client.end();
      });
    }),
);
