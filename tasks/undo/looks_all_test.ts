import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import type { Mix } from "../load/mix.ts";
import { openClient } from "../seed/connect.ts";
import { withPostgres } from "../stack/testing.ts";
import { lookAfter, lookBefore } from "./looks.ts";
import { NEAR, ODD_SETTINGS } from "./testing_exact_values.ts";

/** A session that begins with what a role and a database have set by now. */
async function connected(url: string): Promise<{ client: Client } & AsyncDisposable> {
  const client = await openClient(url, "benchbook undo");
  return { client, [Symbol.asyncDispose]: () => client.end() };
}

Deno.test("what an update leaves is told from what stood there before, for values of every type", async (t) => {
  await withPostgres(async (url, { home }) => {
    const admin = new Client({ connectionString: url });
    await admin.connect();
    const dir = join(home, "mine");
    mkdirSync(dir, { recursive: true });
    writeFileSync(
      join(dir, "change.check.sql"),
      "-- What it left.\n-- :id integer\nSELECT * FROM public.kept WHERE id = :id\n",
    );
    // Of these a look uses no more.
    const scenario = {
      workloadDir: dir,
      ownTables: { schemas: ["public"] },
      operations: [{
        name: "change",
        weight: 1,
        write: true,
        params: { id: { kind: "integer", min: 1, max: 1 } },
      }],
    } as const;
    const mix = { operationOf: () => 0, valuesOf: () => ({ id: 1 }) } as Mix;
    const writes = {
      seed: 1,
      closed: true,
      operations: [{ weight: 1, write: true }],
      streams: [{ rate: 1, first: 0, count: 1, session: false }],
    };
    const stored = async () => {
      const { rows } = await admin.query(
        "SELECT row(k.*)::text AS text, (SELECT md5(record_send(k))) AS bytes FROM public.kept k",
      );
      return rows[0] as { text: string; bytes: string };
    };
    try {
      for (const place of ["as the server has it", "role", "database"] as const) {
        await t.step(`settings ${place === "as the server has it" ? place : `of the ${place}`}`, async () => {
          for (const setting of place === "as the server has it" ? [] : ODD_SETTINGS) {
            const whose = place === "role" ? "ROLE CURRENT_USER" : "DATABASE test";
            await admin.query(`ALTER ${whose} SET ${setting}`);
          }
          await using looking = await connected(url);
          const { client } = looking;
          for (const [type, ...values] of NEAR) {
            await admin.query(
              `DROP TABLE IF EXISTS public.kept; CREATE TABLE public.kept (id integer, value ${type})`,
            );
            await admin.query("INSERT INTO public.kept VALUES (1, NULL)");
            for (const [at, value] of ["NULL", ...values].entries()) {
              await admin.query(`UPDATE public.kept SET value = ${value}`);
              const before = await stored();
              const { looks } = await lookBefore(client, { scenario, writes, mix, slots: 1, proofSlots: [] });
              const record = JSON.parse(JSON.stringify(looks));
              // A further set of values, and back to the first.
              const other = [...values, "NULL"][at]!;
              await admin.query(`UPDATE public.kept SET value = ${other}`);
              const changed = (await stored()).bytes !== before.bytes;
              const told = await lookAfter(client, record);
              assert.equal(told.length > 0, changed, `${type}: ${value} → ${other}`);
              await admin.query(`UPDATE public.kept SET value = ${value}`);
              assert.deepEqual(await stored(), before);
              assert.deepEqual(await lookAfter(client, record), [], `${type}: ${value}`);
            }
          }
        });
      }
    } finally {
      await admin.end();
    }
  });
});
