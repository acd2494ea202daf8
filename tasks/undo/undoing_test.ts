import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { Client } from "pg";
import { BenchbookError } from "../model/errors.ts";
import { eventually } from "../net/testing.ts";
import { debts, leftNow } from "../model/owed.ts";
import { sessionName } from "../model/session_name.ts";
import { stopProcess } from "../stack/process.ts";
import { assertAsFound } from "../testing/facts.ts";
import { lookAtPostgres } from "../testing/look_at_postgres.ts";
import { newRunId } from "../pipeline/run_id.ts";
import { lockDatabase } from "../seed/database_lock.ts";
import { keepEvidence } from "./journal.ts";
import { mayWrite, slotWrites } from "./may_write.ts";
import { recordFile, type SlotEnd, slotsOf, withWritten, writeSpool, writtenAt } from "./testing.ts";
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
    let options = await written.writing();
    const { writes, reads } = slotsOf(mayWrite(slotWrites(options.load)));
    /** A step with a run of its own. */
    const step = (name: string, work: () => Promise<void>) =>
      t.step(name, async () => {
        options = await written.writing();
        await work();
      });
    const before = await lookAtPostgres(url);
    // What was written into is vacuumed, and nothing else is.
    const vacuumed = /maintenance of table northwind\.(orders|order_details): /;
    /** Places the orders of slots, and lets the spool tell of them. */
    const load = async (slots: Record<number, SlotEnd>) => {
      for (const slot of Object.keys(slots)) await place(Number(slot));
      writeSpool(options, slots);
    };
    const asFound = async () => assertAsFound(before, await lookAtPostgres(url), { except: [vacuumed] });

    await step("rows of a table that inherits stay", async () => {
      const { left } = await undoing(options, async () => {
        assert.ok(existsSync(recordFile(home, options.runId)), "what may be written is on disk before it is");
        assert.equal(debts().length, 1, "whoever wants to leave at once waits for the undo");
        await load({ [writes[0]!]: "ok", [writes[1]!]: "ok", [writes[2]!]: "ok" });
      });
      assert.deepEqual(left, []);
      assert.ok(!existsSync(recordFile(home, options.runId)));
      assert.deepEqual(debts(), []);
      await asFound();
    });

    await step(
      "whoever leaves at once is told of keys in the cache, and does not wait for them",
      async () => {
        const told = await undoing({ ...options, cachePrefix: "benchbook:x:" }, () => {
          assert.equal(debts().length, 1);
          return Promise.resolve(leftNow().filter((sentence) => !debts().includes(sentence)));
        });
        assert.match(told.value.join(), /They begin with benchbook:x: and .* --pattern 'benchbook:x:\*' \|/);
        const ofKeys = () => leftNow().filter((sentence) => sentence.includes("benchbook:x:"));
        assert.deepEqual(ofKeys(), []);
        const kept = await undoing({
          ...options,
          cachePrefix: "benchbook:x:",
          clearCache: () => Promise.reject(new Error("Redis is gone")),
        }, () => Promise.resolve());
        assert.deepEqual(kept.left, ["Redis is gone."]);
        assert.equal(ofKeys().length, 1, "the run may end before it has said what is left");
        await asFound();
      },
    );

    await step("work that fails is taken back too, and its error passed on", async () => {
      await assert.rejects(
        undoing(options, async () => {
          await load({ [writes[0]!]: "ok" });
          // Sent and not told of any more, as the generator failed.
          await place(writes[1]!);
          throw new Error("the proof failed");
        }),
        /^Error: the proof failed$/,
      );
      await asFound();
    });

    await step(
      "a row that somebody else inserts meanwhile stays, also under the key of a slot",
      async () => {
        // Keys of a slot that reads, of one whose insert found it taken, of one not sent, of one never reached, and of
        // those that a comparison uses.
        const theirs = [reads[0]!, writes[1]!, writes[2]!, writes.at(-1)!, 500_000_000, 1_000_000_003];
        await undoing(options, async () => {
          for (const slot of theirs) await place(slot);
          await load({ [writes[0]!]: "ok" });
          writeSpool(options, { [writes[1]!]: "taken", [writes[2]!]: "unsent" });
        });
        assert.deepEqual(await orders(), theirs.map((slot) => BASE + slot).sort((x, y) => x - y));
        await query(`DELETE FROM ONLY northwind.order_details WHERE order_id >= ${BASE}`);
        await query(`DELETE FROM ONLY northwind.orders WHERE order_id >= ${BASE}`);
        await asFound();
      },
    );

    await step("a statement of the run that still runs is ended before that", async () => {
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
        `WITH late AS (SELECT pg_sleep(60)) SELECT northwind.place_order(${BASE + writes[5]!}, customer_id, 1,
           '2026-01-15', 1, 9.5, '{1,2}', '{3,4}') FROM northwind.customers, late LIMIT 1`,
      );
      const ended = assert.rejects(given, { code: "57014" });
      const sleeping = `SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'
        AND application_name = '${sessionName(options.runId, "load")}'`;
      await eventually(async () => (await query(sleeping)).length === 1);
      await undoing(options, () => Promise.resolve());
      await ended;
      await slow;
      await late.end().catch(() => {});
      await other.end();
      await asFound();
    });

    await step("rows in the way are refused before anything is written", async () => {
      await place(writes[0]!);
      await assert.rejects(
        undoing(options, () => assert.fail("it went on")).finally(() => assert.deepEqual(debts(), [])),
        (error: BenchbookError) =>
          error.exitCode === 2 &&
          /rows of somebody else in northwind\.order_details.*northwind\.orders/.test(error.message) &&
          /DELETE FROM ONLY northwind\.orders WHERE order_id >= 1000000000;/.test(error.next!),
      );
      await query(`DELETE FROM ONLY northwind.order_details WHERE order_id >= ${BASE}`);
      await query(`DELETE FROM ONLY northwind.orders WHERE order_id >= ${BASE}`);
    });

    await step("a trigger that would do more than write is refused", async () => {
      await query(
        "CREATE FUNCTION public.note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
      );
      await query("CREATE TRIGGER audit AFTER INSERT ON northwind.orders EXECUTE FUNCTION public.note()");
      await assert.rejects(
        undoing(options, () => assert.fail("it went on")),
        (error: BenchbookError) =>
          error.exitCode === 2 && /the trigger audit on northwind\.orders/.test(error.message) &&
          /^Take it away/.test(error.next!),
      );
      const [theirs] = options.databases;
      await assert.rejects(
        undoing({ ...options, databases: [{ ...theirs!, embedded: true }] }, () => assert.fail("it went on")),
        (error: BenchbookError) =>
          /^`deno task seed --scale tiny --replace` makes the data set anew/.test(error.next!),
      );
      await query("DROP TRIGGER audit ON northwind.orders; DROP FUNCTION public.note()");
      await asFound();
    });

    for (
      const [what, make, take, said] of [
        [
          "a foreign key that takes rows along",
          "CREATE TABLE public.crm (order_id integer REFERENCES northwind.orders ON DELETE CASCADE)",
          "DROP TABLE public.crm",
          /the foreign key crm_order_id_fkey of public\.crm/,
        ],
        [
          "a column with a default of the user's",
          "CREATE SEQUENCE public.no; ALTER TABLE northwind.orders ADD invoice bigint DEFAULT nextval('public.no')",
          "ALTER TABLE northwind.orders DROP invoice; DROP SEQUENCE public.no",
          /the default value for northwind\.orders\.invoice|the table column northwind\.orders\.invoice/,
        ],
      ] as const
    ) {
      await step(`${what} is refused before anything is written`, async () => {
        await query(make);
        await assert.rejects(
          undoing(options, () => assert.fail("it went on")),
          (error: BenchbookError) => error.exitCode === 2 && said.test(error.message),
        );
        await query(take);
      });
    }

    await step("a column of the user's that stays NULL is in nobody's way", async () => {
      await query("ALTER TABLE northwind.orders ADD remark text");
      const { left } = await undoing(options, () => load({ [writes[0]!]: "ok" }));
      assert.deepEqual(left, []);
      await query("ALTER TABLE northwind.orders DROP remark");
    });

    await step(
      "a foreign key that takes rows along and comes in mid-run keeps the rows, which are named",
      async () => {
        const { left } = await undoing(options, async () => {
          await load({ [writes[0]!]: "ok" });
          await query(
            "CREATE TABLE public.crm (order_id integer REFERENCES northwind.orders ON DELETE CASCADE)",
          );
          await query(`INSERT INTO public.crm VALUES (${BASE + writes[0]!})`);
        });
        assert.match(left.join("\n"), /1 row of the run \S+ is left in northwind\.orders/);
        assert.match(
          left.join("\n"),
          /the foreign key crm_order_id_fkey of public\.crm would act on what is removed/,
        );
        assert.equal((await query("SELECT FROM public.crm")).length, 1);
      },
    );
  });
});

