import assert from "node:assert/strict";
import { join } from "node:path";
import { connectClient } from "../postgres/client.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { monotonicUs } from "../net/clock.ts";
import { parameterText } from "../targets/pg_values.ts";
import { SqlTarget } from "../targets/sql.ts";
import { askOnce, newCall, type Value } from "../targets/target.ts";
import { NEAR, ODD_SETTINGS } from "../undo/testing_exact_values.ts";
import type { LoadedScenario } from "./scenario.ts";
import { loadSqlSources } from "./sources.ts";

Deno.test("what a source or an answer of a session gives is written back as the same value, of whatever type", async () => {
  await withDatabase(async (url, { home }) => {
    for (const setting of ODD_SETTINGS) {
      // Answers are read as the load's sessions have it: what a setting cuts off is not there.
      if (/extra_float/.test(setting)) continue;
      const admin = await connectClient(url, { applicationName: "test" });
      await admin.query(`ALTER DATABASE test SET ${setting}`);
      await admin.end();
    }
    const admin = await connectClient(url, { applicationName: "test" });
    const target = new SqlTarget({ url, connections: 1, nowUs: monotonicUs });
    await target.open();
    try {
      for (const [at, [type, ...values]] of NEAR.entries()) {
        const sql = values.map((value) => `SELECT (${value})::${type} AS value`).join(" UNION ALL ");
        await Deno.writeTextFile(join(home, "values.sql"), sql);
        const scenario = {
          file: join(home, "own.ts"),
          sources: { given: { sql: "values.sql" } },
          operations: [{
            name: "ask",
            weight: 1,
            params: { value: { kind: "source", source: "given", column: "value" } },
          }],
        } as unknown as LoadedScenario;
        const { given } = await loadSqlSources(scenario, url);
        const drawn = given!.columns["value"]!;
        const call = newCall(
          { operationId: at, name: "ask", write: false, text: sql, parameters: [] },
          [],
          true,
        );
        await askOnce(target, call);
        const answered = (call.answer as { value: Value }[]).map(({ value }) => value);
        for (const [index, value] of values.entries()) {
          // JSON and points of an answer are compared with GraphQL's, which are objects.
          for (const read of /^json|^point/.test(type) ? [drawn] : [drawn, answered]) {
            const { rows: [same] } = await admin.query(
              `SELECT (SELECT record_send(a)) = (SELECT record_send(b)) AS is
               FROM (SELECT ($1::text)::${type} AS v) AS a, (SELECT (${value})::${type} AS v) AS b`,
              [parameterText(read[index])],
            );
            const whose = read === drawn ? "source" : "answer";
            assert.ok(same!.is, `${whose} ${type}: ${value} came back as ${JSON.stringify(read[index])}`);
          }
        }
      }
    } finally {
      await target.close();
      await admin.end();
    }
  });
});
