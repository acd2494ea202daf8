import assert from "node:assert/strict";
import { Client } from "pg";
import { sessionName, sessionPrefix } from "../model/session_name.ts";
import { monotonicUs } from "../net/clock.ts";
import { withStack } from "../stack/testing.ts";
import type { ArmTarget } from "../paths/path.ts";
import { openTargets } from "./open_targets.ts";

const RUN = "20261129-121515-ab12";

Deno.test("every connection of a run bears its id at the server, whatever name the URL gives", async () => {
  await withStack(async (stack) => {
    const url = new URL(await stack.databaseUrl("names"));
    url.searchParams.set("application_name", "theirs");
    const graphql = await stack.graphql(url.href, ["public"], {
      poolSize: 2,
      session: sessionName(RUN, "graphql"),
    });
    assert.ok(graphql.available && stack.redis.available);
    const session = sessionName(RUN, "load");
    const paths: ArmTarget[] = [
      { path: "sql", url: url.href, session },
      {
        path: "sql+cache",
        url: url.href,
        session,
        cache: { redisUrl: stack.redis.url, prefix: "x:", ttlSeconds: 1 },
      },
    ];
    const arms = paths.map((target) => ({ name: target.path, target, statements: [] }));
    const targets = await openTargets(arms, { connections: 2, nowUs: monotonicUs, seed: 1 });
    const admin = new Client({ connectionString: stack.postgres.adminUrl });
    await admin.connect();
    try {
      const { rows } = await admin.query<{ application_name: string }>(
        "SELECT DISTINCT application_name FROM pg_stat_activity WHERE datname = 'names' ORDER BY 1",
      );
      const names = rows.map(({ application_name }) => application_name);
      assert.deepEqual(names, [sessionName(RUN, "graphql"), session]);
      assert.ok(names.every((name) => name.startsWith(sessionPrefix(RUN))));
    } finally {
      await admin.end();
      await targets.close();
    }
  });
});
