import assert from "node:assert/strict";
import { Client } from "pg";
import { eventually } from "../net/testing.ts";
import { sessionName } from "../model/session_name.ts";
import { openClient } from "../seed/connect.ts";
import { cancelAll } from "../seed/loaders.ts";
import { withPostgres } from "../stack/testing.ts";
import { endStatements } from "./sessions.ts";

const RUN = "20261129-121515-ab12";

Deno.test("sessions of a login whose role is another by default are its own to end, and nobody else's", async (t) => {
  await withPostgres(async (url) => {
    const admin = new Client({ connectionString: url });
    await admin.connect();
    await admin.query(`
      CREATE ROLE owners;
      CREATE ROLE engineer LOGIN PASSWORD 'x' IN ROLE owners;
      ALTER ROLE engineer SET role = owners;
      CREATE ROLE colleague LOGIN PASSWORD 'x' IN ROLE owners`);
    const as = (role: string) => {
      const changed = new URL(url);
      [changed.username, changed.password] = [role, "x"];
      return changed.href;
    };
    const napping = async (role: string, name: string) => {
      const client = new Client({ connectionString: as(role), application_name: name });
      client.on("error", () => {});
      await client.connect();
      const { rows: [{ pid }] } = await client.query("SELECT pg_backend_pid() AS pid");
      let ended = false;
      const nap = client.query("SELECT pg_sleep(300)").catch(({ code }) => code).finally(() => ended = true);
      // Before it has begun there is nothing to end.
      const active = "SELECT FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep'";
      await eventually(async () => (await admin.query(active, [pid])).rowCount === 1);
      return {
        client,
        pid: pid as number,
        nap,
        get ended() {
          return ended;
        },
      };
    };
    const client = await openClient(as("engineer"), "benchbook undo");
    try {
      await t.step("what a run left under way", async () => {
        const ours = await napping("engineer", sessionName(RUN, "load"));
        const theirs = await napping("colleague", sessionName(RUN, "load"));
        assert.equal(await endStatements(client, RUN), 0);
        assert.equal(await ours.nap, "57014");
        assert.equal(theirs.ended, false);
        const { rows: [{ role }] } = await client.query("SELECT current_user AS role");
        assert.equal(role, "owners", "the session goes on as its user wants it");
        await ours.client.end();
        await admin.query("SELECT pg_terminate_backend($1)", [theirs.pid]);
        await theirs.nap;
      });

      await t.step("what loaders that load are at", async () => {
        const ours = await napping("engineer", "benchbook-seed");
        const theirs = await napping("colleague", "benchbook-seed");
        await cancelAll(as("engineer"), [ours.pid, theirs.pid]);
        assert.equal(await ours.nap, "57014");
        assert.equal(theirs.ended, false);
        await ours.client.end();
        await admin.query("SELECT pg_terminate_backend($1)", [theirs.pid]);
        await theirs.nap;
      });
    } finally {
      await client.end();
      await admin.end();
    }
  });
});
