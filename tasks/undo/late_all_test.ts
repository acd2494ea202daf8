import assert from "node:assert/strict";
import { Client } from "pg";
import { eventually } from "../net/testing.ts";
import { openClient } from "../seed/connect.ts";
import { proofSlot } from "../load/proof_slots.ts";
import { takeBackLeftWrites } from "./left_writes.ts";
import { mayWrite, slotWrites } from "./may_write.ts";
import { orderOf, recordFile, slotsOf, withWritten, writeSpool, type Written, writtenAt } from "./testing.ts";
import { undoing } from "./undoing.ts";

/** The arm of `Written` whose service is the user's. */
const THEIRS = 1;
/** The same arms, with a service of the run's own. */
const OURS = [{ path: "sql", ours: true }, { path: "graphql", ours: true }];

/** The user's GraphQL server, as PostgreSQL sees it: a session that goes on with what nobody waits for any more. */
async function serverOf({ url, dataset }: Pick<Written, "url" | "dataset">): Promise<{
  /** Has an order placed, by a transaction that the caller ends, or after some seconds by itself. */
  place(slot: number, afterSeconds?: number): Promise<unknown>;
  /** Resolves once that has begun, be it over by then. */
  begun(late: Promise<unknown>): Promise<void>;
  end(how: "COMMIT" | "ROLLBACK"): Promise<unknown>;
  close(): Promise<void>;
}> {
  const client = new Client({ connectionString: url, application_name: "their-graphql" });
  await client.connect();
  return {
    async place(slot, afterSeconds) {
      if (afterSeconds === undefined) await client.query("BEGIN");
      // The function writes after the sleep: until then the transaction holds no lock on what it will write into.
      return await client.query(
        `WITH slept AS MATERIALIZED (SELECT length(pg_sleep($9)::text) AS no)
         SELECT northwind.place_order($1::integer + no, $2, $3, $4, $5, $6, $7, $8) FROM slept`,
        [...await orderOf(slot, dataset), afterSeconds ?? 0],
      );
    },
    async begun(late) {
      let over = false;
      late.finally(() => over = true);
      const asleep =
        "SELECT FROM pg_stat_activity WHERE application_name = 'their-graphql' AND wait_event = 'PgSleep'";
      await using looking = await openClient(url, "their-look");
      await eventually(async () => over || (await looking.query(asleep)).rowCount === 1);
    },
    end: (how) => client.query(how),
    close: () => client.end(),
  };
}

const killed = async (home: string, runId: string) => {
  const record = JSON.parse(await Deno.readTextFile(recordFile(home, runId)));
  record.owner = { pid: 1, startedAt: "long ago" };
  await Deno.writeTextFile(recordFile(home, runId), JSON.stringify(record));
};

