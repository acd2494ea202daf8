import assert from "node:assert/strict";
import { Client } from "pg";
import { eventually } from "../../net/testing.ts";
import { withStack } from "../testing.ts";

const SESSION = "benchbook test graphql";

Deno.test("a statement of PostGraphile's whose request was given up ends by its limit", async () => {
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
    } finally {
      await admin.end();
    }
  });
});
