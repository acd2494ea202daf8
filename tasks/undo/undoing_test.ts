import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { BenchbookError } from "../model/errors.ts";
import { sessionName } from "../model/session_name.ts";
import { stopProcess } from "../stack/process.ts";
import { SegmentWriter } from "../store/segment_writer.ts";
import { assertAsFound } from "../testing/facts.ts";
import { lookAtPostgres } from "../testing/look_at_postgres.ts";
import { mayWrite, slotWrites } from "./may_write.ts";
import { recordFile, slotsOf, withWritten } from "./testing.ts";
import { undoing } from "./undoing.ts";

const BASE = 1_000_000_000;

Deno.test("what a run wrote is taken back, and nothing else", async (t) => {
  await withWritten(async (written) => {
    const { url, home, query, place, orders } = written;
    await query("CREATE TABLE public.archive () INHERITS (northwind.orders)");
    await query(
      `INSERT INTO public.archive SELECT o.* FROM northwind.orders o LIMIT 1`,
    );
    await query(`UPDATE public.archive SET order_id = ${BASE + 1}`);
    const options = await written.writing();
    const { writes, reads } = slotsOf(mayWrite(slotWrites(options.load)));
    const before = await lookAtPostgres(url);
    // What was written into is vacuumed, and nothing else is.
    const vacuumed = /maintenance of table northwind\.(orders|order_details): /;
    const asFound = async () => assertAsFound(before, await lookAtPostgres(url), { except: [vacuumed] });

    await t.step("rows of a table that inherits stay", async () => {
      const { left } = await undoing(options, async () => {
        assert.ok(existsSync(recordFile(home, options.runId)), "what may be written is on disk before it is");
        for (const slot of writes.slice(0, 3)) await place(slot);
      });
      assert.deepEqual(left, []);
      assert.ok(!existsSync(recordFile(home, options.runId)));
      await asFound();
    });

    await t.step("work that fails is taken back too, and its error passed on", async () => {
      await assert.rejects(
        undoing(options, async () => {
          await place(writes[0]!);
          throw new Error("the proof failed");
        }),
        /^Error: the proof failed$/,
      );
      await asFound();
    });

    await t.step(
      "a row that somebody else inserts meanwhile stays, also under the key of a slot",
      async () => {
        const runId = options.runId;
        const dir = join(home, "spool", runId);
        await Deno.mkdir(dir, { recursive: true });
        const theirs = [reads[0]!, writes[1]!];
        await undoing({ ...options, spool: { runId, dir } }, async () => {
          for (const slot of [writes[0]!, ...theirs]) await place(slot);
          // The run's own insert of the third failed, as the key was taken.
          using segment = new SegmentWriter(join(dir, "timing-0.seg"), 0);
          segment.push(writes[0]!, 0, 0, 0, 1, 1, 1, 1, 2, 0, null, -1, 1, 1);
          segment.push(writes[1]!, 0, 0, 0, 1, 1, 1, 1, 2, 1, "23505", -1, -1, -1);
          segment.close();
        });
        assert.deepEqual(await orders(), theirs.map((slot) => BASE + slot));
        await query(`DELETE FROM ONLY northwind.order_details WHERE order_id >= ${BASE}`);
        await query(`DELETE FROM ONLY northwind.orders WHERE order_id >= ${BASE}`);
        await asFound();
      },
    );

    await t.step("a statement of the run that still runs is ended before that", async () => {
      const late = new Client({
        connectionString: url,
        application_name: sessionName(options.runId, "load"),
      });
      const other = new Client({ connectionString: url, application_name: "theirs" });
      late.on("error", () => {});
      await late.connect();
      await other.connect();
      const slow = other.query("SELECT pg_sleep(3)");
      const given = late.query(
        `WITH late AS (SELECT pg_sleep(2)) SELECT northwind.place_order(${BASE + writes[5]!}, customer_id, 1,
           '2026-01-15', 1, 9.5, '{1,2}', '{3,4}') FROM northwind.customers, late LIMIT 1`,
      );
      const ended = assert.rejects(given, { code: "57014" });
      await undoing(options, () => Promise.resolve());
      await ended;
      await slow;
      await late.end().catch(() => {});
      await other.end();
      await asFound();
    });

    await t.step("rows in the way are refused before anything is written", async () => {
      await place(writes[0]!);
      await assert.rejects(
        undoing(options, () => assert.fail("it went on")),
        (error: BenchbookError) =>
          error.exitCode === 2 &&
          /rows of somebody else in northwind\.order_details.*northwind\.orders/.test(error.message) &&
          /DELETE FROM ONLY northwind\.orders WHERE order_id >= 1000000000;/.test(error.next!),
      );
      await query(`DELETE FROM ONLY northwind.order_details WHERE order_id >= ${BASE}`);
      await query(`DELETE FROM ONLY northwind.orders WHERE order_id >= ${BASE}`);
    });

    await t.step("a trigger that would do more than write is refused", async () => {
      await query(
        "CREATE FUNCTION public.note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
      );
      await query("CREATE TRIGGER audit AFTER INSERT ON northwind.orders EXECUTE FUNCTION public.note()");
      await assert.rejects(
        undoing(options, () => assert.fail("it went on")),
        (error: BenchbookError) =>
          error.exitCode === 2 && /the trigger audit on northwind\.orders/.test(error.message),
      );
      await query("DROP TRIGGER audit ON northwind.orders; DROP FUNCTION public.note()");
      await asFound();
    });
  });
});

