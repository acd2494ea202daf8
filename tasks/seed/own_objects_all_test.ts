import assert from "node:assert/strict";
import { NO_DEBIAN_POSTGRES, withDebianPostgres } from "../stack/testing_debian_postgres.ts";
import { assertAsFound } from "../testing/facts.ts";
import { lookAtPostgres } from "../testing/look_at_postgres.ts";
import { withClient } from "./connect.ts";
import { planRemoval, removeFromDatabase } from "./database_removal.ts";
import { seed } from "./seed.ts";
import { makeDependents, namesOfDependents, ordinaryRole } from "./testing_dependents.ts";
import { tellOwnFromOthers } from "./testing_own_objects.ts";

const ignore = NO_DEBIAN_POSTGRES;

Deno.test("Benchbook's own objects and others' on Debian's PostgreSQL", { ignore }, async (t) => {
  await withDebianPostgres(({ url }) => tellOwnFromOthers(t, url));
});

Deno.test("data sets come, are replaced and go on Debian's PostgreSQL as they do on the embedded one", {
  ignore,
}, async () => {
  await withDebianPostgres(async ({ url: admin }) => {
    const url = await ordinaryRole(admin, "seeder");
    const remove = () =>
      withClient(url, async (client) => removeFromDatabase(client, (await planRemoval(client))!));
    const before = await lookAtPostgres(admin);
    for (const dataset of ["northwind", "events"]) {
      await seed({ url, dataset, scale: "tiny", seed: 42 });
      await seed({ url, dataset, scale: "tiny", seed: 43, replace: true });
    }
    await remove();
    assertAsFound(before, await lookAtPostgres(admin));

    for (const dataset of ["northwind", "events"]) await seed({ url, dataset, scale: "tiny", seed: 42 });
    await makeDependents(admin, "seeder");
    const built = await lookAtPostgres(admin);
    await assert.rejects(remove(), (error: Error) => {
      assert.deepEqual(namesOfDependents("seeder").filter((name) => !error.message.includes(name)), []);
      return true;
    });
    assertAsFound(built, await lookAtPostgres(admin));
  });
});
