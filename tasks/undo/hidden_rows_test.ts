import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { Client } from "pg";
import { exactly, readTexts } from "./image.ts";
import { takeBackLeftWrites } from "./left_writes.ts";
import { mayWrite, slotWrites } from "./may_write.ts";
import { recordFile, slotsOf, withWritten, writeSpool, writtenAt } from "./testing.ts";
import { undoing } from "./undoing.ts";

Deno.test("rows that a policy hides from the undo are not taken for gone", async (t) => {
  await withWritten(async ({ url, home, query, place, orders, ...written }) => {
    await query(`
      CREATE ROLE plain LOGIN PASSWORD 'plain';
      GRANT USAGE ON SCHEMA northwind, benchbook TO plain;
      GRANT SELECT, DELETE ON ALL TABLES IN SCHEMA northwind, benchbook TO plain`);
    const theirs = new URL(url);
    theirs.username = theirs.password = "plain";
    const { writes: [slot] } = slotsOf(mayWrite(slotWrites((await written.writing()).load)));

    await t.step("those of a data set are named, and stay known until they are gone", async () => {
      const options = await written.writing({ databases: [writtenAt(theirs.href)] });
      const { left } = await undoing(options, async () => {
        await place(slot!);
        writeSpool(options, { [slot!]: "ok" });
        await query(`
          ALTER TABLE northwind.orders ENABLE ROW LEVEL SECURITY;
          CREATE POLICY hides ON northwind.orders USING (order_id < 1000000000) WITH CHECK (true)`);
      });
      assert.match(left.join("\n"), /It is not known whether writes of the run .* row-level security policy/);
      const file = recordFile(home, options.runId);
      const record = JSON.parse(await Deno.readTextFile(file));
      record.owner = { pid: 1, startedAt: "long ago" };
      await Deno.writeTextFile(file, JSON.stringify(record));
      const look = () => takeBackLeftWrites(home, { url: theirs.href, embedded: false, held: false });
      const again = await look();
      assert.deepEqual(again.told, []);
      assert.match(again.left.join("\n"), /row-level security policy for table "orders"/);
      assert.equal((await orders()).length, 1);
      await query(
        "DROP POLICY hides ON northwind.orders; ALTER TABLE northwind.orders DISABLE ROW LEVEL SECURITY",
      );
      assert.deepEqual((await look()).left, []);
      assert.deepEqual(await orders(), []);
      assert.ok(!existsSync(file));
    });

    await t.step("nor are those that a look at the user's own tables asks for", async () => {
      await query(`
        CREATE TABLE public.visit (visit_id integer);
        INSERT INTO public.visit VALUES (1);
        GRANT SELECT ON public.visit TO plain;
        ALTER TABLE public.visit ENABLE ROW LEVEL SECURITY;
        CREATE POLICY hides ON public.visit USING (false)`);
      const client = new Client({ connectionString: theirs.href });
      await client.connect();
      try {
        await assert.rejects(
          exactly(client, () => readTexts(client, "SELECT * FROM public.visit", [])),
          { code: "42501" },
        );
        assert.deepEqual((await client.query("SHOW row_security")).rows, [{ row_security: "on" }]);
      } finally {
        await client.end();
      }
    });
  });
});
