import assert from "node:assert/strict";
import { openStore } from "../../store/open.ts";
import { withTempDir } from "../../store/testing.ts";
import { migrationFixture, partTimes, SECONDS } from "./testing.ts";
import { unseenLocks } from "./unseen.ts";

const { migrateUs: fromUs, recoveryUs: untilUs } = partTimes(SECONDS);

Deno.test("a time in which nobody looked at the locks puts a migration in doubt where a stall could hide in it", async () => {
  await withTempDir(async (dir) => {
    const { db, runId } = await migrationFixture(dir, {
      samples: (samples) =>
        samples.filter(({ atUs, source }) =>
          source !== "locks" || atUs <= fromUs + 500_000 || atUs >= fromUs + 1_000_000
        ),
    });
    using store = await openStore(db, { mode: "read" });
    const unseen = async (startUs: number, endUs: number, limitMs = 250) =>
      (await unseenLocks(store, runId, { segment: "migrate", startUs, endUs }, limitMs)).map(({ text }) =>
        text
      );
    assert.deepEqual(await unseen(fromUs, untilUs), [
      "Nobody could look at the locks for 500 ms of the migration, which is more than the 250 ms that a stall may take: " +
      "what held up whom in that time is not known.",
    ]);
    assert.deepEqual(await unseen(fromUs, untilUs, 500), []);
    assert.deepEqual(await unseen(fromUs + 1_000_000, untilUs), []);
    // It counts as far as it lies in the migration.
    assert.deepEqual(await unseen(fromUs + 800_000, untilUs), []);
    assert.match((await unseen(fromUs + 700_000, untilUs))[0]!, /for 300 ms/);
    assert.match((await unseen(fromUs, fromUs + 900_000))[0]!, /for 400 ms/);
    assert.deepEqual(
      await unseenLocks(store, "another", { segment: "migrate", startUs: 0, endUs: 250_000 }, 250),
      [],
    );
    assert.equal(
      (await unseenLocks(store, "another", { segment: "migrate", startUs: 0, endUs: 250_001 }, 250)).length,
      1,
    );
    assert.deepEqual(await unseenLocks(store, runId, null, 250), []);
  });
});
