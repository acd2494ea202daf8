import assert from "node:assert/strict";
import { UsageError } from "../model/errors.ts";
import { PRIMARY_CLUSTER } from "../stack/postgres_cluster.ts";
import { withPostgres } from "../stack/testing.ts";
import { NO_DEBIAN_POSTGRES, withDebianPostgres } from "../stack/testing_debian_postgres.ts";
import { withUserPostgres } from "../stack/testing_user_postgres.ts";
import { checkMove } from "./check_move.ts";
import { embeddedConnection } from "./embedded_connection.ts";
import type { MoveOptions } from "./move_options.ts";
import { moveServer } from "./move_server.ts";
import { RUN, startWriter, until, withPg } from "./testing_move.ts";

const SHOP = `
  CREATE SCHEMA shop;
  CREATE TABLE shop.item (id bigint PRIMARY KEY, note text NOT NULL);
  INSERT INTO shop.item SELECT i, 'note ' || i FROM generate_series(1, 5000) i;
  ANALYZE`;

const MOVE: Omit<MoveOptions, "home" | "source" | "target"> = {
  runId: RUN,
  variant: "safe",
  schemas: ["shop"],
  andBack: false,
  // A busy machine is no fault.
  pauseMs: 60_000,
  gate: { prepare: () => Promise.resolve(), close: () => Promise.resolve(), open: () => Promise.resolve() },
  nowUs: () => performance.now() * 1000,
  onRecord: () => {},
  onSample: () => {},
};

async function refused(options: MoveOptions, ...said: readonly RegExp[]): Promise<void> {
  await assert.rejects(checkMove(options), (error) => {
    assert.ok(error instanceof UsageError && (error.next ?? "") !== "", String(error));
    for (const each of said) assert.match(`${error.message} ${error.next}`, each);
    return true;
  });
}

Deno.test("a server whose settings do not let it send or receive is refused, with the settings that would", async () => {
  const settings = { wal_level: "replica", max_wal_senders: "2", max_logical_replication_workers: "1" };
  await withUserPostgres(({ url }) =>
    withPostgres(async (able, { home }) => {
      await withPg(url, (client) => client.query("CREATE SCHEMA shop"));
      const [end, other] = [url, able].map((each) => ({
        url: each,
        embedded: false,
        connection: "host=127.0.0.1",
      }));
      const options = { ...MOVE, home, source: other!, target: other! };
      await refused(
        { ...options, source: end! },
        /the source has wal_level = replica, and must have logical/,
        /ALTER SYSTEM SET wal_level = 'logical'; then restart it/,
        /the source has room for 2 more WAL senders, and 4 are needed/,
        /the source has room for 1 more logical replication workers, and 2 are needed/,
      );
      await refused({ ...options, target: end! }, /the target has wal_level = replica/);
      // What is only copied needs none of it.
      await checkMove({ ...options, source: end!, variant: "naive" });
    }), { settings });
});

Deno.test("an older server moves to a newer one, without a way back, and not the other way round", {
  ignore: NO_DEBIAN_POSTGRES,
}, async () => {
  await withDebianPostgres((old) =>
    withPostgres(async (_, target) => {
      const { connection, remove } = await embeddedConnection(target.home, RUN, PRIMARY_CLUSTER, old.url);
      await withPg(old.url, (client) => client.query(SHOP));
      const writer = startWriter({ source: old.url, target: target.url });
      try {
        const { rows: [{ version }] } = await withPg(
          old.url,
          (client) => client.query("SELECT split_part(current_setting('server_version'), ' ', 1) AS version"),
        );
        const options: MoveOptions = {
          ...MOVE,
          home: target.home,
          source: { url: old.url, embedded: false, connection },
          target: { url: target.url, embedded: true, connection: "host=127.0.0.1" },
          gate: writer.gate,
        };
        await refused(
          { ...options, source: options.target, target: options.source },
          new RegExp(`the target is PostgreSQL ${RegExp.escape(version)}, older than the source's 18`),
          /Name a target of PostgreSQL 18 or newer/,
        );
        const isOlder = Number.parseInt(version) < 16;
        if (isOlder) {
          await refused({ ...options, andBack: true }, /there is no way back: the source is PostgreSQL/);
        }
        const outcome = await moveServer(options);
        const before = writer.acknowledged.length;
        await until(() => writer.acknowledged.length > before);
        await writer.stop();
        assert.deepEqual([outcome.done, outcome.stopped, outcome.at, outcome.left], [
          true,
          null,
          "target",
          [],
        ]);
        if (isOlder) {
          assert.match(
            outcome.notes.join(),
            /There is no way back from the target: the source is PostgreSQL/,
          );
        }
        assert.deepEqual(writer.refused, []);
        const { rows } = await withPg(
          target.url,
          (client) =>
            client.query("SELECT array_agg(id::int ORDER BY id) AS ids FROM shop.item WHERE id >= 1000000"),
        );
        assert.deepEqual(rows[0].ids, writer.acknowledged);
        assert.deepEqual(await outcome.finish(), []);
      } finally {
        await writer.stop();
        remove();
      }
    }), { wal_level: "logical" });
});
