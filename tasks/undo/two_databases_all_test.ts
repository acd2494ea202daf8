import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Client } from "pg";
import { loadScenario } from "../load/scenario.ts";
import { type BenchbookError, UsageError } from "../model/errors.ts";
import { seed } from "../seed/seed.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { keptRecords } from "./journal.ts";
import { takeBackLeftWrites } from "./left_writes.ts";
import { mayWrite, slotWrites } from "./may_write.ts";
import type { WriteRecord } from "./record.ts";
import {
  orderOf,
  PLACE_ORDER,
  recordFile,
  ROOT,
  slotsOf,
  writeSpool,
  writingOf,
  writtenAt,
} from "./testing.ts";
import { undoing } from "./undoing.ts";

const [OWN, OTHER] = [0, 1] as const;
const BASE = 1_000_000_000;
const read = (file: string) => readFileSync(file, "utf8");
/** The first arm asks the run's own database, the second one its other. */
const ARMS = [
  [{ path: "sql", ours: true }, { path: "sql", ours: true, elsewhere: true }],
  [{ path: "sql", ours: true, elsewhere: true }, { path: "sql", ours: true }],
] as const;

Deno.test("what a run wrote into its own database and into that of an arm is taken back in each", (t) =>
  withDatabase(async (own, { home, database }) => {
    const urls = [own, await database("other")] as const;
    const dataset = await seed({ url: own, dataset: "northwind", scale: "tiny", seed: 42 });
    await seed({ url: urls[OTHER], dataset: "northwind", scale: "tiny", seed: 42 });
    const clients = urls.map((url) => new Client({ connectionString: url }));
    for (const client of clients) await client.connect();
    const scenario = await loadScenario(ROOT, "access-paths");
    const writing = () => ({
      ...writingOf(scenario, { url: own, home, dataset }),
      databases: urls.map((url, part) => writtenAt(url, part, ARMS[part])),
    });
    const { writes } = slotsOf(mayWrite(slotWrites(writing().load)));
    const [one, two, three] = writes as [number, number, number];
    const place = async (at: number, slot: number) => {
      await clients[at]!.query(PLACE_ORDER, [...await orderOf(slot, dataset)]);
    };
    const ordersIn = async (at: number) =>
      (await clients[at]!.query(
        `SELECT order_id - ${BASE} AS slot FROM ONLY northwind.orders WHERE order_id >= ${BASE} ORDER BY 1`,
      )).rows.map(({ slot }) => Number(slot));
    const orders = async () => [await ordersIn(OWN), await ordersIn(OTHER)];
    const clear = async () => {
      for (const client of clients) {
        for (const table of ["order_details", "orders"]) {
          await client.query(`DELETE FROM ONLY northwind.${table} WHERE order_id >= ${BASE}`);
        }
      }
    };
    /** Places an order in each, and lets the spool tell of them. */
    const write = async (options: ReturnType<typeof writing>) => {
      await place(OWN, one);
      await place(OTHER, two);
      writeSpool(options, { [one]: "ok" }, OWN);
      writeSpool(options, { [two]: "ok" }, OTHER);
    };
    /** Rewrites a record as one whose run is dead. */
    const orphan = (
      file: string,
      text: string,
      change: (record: WriteRecord) => WriteRecord = (as) => as,
    ) => {
      const record = { ...JSON.parse(text), owner: { pid: 1, startedAt: "long ago" } };
      writeFileSync(file, JSON.stringify(change(record)), { mode: 0o600 });
    };
    /** A run that was killed after it had written. @param change of the record of the other database */
    const killed = async (change?: (record: WriteRecord) => WriteRecord) => {
      const options = writing();
      const files = [OWN, OTHER].map((part) => recordFile(home, options.runId, part));
      const kept: string[] = [];
      await undoing(options, () => Promise.resolve(kept.push(...files.map(read))));
      orphan(files[OWN]!, kept[OWN]!);
      orphan(files[OTHER]!, kept[OTHER]!, change);
      await write(options);
      return options.runId;
    };
    const next = (others: readonly string[] = []) =>
      takeBackLeftWrites(home, { url: own, embedded: false, held: false, others });
    try {
      await t.step("each has a record before the first write, without a password", async () => {
        const options = writing();
        const { left, touched } = await undoing(options, async () => {
          for (const part of [OWN, OTHER]) {
            const text = read(recordFile(home, options.runId, part));
            const password = new URL(urls[part]!).password;
            assert.ok(!text.includes(password) && !text.includes("postgres:"), text);
          }
          await write(options);
        });
        assert.deepEqual([left, touched], [[], [0, 0]]);
        assert.deepEqual(await orders(), [[], []]);
        assert.deepEqual((await keptRecords(home)).records, []);
      });

      await t.step("what another arm wrote is no evidence for a row that has its key there", async () => {
        const options = writing();
        const { left } = await undoing(options, async () => {
          await place(OWN, one);
          // The same row as the request would have written, by somebody else.
          await place(OTHER, one);
          writeSpool(options, { [one]: "ok" }, OWN);
        });
        assert.deepEqual(left, []);
        assert.deepEqual(await orders(), [[], [one]]);
        await clear();
      });

      await t.step("rows in the way in one are refused before anything is kept or written", async () => {
        await place(OTHER, three);
        await assert.rejects(undoing(writing(), () => assert.fail("it went on")), (error: BenchbookError) => {
          const { host, pathname } = new URL(urls[OTHER]);
          assert.equal(error.exitCode, 2);
          assert.match(error.message, new RegExp(`rows of somebody else in .*order_id ${BASE + three}`));
          assert.ok(
            error.message.endsWith(`, in the database "${pathname.slice(1)}" at ${host}`),
            error.message,
          );
          return true;
        });
        assert.deepEqual((await keptRecords(home)).records, []);
        assert.deepEqual(await orders(), [[], [three]]);
        await clear();
      });

      await t.step("a record that cannot be kept keeps none, and nothing is written", async () => {
        const options = writing();
        // In the place where it is written before it gets its name.
        const inTheWay = `${recordFile(home, options.runId, OTHER)}.part`;
        mkdirSync(inTheWay, { recursive: true });
        await assert.rejects(
          undoing(options, () => assert.fail("it went on")),
          /Cannot keep a record of what the run writes/,
        );
        assert.ok(!existsSync(recordFile(home, options.runId, OWN)));
        rmSync(inTheWay, { recursive: true });
      });

      for (const stuck of [OWN, OTHER]) {
        await t.step(`what stays in ${stuck === OWN ? "its own" : "the other"} stops nothing`, async () => {
          const options = writing();
          const { left } = await undoing(options, async () => {
            await write(options);
            await clients[stuck]!.query(
              "CREATE RULE stay AS ON DELETE TO northwind.orders DO INSTEAD NOTHING",
            );
          });
          const said = left.join("\n");
          assert.match(said, /1 row of the run \S+ is left in northwind\.orders/);
          assert.equal(/^In the database "\S*other" at \S+: /m.test(said), stuck === OTHER);
          assert.ok(said.includes(recordFile(home, options.runId, stuck)), said);
          assert.deepEqual(await orders(), stuck === OWN ? [[one], []] : [[], [two]]);
          assert.deepEqual((await keptRecords(home)).records.map(({ part = 0 }) => part), [stuck]);
          // It knows its keys though the other record is gone, and the spool with it.
          rmSync(options.spool!.dir, { recursive: true });
          await clients[stuck]!.query("DROP RULE stay ON northwind.orders");
          const file = recordFile(home, options.runId, stuck);
          orphan(file, read(file));
          const { told, left: none } = await next();
          assert.deepEqual(none, []);
          assert.match(told.join("\n"), /^Took back what the run \S+ \(access-paths\) had left in/);
          assert.deepEqual(await orders(), [[], []]);
          assert.ok(!existsSync(dirname(file) + "/spools"), "what was kept of the spool goes with the last");
        });
      }

      await t.step("after a kill the next start takes back both", async () => {
        const runId = await killed();
        const { told, left } = await next([urls[OTHER]]);
        assert.deepEqual(left, []);
        assert.deepEqual(told.map((line) => line.includes(`what the run ${runId} `)), [true, true]);
        assert.deepEqual(await orders(), [[], []]);
      });

      await t.step("one that is out of reach then is named, and the other taken back", async () => {
        const runId = await killed((record) => ({
          ...record,
          place: { ...record.place, host: "away.example", port: 6432 },
        }));
        const away = new URL(urls[OTHER]);
        away.port = "1";
        const { told, left } = await next([away.href]);
        assert.equal(told.length, 1);
        assert.match(
          left.join("\n"),
          new RegExp(
            `The run ${runId} .* may have left rows in the database "\\S+" at away\\.example:6432\\. .*` +
              "with a DATABASE_URL that leads there",
          ),
        );
        assert.deepEqual(await orders(), [[], [two]]);
        assert.deepEqual((await keptRecords(home)).records.map(({ part = 0 }) => part), [OTHER]);
        rmSync(recordFile(home, runId, OTHER));
        await clear();
      });

      await t.step("a record that bears another's number is damaged", async () => {
        const runId = await killed();
        rmSync(recordFile(home, runId, OTHER));
        const text = read(recordFile(home, runId, OWN));
        for (const part of [2, -1, "1/../../x"]) {
          orphan(recordFile(home, runId, 3), text, (record) => ({ ...record, part: part as number }));
          const { records, damaged } = await keptRecords(home);
          assert.equal(records.length, 1);
          assert.match(
            damaged[0]!,
            new RegExp(`what the run ${runId} may have written: its record is damaged`),
          );
          rmSync(`${recordFile(home, runId, 3)}.damaged`);
        }
      });
    } finally {
      for (const client of clients) await client.end();
    }
  }));

Deno.test("an error of the database of an arm stays of its kind", async () => {
  const { inDatabase } = await import("./begin_writing.ts");
  const error = inDatabase(new UsageError("Cannot run smoke", "Stop."), "postgres://me:secret@h:5433/shop");
  assert.equal((error as BenchbookError).exitCode, 2);
  assert.equal((error as BenchbookError).message, 'Cannot run smoke, in the database "shop" at h:5433');
  assert.equal((error as BenchbookError).next, "Stop.");
});
