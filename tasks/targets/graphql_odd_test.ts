import assert from "node:assert/strict";
import { overEachNetwork } from "../net/testing.ts";
import { GraphqlTarget } from "./graphql.ts";
import { askOnce, newCall } from "./target.ts";
import { ODD_ANSWERS } from "./testing_odd_answers.ts";
import { httpLength, withScripted } from "./testing_scripted.ts";

const STATEMENT = { operationId: 0, name: "one", write: false, text: "{ one }", parameters: [] };

Deno.test("whatever a GraphQL service answers is right or a failure with a code, and the next request goes on", async () => {
  let next = 0;
  await withScripted(
    httpLength,
    () => ODD_ANSWERS[next++ >> 1]![1],
    (port) =>
      overEachNetwork(async (network) => {
        next = 0;
        const target = new GraphqlTarget({
          url: `http://127.0.0.1:${port}/graphql`,
          headers: {},
          connections: 1,
          nowUs: () => performance.now() * 1000,
          network,
        });
        await target.open();
        for (const [name, , code] of ODD_ANSWERS) {
          for (const keep of [false, true]) {
            const call = newCall(STATEMENT, [], keep);
            // The server is in this thread too.
            await network.outside(() => askOnce(target, call));
            assert.deepEqual([name, call.error, call.outcome], [name, code, code === null ? "ok" : "failed"]);
          }
        }
        await target.close();
      }),
  );
});
