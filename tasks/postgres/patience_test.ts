import assert from "node:assert/strict";
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

const patience = { lookMs: 100, aliveMs: 500, limitMs: 1500 };

Deno.test(
  { name: "no client waits for ever for a server", ignore: Deno.build.os !== "linux" },
  (t) =>
    withPostgres(async (url, { process: { pid } }) => {
      const open = () => connectClient(url, { applicationName: "test", patience });

      await t.step("a statement ends when the server freezes", async () => {
        const client = await open();
        const asked = client.query("SELECT pg_sleep(30)");
        asked.catch(() => {});
        const thaw = freeze(pid);
        try {
          await within(3000, assert.rejects(asked, { message: "the server has stopped answering" }));
          await within(1500, client.end());
        } finally {
          thaw();
        }
      });

      await t.step("an idle connection to a frozen server can be closed", async () => {
        const client = await open();
        const thaw = freeze(pid);
        try {
          await within(1500, client.end());
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
        const client = await open();
        await within(
          7000,
          assert.rejects(client.query("SELECT pg_sleep(33)"), { message: "no answer within 1.5 s" }),
        );
        await client.end();
        const other = await open();
        const { rows: [row] } = await other.query(
          "SELECT count(*)::int AS n FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(33)' AND state = 'active'",
        );
        assert.equal(row.n, 0);
        await other.end();
      });

      await t.step("a statement can be cancelled", async () => {
        const client = await open();
        const asked = assert.rejects(client.query("SELECT pg_sleep(30)"), { code: "57014" });
        // A request to cancel that comes before the statement has begun is for nothing.
        const again = setInterval(() => void client.cancelStatement(), 100);
        await within(7000, asked).finally(() => clearInterval(again));
        await client.end();
      });
    }),
);
