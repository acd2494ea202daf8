import assert from "node:assert/strict";
import { Client } from "pg";
import { assertAsFound, difference } from "./facts.ts";
import { lookAtDatabase, lookAtPostgres } from "./look_at_postgres.ts";
import { type Change, CHANGES, SHOP } from "./testing_changes.ts";

/** Changes everything that a run could change at a server, and sees that each change shows. @param more changes besides */
export async function provoke(url: string, more: typeof CHANGES = []): Promise<void> {
  const client = new Client({ connectionString: url, application_name: "shopper" });
  await client.connect();
  try {
    await client.query(SHOP);
    let before = await lookAtPostgres(url);
    assertAsFound(before, await lookAtPostgres(url));
    const expected: Change[] = [];
    for (const change of [...CHANGES, "look" as const, ...more, "look" as const]) {
      if (change !== "look") {
        expected.push(change);
        // One by one: several at once are one transaction, and some must not be within one.
        for (const part of change[0].split("; ")) await client.query(part);
        continue;
      }
      const after = await lookAtPostgres(url);
      const lines = difference(before, after);
      for (const [statement, line] of expected.splice(0)) {
        assert.ok(lines.some((text) => line.test(text)), `${statement}:\n${lines.join("\n")}`);
      }
      assert.ok(!lines.join("\n").includes("hidden"));
      before = after;
    }
    const other = new Client({ connectionString: url, application_name: "someone" });
    const alone = await lookAtPostgres(url);
    await other.connect();
    const lines = difference(alone, await lookAtPostgres(url));
    assert.match(lines.join(), /^\+ server: session of \w+ on test \(someone\)$/);
    assertAsFound(alone, await lookAtPostgres(url), { except: [/\(someone\)/] });
    const session = await lookAtDatabase(other, 10);
    await other.query("PREPARE who AS SELECT 1");
    assert.deepEqual(difference(session, await lookAtDatabase(other, 10)), [
      "+ prepared statement of the looking session who (PREPARE who AS SELECT 1)",
    ]);
    await other.end();
  } finally {
    await client.end();
  }
}
