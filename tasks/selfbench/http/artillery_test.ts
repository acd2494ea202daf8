import assert from "node:assert/strict";
import { artilleryScript } from "./artillery.ts";

Deno.test("Artillery posts the same body and headers", () => {
  const question = {
    url: "http://127.0.0.1:5000/graphql",
    headers: { "x-secret": "a" },
    body: '{"query":""}',
  };
  const { config, scenarios } = artilleryScript(question, { connections: 8 });
  assert.equal(config.target, "http://127.0.0.1:5000");
  assert.deepEqual(config.phases, [{ duration: 1, arrivalCount: 8 }]);
  const [, loop] = scenarios[0]!.flow as [unknown, { loop: [{ post: Record<string, unknown> }] }];
  assert.deepEqual(loop.loop[0].post, {
    url: question.url,
    headers: {
      "content-type": "application/json",
      accept: "application/graphql-response+json, application/json",
      "x-secret": "a",
    },
    body: question.body,
  });
});
