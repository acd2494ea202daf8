import assert from "node:assert/strict";
import { BenchbookError } from "../model/errors.ts";
import { takeBackLeftWrites } from "./left_writes.ts";
import { mayWrite, slotWrites } from "./may_write.ts";
import { recordFile, slotsOf, withWritten, writeSpool } from "./testing.ts";
import { undoing } from "./undoing.ts";

Deno.test("what a run wrote is not removed where that would be replicated to the user's subscribers", async (t) => {
  await withWritten(async ({ url, home, query, place, orders, ...written }) => {
    const { writes: [slot] } = slotsOf(mayWrite(slotWrites((await written.writing()).load)));
    /** The owner of the run's record is no more. */
    const killed = async (runId: string) => {
      const record = JSON.parse(await Deno.readTextFile(recordFile(home, runId)));
      record.owner = { pid: 1, startedAt: "long ago" };
      await Deno.writeTextFile(recordFile(home, runId), JSON.stringify(record));
    };
    const tookBack = () => takeBackLeftWrites(home, { url, embedded: false, held: false });

    for (const tables of ["ALL TABLES", "TABLES IN SCHEMA northwind", "TABLE ONLY northwind.orders"]) {
      await t.step(`a publication FOR ${tables} that comes in mid-run`, async () => {
        const options = await written.writing();
        const { left } = await undoing(options, async () => {
          await place(slot!);
          writeSpool(options, { [slot!]: "ok" });
          await query(`CREATE PUBLICATION live FOR ${tables}`);
        });
        assert.match(left.join("\n"), /1 row of the run \S+ is left in northwind\.orders/);
        assert.match(
          left.join("\n"),
          /publication live \(.*\) would replicate what is removed to your subscribers/,
        );
        assert.equal((await orders()).length, 1);
        await killed(options.runId);
        const next = await tookBack();
        assert.match(next.left.join("\n"), /publication live/);
        assert.equal((await orders()).length, 1);
        await query("DROP PUBLICATION live");
        assert.deepEqual((await tookBack()).left, []);
        assert.deepEqual(await orders(), []);
      });
    }

    await t.step("one that is there before is refused before anything is written", async () => {
      await query("CREATE PUBLICATION live FOR ALL TABLES");
      await assert.rejects(
        undoing(await written.writing(), () => assert.fail("it went on")),
        (error: BenchbookError) =>
          error.exitCode === 2 && /publication live \(FOR ALL TABLES\)/.test(error.message),
      );
      await query("DROP PUBLICATION live");
    });

    await t.step("neither is it by an undo of the user's own", async () => {
      await query("CREATE SCHEMA shop; CREATE TABLE shop.visit (visit_id integer PRIMARY KEY)");
      const dir = await Deno.makeTempDir({ prefix: "benchbook-undo-" });
      const own = {
        file: "undo.sql",
        path: `${dir}/undo.sql`,
        sql: "DELETE FROM shop.visit",
        schemas: ["shop"],
      };
      await Deno.writeTextFile(own.path, own.sql);
      const options = await written.writing({ own });
      const scenario = { ...options.scenario, datasetName: null };
      const count = async () => (await query("SELECT FROM shop.visit")).length;
      const { left } = await undoing({ ...options, scenario }, async () => {
        await query("INSERT INTO shop.visit VALUES (1); CREATE PUBLICATION live FOR TABLES IN SCHEMA shop");
      });
      assert.match(
        left[0]!,
        /^undo\.sql was not run: publication live \(shop\.visit\) would replicate what is removed to your subscribers\.$/,
      );
      assert.equal(await count(), 1);
      await killed(options.runId);
      assert.match((await tookBack()).left.join("\n"), /publication live/);
      assert.equal(await count(), 1);
      await assert.rejects(
        undoing({ ...options, scenario }, () => assert.fail("it went on")),
        (error: BenchbookError) => error.exitCode === 2 && /publication live/.test(error.message),
      );
      await query("DROP PUBLICATION live");
      assert.deepEqual((await tookBack()).left, []);
      assert.equal(await count(), 0);
      await Deno.remove(dir, { recursive: true });
    });
  });
});
