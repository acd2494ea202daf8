import assert from "node:assert/strict";
import { lockDatabase } from "../seed/database_lock.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { holdDatabases } from "./hold_database.ts";

Deno.test("a job has its arms' databases to itself too, however their URLs are spelled, and all are given free", () =>
  withDatabase(async (url, { database }) => {
    const other = await database("other");
    const spelled = new URL(url);
    spelled.searchParams.set("application_name", "spelled");
    const free = async (of: string) => await (await lockDatabase(of, "seed", { waitMs: 0 })).release();
    {
      await using held = await holdDatabases(url, [spelled.href, other, other], "bench a");
      for (const each of [url, other]) await assert.rejects(free(each), /"bench a" .* is using the database/);
      assert.equal(held.lost.aborted, false);
    }
    for (const each of [url, other]) await free(each);

    const lock = await lockDatabase(other, "seed");
    await assert.rejects(holdDatabases(url, [other], "bench b"), /Cannot run bench b now: "seed" /);
    await free(url);
    await lock.release();
  }));

Deno.test("a database is given free for work that no session may be in it for, and is the job's again", () =>
  withDatabase(async (url) => {
    await using held = await holdDatabases(url, [], "bench a");
    const lock = () => lockDatabase(url, "seed", { waitMs: 0 });
    const value = await held.released(async () => {
      await (await lock()).release();
      return "done";
    });
    assert.equal(value, "done");
    await assert.rejects(lock(), /"bench a" .* is using the database/);
    assert.equal(held.lost.aborted, false);
    // Another task may be quicker.
    let other: Awaited<ReturnType<typeof lockDatabase>>;
    await assert.rejects(
      held.released(async () => {
        other = await lock();
      }),
      /Cannot run bench a now: "seed" /,
    );
    await other!.release();
  }));
