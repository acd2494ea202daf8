import assert from "node:assert/strict";
import { ODD_ANSWERS } from "../targets/testing_odd_answers.ts";
import { httpAnswer, httpLength, type Script, withScripted } from "../targets/testing_scripted.ts";
import { graphqlProblem } from "./graphql.ts";

Deno.test("whatever stands behind GRAPHQL_URL, what is wrong with it is one sentence", async () => {
  let next: Script = { parts: [] };
  await withScripted(httpLength, () => ({ ...next, close: true }), async (port) => {
    const problem = () => graphqlProblem(`http://127.0.0.1:${port}/graphql`, { secret: "s3cret" }, 2000);
    for (const [name, script] of ODD_ANSWERS) {
      next = script;
      const found = await problem();
      // None of them answers what was asked.
      assert.ok(found !== null && found.length < 1100 && !found.includes("s3cret"), `${name}: ${found}`);
    }
    const said = async (script: Script) => {
      next = script;
      return await problem();
    };
    assert.equal(await said(httpAnswer('{"data":{"__typename":"Query"}}')), null);
    assert.equal(
      await said(httpAnswer('{"errors":[null,{"message":"no such role"}]}')),
      "it answers with an error: no such role",
    );
    assert.equal(
      await said(httpAnswer('{"errors":[{"extensions":{"code":7}}]}')),
      "it answers with an error: 7",
    );
    assert.equal(await said(httpAnswer("<html>")), "it answers with HTTP status 200 and no GraphQL");
    assert.equal(await said(httpAnswer("x".repeat(3e6))), "it answers with HTTP status 200 and no GraphQL");
    assert.equal(
      await said(httpAnswer("", "302 Found", "Location: https://u:pw@other.example/login?token=1\r\n")),
      "it redirects (HTTP status 302) to https://other.example/login",
    );
  });
});
