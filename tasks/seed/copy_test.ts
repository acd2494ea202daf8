import assert from "node:assert/strict";
import { Client } from "pg";
import { InterruptedError } from "../model/errors.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { copyTable } from "./copy.ts";
import type { DatasetTable } from "./dataset.ts";
import { hashRelation } from "./hash.ts";

/** A table `n` of whole numbers with a text; one unit may be written as the server cannot take it. */
const numbers = (units: number, faulty = -1): DatasetTable => ({
  name: "n",
  relation: "public.n",
  columns: ["n", "pad"],
  units,
  rows: units,
  write(unit, out) {
    if (unit === faulty) out.text("no number");
    else out.integer(unit);
    out.text("x".repeat(100));
    out.endRow();
  },
});

Deno.test("copying to a real server", async (t) => {
  await withDatabase(async (url) => {
    const client = new Client({ connectionString: url });
    client.on("error", () => {});
    await client.connect();
    const options = { from: 0, freeze: false };
    const count = async () =>
      (await client.query("SELECT count(*)::int AS n, sum(n)::float8 FROM n")).rows[0];
    try {
      await client.query("CREATE TABLE n (n integer, pad text)");
      await t.step("many blocks arrive whole, in ranges as in one piece", async () => {
        const table = numbers(50_000);
        const reported: number[] = [];
        const onRows = (rows: number) => reported.push(rows);
        const first = await copyTable(client, table, { ...options, to: 30_000, onRows });
        const second = await copyTable(client, table, { ...options, from: 30_000, to: 50_000 });
        assert.deepEqual([first.rows, second.rows], [30_000, 20_000]);
        first.merge(second.parts);
        assert.equal((await hashRelation(client, "public.n")).hex, first.hex);
        assert.deepEqual(await count(), { n: 50_000, sum: 50_000 * 49_999 / 2 });
        assert(reported.length > 4 && reported.at(-1) === 30_000);
        assert.deepEqual(reported, reported.toSorted((a, b) => a - b));
      });

      await t.step(
        "a row that the server refuses, early or last, ends the copy and not the connection",
        async () => {
          await client.query("TRUNCATE n");
          for (const faulty of [0, 25_000, 49_999]) {
            const failed = copyTable(client, numbers(50_000, faulty), { ...options, to: 50_000 });
            await assert.rejects(failed, { code: "22P02" });
            assert.deepEqual(await count(), { n: 0, sum: null });
          }
          await assert.rejects(
            copyTable(client, { ...numbers(1), relation: "public.absent" }, { ...options, to: 1 }),
            {
              code: "42P01",
            },
          );
          assert.equal((await copyTable(client, numbers(3), { ...options, to: 3 })).rows, 3);
        },
      );

      await t.step("a signal ends the copy between two blocks", async () => {
        await client.query("TRUNCATE n");
        const controller = new AbortController();
        const onRows = () => controller.abort();
        await assert.rejects(
          copyTable(client, numbers(50_000), { ...options, to: 50_000, signal: controller.signal, onRows }),
          InterruptedError,
        );
        assert.deepEqual(await count(), { n: 0, sum: null });
      });

      await t.step("a session ended by the server rejects instead of waiting for ever", async () => {
        const killer = new Client({ connectionString: url });
        await killer.connect();
        try {
          const { rows } = await client.query("SELECT pg_backend_pid() AS pid");
          const endless: DatasetTable = { ...numbers(1e9) };
          let ended: Promise<unknown> | undefined;
          const onRows = () => ended ??= killer.query("SELECT pg_terminate_backend($1)", [rows[0].pid]);
          await assert.rejects(copyTable(client, endless, { ...options, to: 1e9, onRows }));
          await ended;
        } finally {
          await killer.end();
        }
      });
    } finally {
      await client.end().catch(() => {});
    }
  });
});
