import assert from "node:assert/strict";
import { Client } from "pg";
import { eventually } from "../../net/testing.ts";
import { stopProcess } from "../process.ts";
import { withStack } from "../testing.ts";

const SESSION = "benchbook test graphql";

Deno.test("a statement of PostGraphile's whose request was given up ends by its limit, and with its server", async () => {
  await withStack(async (stack) => {
    const url = await stack.databaseUrl("limits");
    const admin = new Client({ connectionString: url });
    await admin.connect();
    try {
      await admin.query(
        "CREATE FUNCTION nap() RETURNS int STABLE LANGUAGE sql AS 'SELECT 1 FROM pg_sleep(60)'",
      );
      const graphql = await stack.graphql(url, ["public"], { poolSize: 1, session: SESSION, limitMs: 1500 });
      assert.ok(graphql.available);
      const napping = async () => {
        const { rowCount } = await admin.query(
          "SELECT FROM pg_stat_activity WHERE application_name = $1 AND state = 'active'",
          [SESSION],
        );
        return rowCount === 1;
      };
      const asking = new AbortController();
      const asked = fetch(graphql.url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query: "{ nap }" }),
        signal: asking.signal,
      });
      await eventually(napping);
      asking.abort();
      await assert.rejects(asked);
      await eventually(async () => !await napping());

      // One whose limit is far away does not outlive the server either.
      const other = await stack.graphql(url, ["public"], { poolSize: 1, session: SESSION, limitMs: 60_000 });
      assert.ok(other.available);
      const cut = assert.rejects(
        fetch(other.url, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ query: "{ nap }" }),
        }).then((response) => response.text()),
      );
      await eventually(napping);
      await stopProcess(other.process!, "SIGTERM");
      await cut;
      await eventually(async () => !await napping());
    } finally {
      await admin.end();
    }
  });
});
