import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { withClient } from "../seed/connect.ts";
import { assertSettledAsFound } from "../testing/facts.ts";
import { lookAround } from "../testing/surroundings.ts";
import { keepRecord } from "../undo/journal.ts";
import { mayWrite, slotWrites } from "../undo/may_write.ts";
import { placeOf } from "../undo/place.ts";
import { recordFile, slotsOf, withWritten, writeSpool } from "../undo/testing.ts";
import { withWorkbench } from "./testing.ts";
import { VACUUMED } from "./testing_own_cluster.ts";

Deno.test("seed and up take back or name what a run that was killed has left, as a bench does", async (t) => {
  await withWritten(async ({ url, query, place, orders, ...written }) => {
    await withWorkbench(async (bench) => {
      const { home } = bench;
      const { writes: [slot] } = slotsOf(mayWrite(slotWrites((await written.writing()).load)));
      /** A run that was killed after it had written an order. */
      const killed = async (): Promise<string> => {
        const options = await written.writing();
        const dir = `${home}/spool-of-${options.runId}`;
        writeSpool({ ...options, spool: { runId: options.runId, dir } }, { [slot!]: "ok" });
        await Deno.mkdir(`${home}/undo/spools`, { recursive: true });
        await Deno.rename(dir, `${home}/undo/spools/${options.runId}`);
        await place(slot!);
        keepRecord(home, {
          schema: 1,
          runId: options.runId,
          spool: options.runId,
          scenario: "access-paths",
          owner: { pid: 1, startedAt: "long ago" },
          since: new Date().toISOString(),
          place: await withClient(url, (client) => placeOf(client, url, false)),
          writes: slotWrites(options.load),
          arms: options.databases[0]!.arms,
          retries: false,
          late: null,
          reserved: { dataset: "northwind", proofSlots: [], removed: false, draws: null, slots: 1000 },
          whole: false,
          own: null,
          looks: [],
          cachePrefix: null,
        });
        return options.runId;
      };
      const arguments_ = ["--scale", "tiny"];
      const env = { DATABASE_URL: url };
      const look = () => lookAround({ postgres: { url, databases: "all" } });
      const before = await look();

      for (const task of ["seed", "up"]) {
        await t.step(`${task}: what can be taken back is, and told`, async () => {
          const runId = await killed();
          const { code, stdout, stderr } = await bench.run(task, arguments_, env);
          assert.equal(code, 0, stderr);
          assert.match(
            stdout,
            new RegExp(`^Took back what the run ${runId} \\(access-paths\\) had left in .*: 4 rows\\.$`, "m"),
          );
          assert.deepEqual(await orders(), []);
          // `up` leaves its GraphQL server running, and sessions of it.
          if (task === "up") assert.equal((await bench.call("down")).code, 0);
          await assertSettledAsFound(before, look, { except: [VACUUMED] });
          assert.ok(!existsSync(recordFile(home, runId)));
        });
      }

      await t.step("what cannot is named, with the command", async () => {
        const runId = await killed();
        await query("CREATE RULE stay AS ON DELETE TO northwind.orders DO INSTEAD NOTHING");
        const { code, stdout, stderr } = await bench.call("seed", arguments_, env);
        assert.equal(code, 0, stderr);
        assert.match(stdout, new RegExp(`^! 1 row of the run ${runId} is left in northwind\\.orders`, "m"));
        assert.match(stdout, /^! `deno task clean --writes` tries it again/m);
        assert.ok(existsSync(recordFile(home, runId)));
      });
    });
  });
});
