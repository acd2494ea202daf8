import assert from "node:assert/strict";
import { Client } from "pg";
import { openClient } from "../seed/connect.ts";
import { withPostgres } from "../stack/testing.ts";
import { placeOf, sameServer } from "./place.ts";

Deno.test("a role that may not ask for the server's identifier is told which database it is in all the same", async () => {
  await withPostgres(async (url) => {
    const admin = new Client({ connectionString: url });
    await admin.connect();
    const as = new URL(url);
    [as.username, as.password] = ["clerk", "x"];
    try {
      await admin.query(`
        REVOKE EXECUTE ON FUNCTION pg_catalog.pg_control_system() FROM PUBLIC;
        CREATE ROLE clerk LOGIN PASSWORD 'x'`);
      const told = await placeOf(admin, url, false);
      assert.match(told.system!, /^\d+$/);
      const client = await openClient(as.href, "benchbook undo");
      try {
        const untold = await placeOf(client, as.href, false);
        assert.deepEqual(untold, { ...told, system: null });
        assert.equal(sameServer(untold, untold), true);
        assert.equal(
          sameServer(untold, told),
          false,
          "a record that names no server is of none that tells its own",
        );
        assert.equal(sameServer(told, untold), false);
      } finally {
        await client.end();
      }
    } finally {
      await admin.end();
    }
  });
});