Deno.test("what cannot be taken back is named by key, and taken back once it can be", async (t) => {
  const { takeBackLeftWrites } = await import("./left_writes.ts");
  await withWritten(async ({ url, home, query, place, orders, postgres, ...written }) => {
    await query("CREATE ROLE plain LOGIN PASSWORD 'plain'");
    await query(
      "GRANT USAGE ON SCHEMA northwind TO plain; GRANT SELECT ON ALL TABLES IN SCHEMA northwind TO plain",
    );
    const theirs = new URL(url);
    theirs.username = theirs.password = "plain";
    const options = await written.writing({ url: theirs.href });
    const { writes } = slotsOf(mayWrite(slotWrites(options.load)));
    const keys = writes.slice(0, 3).map((slot) => BASE + slot);
    const write = async () => {
      for (const slot of writes.slice(0, 3)) await place(slot);
    };

    await t.step("DELETE is revoked: rows, keys, reason, command", async () => {
      const { left } = await undoing(options, write);
      assert.match(
        left[1]!,
        new RegExp(
          `^3 rows of the run ${options.runId} are left in northwind\\.orders of the database "test": ` +
            `order_id ${keys[0]} to ${keys[2]}\\.$`,
        ),
      );
      assert.match(left.join("\n"), /permission denied for table order_details \(SQLSTATE 42501\)/);
      assert.match(left.at(-1)!, /deno task clean --writes/);
      assert.deepEqual(await orders(), keys);
      assert.ok(
        !JSON.stringify(JSON.parse(await Deno.readTextFile(recordFile(home, options.runId)))).includes(
          "plain:",
        ),
      );
    });

    const record = JSON.parse(await Deno.readTextFile(recordFile(home, options.runId)));
    const killed = async (changes = {}) => {
      await Deno.writeTextFile(
        recordFile(home, options.runId),
        JSON.stringify({ ...record, owner: { pid: 1, startedAt: "long ago" }, ...changes }),
      );
    };

    await t.step("it is named at each start until it is gone", async () => {
      await killed();
      for (let start = 0; start < 2; start++) {
        const { told, left } = await takeBackLeftWrites(home, { url: theirs.href, embedded: false });
        assert.deepEqual(told, []);
        assert.match(left.join("\n"), /3 rows of the run \S+ are left in northwind\.orders/);
      }
    });

    await t.step("on another server it is named with where it is", async () => {
      await killed({ place: { ...record.place, system: "1", host: "db.example", port: 6432 } });
      const { left } = await takeBackLeftWrites(home, { url, embedded: false });
      assert.match(left.join("\n"), /may have left rows in the database "test" at db\.example:6432/);
    });

    await t.step("from another database of the server it is taken back", async () => {
      await killed();
      const elsewhere = await postgres.database("elsewhere");
      const { told, left } = await takeBackLeftWrites(home, { url: elsewhere, embedded: false });
      assert.deepEqual(left, []);
      assert.match(
        told[0]!,
        /^Took back what the run \S+ \(access-paths\) had left in the database "test" at .*: 9 rows\.$/,
      );
      assert.deepEqual(await orders(), []);
      assert.ok(!existsSync(recordFile(home, options.runId)));
    });

    await t.step(
      "a database that is gone is let be, and one of its name made since is, with a word",
      async () => {
        await killed({ place: { ...record.place, database: "gone" } });
        assert.deepEqual(await takeBackLeftWrites(home, { url, embedded: false }), { told: [], left: [] });
        await killed({ place: { ...record.place, oid: 1 } });
        const { told, left } = await takeBackLeftWrites(home, { url, embedded: false });
        assert.deepEqual(left, []);
        assert.match(
          told[0]!,
          /^The database "test" was made anew since the run \S+ \(access-paths\) wrote into it/,
        );
        assert.ok(!existsSync(recordFile(home, options.runId)));
      },
    );

    await t.step("a copy of the server at another address is not touched", async () => {
      await killed({ place: { ...record.place, host: "staging.example" } });
      await place(writes[0]!);
      const { told, left } = await takeBackLeftWrites(home, { url, embedded: false });
      assert.deepEqual(told, []);
      assert.match(
        left.join("\n"),
        /database "test" at staging\.example:\d+.*with a DATABASE_URL that leads there/,
      );
      assert.equal((await orders()).length, 1);
      await query(`DELETE FROM ONLY northwind.order_details WHERE order_id >= ${BASE}`);
      await query(`DELETE FROM ONLY northwind.orders WHERE order_id >= ${BASE}`);
      await Deno.remove(recordFile(home, options.runId));
    });

    await t.step(
      "a damaged record is set aside with a sentence, and the next start knows nothing of it",
      async () => {
        await Deno.writeTextFile(recordFile(home, "20260101-000000-abcd"), '{"schema":1,"runI');
        const { left } = await takeBackLeftWrites(home, { url, embedded: false });
        assert.match(
          left[0]!,
          /^Cannot read what the run 20260101-000000-abcd may have written: .* was moved to .*\.damaged\.$/,
        );
        assert.deepEqual(await takeBackLeftWrites(home, { url, embedded: false }), { told: [], left: [] });
      },
    );

    await t.step("a server that does not answer leaves the question open", async () => {
      const { left } = await undoing(await written.writing(), async () => {
        await place(writes[0]!);
        await stopProcess(postgres.process, "SIGINT");
      });
      assert.match(left[0]!, /^Nobody knows whether writes of the run \S+ in the database "test" are left: /);
    });
  });
});
