import assert from "node:assert/strict";
import { Client } from "pg";
import { ExitCode } from "../model/errors.ts";
import { withUserPostgres } from "../stack/testing_user_postgres.ts";
import { latest, NEXT, ofRun, ownFile, SLOW, startedUntil } from "./testing_migration.ts";
import type { Workbench } from "./testing.ts";
import { notes, onTheirs, type Theirs } from "./testing_their_database.ts";

/** A change in place whose second statement is under way. */
const changing = ({ bench, env }: Theirs) =>
  startedUntil(bench, "migrate", [ownFile(bench, SLOW), "--in-place", "mine"], env);

const GOES_ON = /`deno task migrate \S+change\.sql --in-place mine --from 2 .*` goes on with it/;

/** The next start takes back what the load has left. @returns what it says */
async function nextStart(bench: Workbench, { env, url }: Pick<Theirs, "env" | "url">): Promise<string> {
  const { stdout, stderr } = await bench.call("bench", NEXT, env);
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT FROM northwind.orders WHERE order_id >= 1000000000");
    assert.equal(rowCount, 0, stdout);
    assert.deepEqual(await notes(client), ["first_note"]);
  } finally {
    await client.end();
  }
  return `${stdout}${stderr}`;
}

Deno.test("a user's server that crashes under a change in place ends the run with 3, and names what goes on with it", () =>
  withUserPostgres((server) =>
    onTheirs(server.url, async (theirs) => {
      const running = await changing(theirs);
      await server.kill();
      const { code, stdout, stderr } = await running.result;
      const said = `${stdout}${stderr}`;
      assert.equal(code, ExitCode.service, said);
      assert.doesNotMatch(said, /this is a defect/);
      assert.match(said, /Of the 3 statements of \S+change\.sql the first one is done\./);
      assert.match(said, /the connection was lost, and whether the statement was done is not known\./);
      assert.match(said, GOES_ON);
      // Nobody could look at them then.
      assert.match(said, /Check every write: \d+ acknowledged writes, [\d,]+ could not be looked at/);
      assert.match(said, /It is not known whether writes of the run \S+ in the database "mine" .* are left/);
      const { run: { runId }, migration: unseen } = await latest(theirs.bench);
      assert.equal(unseen!.ledger.complete, false);
      await server.start();
      const next = await nextStart(theirs.bench, theirs);
      assert.match(
        next,
        new RegExp(
          `Checked the writes of the run ${runId} in the database "mine" at \\S+: \\d+ acknowledged writes, ` +
            "none is missing or wrong\\.",
        ),
      );
      assert.match(next, new RegExp(`Took back what the run ${runId} .* had left`));
      const { ledger: { ok, complete, problems } } = (await ofRun(theirs.bench, runId)).migration!;
      assert.deepEqual([ok > 0, complete, problems], [true, true, []]);
    })
  ));

Deno.test("Ctrl-C under a change in place ends it in order, and names what goes on with it", () =>
  withUserPostgres((server) =>
    onTheirs(server.url, async (theirs) => {
      const running = await changing(theirs);
      running.kill("SIGINT");
      const { code, stdout, stderr } = await running.result;
      assert.equal(code, ExitCode.interrupted, stderr);
      // Where a machine is too busy for that within five seconds, the next start says it.
      assert.match(`${stdout}${stderr}${await nextStart(theirs.bench, theirs)}`, GOES_ON);
    })
  ));
