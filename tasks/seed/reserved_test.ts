import assert from "node:assert/strict";
import { Client } from "pg";
import { withDatabase } from "../stack/testing_shared.ts";
import type { Dataset } from "./dataset.ts";
import { removeReserved, reservedKeys } from "./reserved.ts";

Deno.test("keys are looked at by every digit, also where a double has not so many", async () => {
  await withDatabase(async (url) => {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      // More than one page of keys that are all the same to a double, and one of a run's.
      await client.query(`
        CREATE TABLE public.kept (id bigint);
        INSERT INTO public.kept VALUES (1000000007);
        INSERT INTO public.kept SELECT 9007199254740992 + n / 2 FROM generate_series(0, 20003) AS n;
        INSERT INTO public.kept SELECT 9223372036854775807 - n FROM generate_series(0, 99) AS n`);
      const dataset = {
        reserved: [{ table: "public.kept", column: "id" }],
        reservedBase: 1_000_000_000,
      } as unknown as Dataset;
      let [keys, rows] = [0, 0];
      for await (const found of reservedKeys(client, dataset)) {
        keys++;
        rows += found.rows;
        if (keys > 20_000) break;
      }
      assert.deepEqual([keys, rows], [1 + 10_002 + 100, 1 + 20_004 + 100]);
      assert.deepEqual(await removeReserved(client, dataset, (slot) => slot === 7), { "kept": 1 });
    } finally {
      await client.end();
    }
  });
});