Deno.test("what cannot be taken back is named by key, and taken back once it can be", async (t) => {
  const { takeBackLeftWrites } = await import("./left_writes.ts");
  await withWritten(async ({ url, home, query, place, orders, postgres, ...written }) => {
    await query("CREATE ROLE plain LOGIN PASSWORD 'plain'");
    await query(
      "GRANT USAGE ON SCHEMA northwind, benchbook TO plain; GRANT SELECT ON ALL TABLES IN SCHEMA northwind, benchbook " +
        "TO plain",
    );
    const theirs = new URL(url);
    theirs.username = theirs.password = "plain";
    const options = await written.writing({ databases: [writtenAt(theirs.href)] });
    const { writes } = slotsOf(mayWrite(slotWrites(options.load)));
    const keys = writes.slice(0, 3).map((slot) => BASE + slot);
    const write = async () => {
      for (const slot of writes.slice(0, 3)) await place(slot);
      writeSpool(options, Object.fromEntries(writes.slice(0, 3).map((slot) => [slot, "ok" as const])));
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
        const { told, left } = await takeBackLeftWrites(home, {
          url: theirs.href,
          embedded: false,
          held: false,
        });
        assert.deepEqual(told, []);
        assert.match(left.join("\n"), /3 rows of the run \S+ are left in northwind\.orders/);
      }
    });

    await t.step("on another server it is named with where it is", async () => {
      await killed({ place: { ...record.place, system: "1", host: "db.example", port: 6432 } });
      const { left } = await takeBackLeftWrites(home, { url, embedded: false, held: false });
      assert.match(left.join("\n"), /may have left rows in the database "test" at db\.example:6432/);
    });

    await t.step("from another database of the server it is taken back", async () => {
      await killed();
      const elsewhere = await postgres.database("elsewhere");
      const { told, left } = await takeBackLeftWrites(home, { url: elsewhere, embedded: false, held: false });
      assert.deepEqual(left, []);
      assert.match(
        told[0]!,
        /^Took back what the run \S+ \(access-paths\) had left in the database "test" at .*: 12 rows\.$/,
      );
      assert.deepEqual(await orders(), []);
      assert.ok(!existsSync(recordFile(home, options.runId)));
    });

    await t.step(
      "keys that the run found taken stay, also when its spool was loaded and removed since",
      async () => {
        await killed({ whole: false });
        const { dir } = options.spool!;
        await Deno.remove(dir, { recursive: true });
        writeSpool(options, { [writes[0]!]: "ok", [writes[1]!]: "taken" });
        for (const slot of writes.slice(0, 2)) await place(slot);
        await keepEvidence(home, options.runId, dir);
        await Deno.remove(dir, { recursive: true });
        const { left } = await takeBackLeftWrites(home, { url, embedded: false, held: false });
        assert.deepEqual(left, []);
        assert.deepEqual(await orders(), [keys[1]]);
        await query(`DELETE FROM ONLY northwind.order_details WHERE order_id >= ${BASE}`);
        await query(`DELETE FROM ONLY northwind.orders WHERE order_id >= ${BASE}`);
      },
    );

    await t.step("while another task has the database nothing is taken back", async () => {
      await killed();
      const lock = await lockDatabase(url, "bench");
      const { told, left } = await takeBackLeftWrites(home, { url, embedded: false, held: false });
      await lock.release();
      assert.deepEqual(told, []);
      assert.match(
        left.join("\n"),
        /may have left rows in the database "test".* Not now: .*is using the database/,
      );
    });

    await t.step("a database that was renamed is followed", async () => {
      await killed();
      const before = await postgres.database("elsewhere");
      const own = new Client({ connectionString: before });
      await own.connect();
      await query("SELECT 1");
      const { oid } =
        (await own.query("SELECT oid::integer AS oid FROM pg_database WHERE datname = 'elsewhere'")).rows[0];
      await own.end();
      await killed({ place: { ...record.place, database: "its_old_name", oid } });
      const { told } = await takeBackLeftWrites(home, { url, embedded: false, held: false });
      assert.match(told[0]!, /had left in the database "elsewhere"/);
    });

    await t.step("one that is gone is let be, and one of its name made since is, with a word", async () => {
      await killed({ place: { ...record.place, database: "gone", oid: 999_999 } });
      assert.deepEqual(await takeBackLeftWrites(home, { url, embedded: false, held: false }), {
        told: [],
        left: [],
      });
      await killed({ place: { ...record.place, oid: 999_999 } });
      await place(writes[0]!);
      const { told, left } = await takeBackLeftWrites(home, { url, embedded: false, held: false });
      assert.deepEqual(left, []);
      assert.match(
        told[0]!,
        /^The database "test" was made anew since .* It has rows under 2 keys that are kept for runs/,
      );
      assert.ok(!existsSync(recordFile(home, options.runId)));
      await query(`DELETE FROM ONLY northwind.order_details WHERE order_id >= ${BASE}`);
      await query(`DELETE FROM ONLY northwind.orders WHERE order_id >= ${BASE}`);
    });

    await t.step("where rows are in the way a run of this home that left some is named", async () => {
      await killed();
      await place(writes[0]!);
      await assert.rejects(
        undoing({ ...options, runId: newRunId() }, () => assert.fail("it went on")),
        (error: BenchbookError) =>
          error.next!.includes(`What the run ${options.runId} of this home left may be among them`) &&
          !error.next!.includes("another BENCHBOOK_HOME"),
      );
      await takeBackLeftWrites(home, { url, embedded: false, held: false });
    });

    await t.step("a copy of the server at another address is not touched", async () => {
      await killed({ place: { ...record.place, host: "staging.example" } });
      await place(writes[0]!);
      const { told, left } = await takeBackLeftWrites(home, { url, embedded: false, held: false });
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

    await t.step("a damaged record is named at each start, and ends none", async () => {
      for (
        const [at, torn] of [
          '{"schema":1,"runI',
          JSON.stringify({ ...record, owner: null }),
          JSON.stringify({ ...record, runId: "20260101-000002-abcd", spool: "../../.." }),
          "[]",
        ].entries()
      ) {
        const id = `20260101-00000${at}-abcd`;
        await Deno.writeTextFile(recordFile(home, id), torn);
        for (let start = 0; start < 2; start++) {
          const { left } = await takeBackLeftWrites(home, { url, embedded: false, held: false });
          assert.match(
            left[at]!,
            new RegExp(`^Cannot read what the run ${id} may have written: .* delete .*damaged\\.$`),
          );
        }
      }
    });

    await t.step("a server that does not answer leaves the question open", async () => {
      const { left } = await undoing(await written.writing(), async () => {
        await place(writes[0]!);
        await stopProcess(postgres.process, "SIGINT");
      });
      assert.match(
        left[0]!,
        new RegExp(
          '^It is not known whether writes of the run \\S+ in the database "test" \\(northwind\\.\\w+: order_id, ' +
            `northwind\\.\\w+: order_id from ${BASE} on\\) are left: Cannot connect `,
        ),
      );
    });
  });
});
