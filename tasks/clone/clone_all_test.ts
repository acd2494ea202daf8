import assert from "node:assert/strict";
import { Client } from "pg";
import { UsageError } from "../model/errors.ts";
import { lockDatabase } from "../seed/database_lock.ts";
import { urlOf } from "../undo/place.ts";
import { NO_DEBIAN_POSTGRES, withDebianPostgres } from "../stack/testing_debian_postgres.ts";
import { keepClone, keptClones } from "./clone_record.ts";
import { connectedText, connectedTo, inspectCloneable, refuseConnected } from "./cloneable.ts";
import { dropLeftClones } from "./left_clones.ts";
import { foundAs } from "./make_clone.ts";
import { connected, withOriginal } from "./testing.ts";

Deno.test("who comes into the database before it is cloned is named, and stays", () =>
  withOriginal(async ({ url, runId, clone }) => {
    await connected(url, async (other) => {
      await other.query("SET application_name = 'their shop'");
      const [{ pid }] = (await other.query("SELECT pg_backend_pid() AS pid")).rows;
      const named = (error: unknown) => {
        assert.ok(error instanceof UsageError, String(error));
        assert.match(error.message, new RegExp(`there is pid ${pid} \\(their shop, role \\w+\\)$`));
        assert.match(error.next!, /ends no session but its own/);
        return true;
      };
      await assert.rejects(clone(), named);
      await other.query("RESET application_name");
      const nameless = await connected(
        url,
        (client) => connectedTo(client, new URL(url).pathname.slice(1), runId),
      );
      assert.match(
        connectedText(nameless),
        new RegExp(`^pid ${pid} \\(role \\w+, from \\S+, since \\d{4}-\\S+\\)$`),
      );
      assert.equal((await other.query("SELECT 1 AS one")).rows[0].one, 1);
    });
  }));

Deno.test("what a killed run has left is dropped at the next start, also where it was killed before it knew the clone's oid", () =>
  withOriginal(async ({ url, home, clone }) => {
    const { record } = await clone();
    const killed = { ...record, oid: null, owner: { pid: 1, startedAt: "of nobody" } };
    keepClone(home, killed);
    // Its own sessions go with it; somebody else's keep it, and are named.
    await connected(urlOf(url, record.name), async (theirs) => {
      await theirs.query("SET application_name = 'curious'");
      const { told, left } = await dropLeftClones(home, { url, embedded: false, held: false });
      assert.deepEqual(told, []);
      assert.match(
        left.join(),
        /is left: connected to it: pid \d+ \(curious, role \w+\)\. The next deno task/,
      );
      await theirs.query("SELECT 1");
    });
    const ours = new Client({
      connectionString: urlOf(url, record.name),
      application_name: `benchbook ${record.runId} load`,
    });
    ours.on("error", () => {});
    await ours.connect();
    const { told, left } = await dropLeftClones(home, { url, embedded: false, held: false });
    assert.deepEqual(left, []);
    assert.match(told.join(), new RegExp(`^Dropped the clone "${record.name}" of the database`));
    assert.equal(await connected(url, (client) => foundAs(client, record.name)), null);
    await ours.end().catch(() => {});
    assert.deepEqual(keptClones(home), { records: [], damaged: [] });
  }));

Deno.test("a clone whose run goes on elsewhere, as the home is a copy, is left to it", () =>
  withOriginal(async ({ url, home, clone }) => {
    const { record } = await clone();
    keepClone(home, { ...record, owner: { pid: 1, startedAt: "on another machine" } });
    const lock = await lockDatabase(url, `bench smoke ${record.runId}`);
    try {
      const { told, left } = await dropLeftClones(home, { url, embedded: false, held: false });
      assert.deepEqual(told, []);
      assert.match(
        left.join(),
        /is left: Cannot run undo \S+ now: "bench smoke .* is using the database/,
      );
      assert.notEqual(await connected(url, (client) => foundAs(client, record.name)), null);
    } finally {
      await lock.release();
    }
    const { told } = await dropLeftClones(home, { url, embedded: false, held: false });
    assert.match(told.join(), /^Dropped the clone /);
  }));

Deno.test("a prepared transaction is in the way of a clone, and is named as what it is", {
  ignore: NO_DEBIAN_POSTGRES,
}, () =>
  withDebianPostgres(async ({ url: server }) => {
    await connected(server, (client) => client.query("CREATE DATABASE shop"));
    const url = urlOf(server, "shop");
    await connected(
      url,
      (client) => client.query("BEGIN; CREATE TABLE paid (); PREPARE TRANSACTION 'pay 1'"),
    );
    const runId = "20260301-101010-aaaa";
    await assert.rejects(
      inspectCloneable(url, runId, false).then((database) => refuseConnected(url, database, runId)),
      (error: UsageError) => {
        assert.match(error.message, /, and there is the prepared transaction "pay 1" \(role \w+\)$/);
        assert.match(error.next!, /ROLLBACK PREPARED ends a prepared transaction/);
        return true;
      },
    );
  }, { max_prepared_transactions: "5" }));
