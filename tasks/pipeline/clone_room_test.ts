import assert from "node:assert/strict";
import { inspectCloneable } from "../clone/cloneable.ts";
import { ServiceError } from "../model/errors.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { freeForClone, refuseWithoutRoomForClone } from "./clone_room.ts";

Deno.test("a clone that does not fit on the server's disk is refused; elsewhere nobody knows", () =>
  withDatabase(async (url, { home }) => {
    const database = await inspectCloneable(url, "20260301-101010-aaaa", false);
    const free = freeForClone({ home, url, embedded: false, database });
    assert.ok(free !== null && free > 0, "the test's server runs on this machine");
    // It goes through the write-ahead log, which keeps it up to max_wal_size.
    assert.ok(database.logBytes > 0);
    refuseWithoutRoomForClone({ ...database, bytes: 20, logBytes: 10 }, 30);
    assert.throws(
      () => refuseWithoutRoomForClone({ ...database, bytes: 20, logBytes: 10 }, 29),
      /the clone takes 20 B, and the write-ahead log of the copy up to 10 B: 29 B are free/,
    );
    refuseWithoutRoomForClone({ ...database, bytes: 20, logBytes: 0 }, 20);
    refuseWithoutRoomForClone(database, null);
    assert.ok(freeForClone({ home, url, embedded: true, database })! > 0);
    // Where a file system has no room at all.
    const full = freeForClone({ home, url, embedded: false, database: { ...database, folder: "/proc" } });
    if (Deno.build.os === "linux") assert.equal(full, 0);
    assert.throws(() => refuseWithoutRoomForClone(database, 0), (error) => {
      assert.ok(error instanceof ServiceError, String(error));
      assert.match(
        error.message,
        /^Cannot clone the database "\w+": the clone takes [\d.]+ MiB, and the write-ahead log of the copy up to [\d.]+ MiB: 0 B are free/,
      );
      return true;
    });
    for (
      const [other, folder] of [[url, "/no/such/folder"], [url, null], [
        "postgres://db.example.org/shop",
        database.folder,
      ]]
    ) {
      const where = { home, url: other!, embedded: false, database: { ...database, folder: folder! } };
      assert.equal(freeForClone(where), null, other!);
    }
  }));
