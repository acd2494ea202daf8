import assert from "node:assert/strict";
import pg from "pg";
import { graphqlProblem } from "./graphql.ts";
import { identify, isAlive } from "./process.ts";
import { redisVersion } from "./redis.ts";
import { readRecords } from "./state.ts";
import { withStack } from "./testing.ts";

Deno.test("an instance of any kind stops and starts again by its name, where it was", async (t) => {
  await withStack(async (stack, { home }) => {
    const url = await stack.databaseUrl("again");
    const graphql = await stack.graphql(url, ["public"], { instances: 2 });
    assert.ok(graphql.available && stack.redis.available);
    const [, second] = graphql.endpoints;
    const { url: redisUrl } = stack.redis;
    const answers: Record<string, () => Promise<boolean>> = {
      postgres: async () => {
        const client = new pg.Client({ connectionString: url });
        client.on("error", () => {});
        return await client.connect().then(() => client.end()).then(() => true, () => false);
      },
      redis: async () => !(await redisVersion(redisUrl) instanceof Error),
      "graphql-2": async () => await graphqlProblem(second!, {}) === null,
    };
    for (const [name, answer] of Object.entries(answers)) {
      await t.step(name, async () => {
        const { [name]: pid, ...others } = stack.pids();
        const process = identify(pid!)!;
        await stack.control.stop(name);
        assert.ok(!isAlive(process));
        assert.equal(await answer(), false);
        await assert.rejects(stack.control.stop(name), new RegExp(`Cannot stop ${name}: it does not run`));
        await stack.control.start(name);
        assert.equal(await answer(), true);
        const { [name]: again, ...left } = stack.pids();
        assert.notEqual(again, pid);
        assert.deepEqual(left, others);
        assert.equal(readRecords(home).find((record) => record.name === name)?.process.pid, again);
        await assert.rejects(
          stack.control.start(name),
          new RegExp(`Cannot start ${name}: it was not stopped`),
        );
      });
    }
    await assert.rejects(
      stack.control.restart("graphq-2"),
      /Cannot stop graphq-2: Benchbook runs no instance of that name/,
    );
    const running = Object.values(stack.pids()).map((pid) => identify(pid)!);
    await stack.stop();
    assert.ok(running.every((id) => !isAlive(id)), "what was started again is stopped with the stack");
  });
});