Deno.test("a write over the user's own GraphQL server that commits after it was given up", async (t) => {
  await withWritten(async (all) => {
    const { url, home, orders, ...written } = all;
    const server = await serverOf(all);
    const busy = await serverOf(all);
    const asked = async (changes: Parameters<Written["writing"]>[0] = {}, timeout = 3) => {
      const options = await written.writing(changes);
      return { ...options, scenario: { ...options.scenario, timeout } };
    };
    const { writes: [one, two] } = slotsOf(mayWrite(slotWrites((await written.writing()).load)));
    // Their own long transaction, begun before the run, is none of its requests.
    await busy.place(5_000_000);
    try {
      await t.step("is waited for and taken back", async () => {
        const options = await asked();
        let late: Promise<unknown> | undefined;
        const { left } = await undoing(options, async () => {
          late = server.place(one!, 0.8);
          writeSpool(options, { [one!]: "timeout" }, THEIRS);
          await server.begun(late);
        });
        await late;
        assert.deepEqual(left, []);
        assert.deepEqual(await orders(), []);
      });

      await t.step("is waited for where a service of the run's own has it in hand", async () => {
        const ended = async (ends: "timeout" | "ok") => {
          let placed = 0;
          const options = await asked({
            databases: [writtenAt(url, 0, OURS)],
            // Of what it has read it begins a write only now.
            settle: () => server.place(one!, 0.8).then(() => (placed++, [])),
          });
          const { left } = await undoing(options, () => {
            writeSpool(options, { [one!]: ends }, THEIRS);
            return Promise.resolve();
          });
          return { placed, left, orders: await orders() };
        };
        assert.deepEqual(await ended("timeout"), { placed: 1, left: [], orders: [] });
        // Of what was answered nothing is at work: nobody asks it then.
        assert.deepEqual(await ended("ok"), { placed: 0, left: [], orders: [] });
        const options = await asked({
          databases: [writtenAt(url, 0, OURS)],
          settle: () => Promise.resolve(["graphql"]),
        });
        const { left } = await undoing(options, () => {
          writeSpool(options, { [one!]: "timeout" }, THEIRS);
          return Promise.resolve();
        });
        assert.match(left[0]!, /^graphql still works on requests of the run \S+ that were given up/);
        await killed(home, options.runId);
        assert.deepEqual((await takeBackLeftWrites(home, { url, embedded: false, held: false })).left, []);
      });

      await t.step("is waited for after a failure too, of which no spool tells", async () => {
        const { databases, scenario } = await asked({});
        const { arms } = databases[0]!;
        const operation = scenario.operations.findIndex(({ write }) => write);
        const slot = proofSlot(operation, 0, arms.length);
        const options = await asked({ spool: null, proofSlots: [{ slot, operation }] });
        let late: Promise<unknown> | undefined;
        await assert.rejects(
          undoing(options, async () => {
            late = server.place(slot, 0.8);
            await server.begun(late);
            throw new Error("the connection was lost");
          }),
          /the connection was lost/,
        );
        await late;
        assert.deepEqual(await orders(), []);
      });

      await t.step(
        "is named by operation and key where it can be committed yet, and taken back later",
        async () => {
          const options = await asked({}, 0.7);
          const { left } = await undoing(options, async () => {
            await server.place(one!);
            writeSpool(options, { [one!]: "timeout", [two!]: { failed: "ECONNRESET" } }, THEIRS);
          });
          const [key, other] = [one!, two!].map((slot) => 1_000_000_000 + slot);
          assert.match(
            left[0]!,
            new RegExp(
              `^Writes of the run ${options.runId} that were given up may yet be committed in the database "test", ` +
                `2 of order-insert \\(order_id ${key}, ${other}\\): a session that is not Benchbook's, .*GRAPHQL_URL`,
            ),
          );
          assert.match(left.at(-1)!, /deno task clean --writes/);
          await killed(home, options.runId);
          const again = await takeBackLeftWrites(home, { url, embedded: false, held: false });
          assert.match(again.left.join("\n"), /may yet be committed/);
          await server.end("COMMIT");
          assert.deepEqual(await orders(), [key]);
          const { told, left: none } = await takeBackLeftWrites(home, { url, embedded: false, held: false });
          assert.deepEqual(none, []);
          assert.match(told[0]!, /Took back .*: 4 rows\.$/);
          assert.deepEqual(await orders(), []);
        },
      );

      await t.step("is not waited for by who presses Ctrl-C, but named", async () => {
        const pressed = new AbortController();
        const options = await asked({ signal: pressed.signal }, 60);
        const from = performance.now();
        const { left } = await undoing(options, async () => {
          await server.place(one!);
          writeSpool(options, { [one!]: "timeout" }, THEIRS);
          setTimeout(() => pressed.abort(), 500);
        });
        assert.ok(performance.now() - from < 30_000);
        assert.match(left[0]!, /may yet be committed/);
        await server.end("ROLLBACK");
        await killed(home, options.runId);
        assert.deepEqual((await takeBackLeftWrites(home, { url, embedded: false, held: false })).left, []);
      });

      await t.step("costs nothing where every write was answered", async () => {
        const options = await asked({}, 60);
        const from = performance.now();
        const { left } = await undoing(options, async () => {
          await server.place(one!);
          await server.end("COMMIT");
          writeSpool(options, { [one!]: "ok", [two!]: "taken" }, THEIRS);
        });
        assert.ok(performance.now() - from < 30_000);
        assert.deepEqual(left, []);
        assert.deepEqual(await orders(), []);
      });
    } finally {
      await busy.end("ROLLBACK");
      await busy.close();
      await server.close();
    }
  });
});
