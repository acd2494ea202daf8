import assert from "node:assert/strict";
import { Client } from "pg";
import { failureOf } from "../load/proof_failure.ts";
import type { UsageError } from "../model/errors.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import type { Call } from "../targets/target.ts";
import { refuseOthersRows } from "../undo/own_undo.ts";
import { connectClient } from "./client.ts";
import { addedText, missingGrant } from "./complaint.ts";

Deno.test("what the server adds to a complaint is told with it", async () => {
  await withDatabase(async (url) => {
    const owner = new Client({ connectionString: url });
    await owner.connect();
    const role = `narrow_${crypto.randomUUID().slice(0, 8)}`;
    const asRole = new URL(url);
    asRole.username = asRole.password = role;
    try {
      await owner.query(`
        CREATE SCHEMA blog;
        CREATE TABLE blog.post (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
        CREATE ROLE ${role} LOGIN PASSWORD '${role}'`);
      const narrow = await connectClient(asRole.href, { applicationName: "narrow" });
      const asked = async (client: { query(sql: string): Promise<unknown> }, sql: string) => {
        try {
          await client.query(sql);
        } catch (error) {
          return error as Error & { code: string };
        }
        return assert.fail("it was done");
      };
      const failure = async (sql: string, write: boolean) => {
        const answer = await asked(narrow, sql);
        return failureOf({ answer, error: answer.code, outcome: "failed" } as unknown as Call, {
          operation: { name: "publish", write },
          arm: "sql",
          statement: "publish.sql",
          scenario: "blog.ts",
        });
      };
      try {
        const noSchema = await failure("SELECT FROM blog.post", false);
        assert.match(noSchema.next!, /GRANT USAGE ON SCHEMA blog TO/);
        assert.doesNotMatch(noSchema.next!, /Correct/);
        await owner.query(`GRANT USAGE ON SCHEMA blog TO ${role}`);
        assert.match((await failure("SELECT FROM blog.post", false)).next!, /GRANT SELECT ON post TO/);
        await owner.query(`GRANT SELECT, INSERT ON blog.post TO ${role}`);
        const always = await failure("INSERT INTO blog.post (id) VALUES (1)", true);
        assert.match(
          always.message,
          /\(428C9\)\..*GENERATED ALWAYS. Use OVERRIDING SYSTEM VALUE to override$/,
        );
        assert.match(always.next!, /Correct publish\.sql/);
        await assert.rejects(
          refuseOthersRows(narrow, { file: "undo.sql", sql: "DELETE FROM ONLY blog.post" }, "blog"),
          ({ next }: UsageError) => /GRANT SELECT, DELETE ON post TO/.test(next!) && !/BEGIN/.test(next!),
        );
      } finally {
        await narrow.end();
      }
    } finally {
      await owner.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
      await owner.end();
    }
  });
});

Deno.test("only a missing grant is told as one", () => {
  assert.equal(missingGrant({ code: "42P01", message: "relation does not exist" }, "SELECT"), null);
  const hidden = 'query would be affected by row-level security policy for table "post"';
  assert.equal(missingGrant({ code: "42501", message: hidden }, "SELECT"), null);
  assert.equal(addedText({ detail: "It is so.", hint: "Do." }), ". It is so. Do");
  assert.equal(addedText({}), "");
});
