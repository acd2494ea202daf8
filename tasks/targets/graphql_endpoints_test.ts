import assert from "node:assert/strict";
import { openTargets } from "../load/open_targets.ts";
import { graphql } from "../paths/graphql.ts";
import { identify, stopProcess } from "../stack/process.ts";
import { withStack } from "../stack/testing.ts";
import { GraphqlTarget } from "./graphql.ts";
import { askOnce, newCall, type Target } from "./target.ts";

const STATEMENT = { operationId: 0, name: "one", write: false, text: "{ __typename }", parameters: [] };
const nowUs = () => performance.now() * 1000;

/** Servers that answer alike; each tells how often it was asked, and by whom it was taken for. */
async function withServers(count: number, use: (urls: string[], asked: string[][]) => Promise<void>) {
  const asked: string[][] = Array.from({ length: count }, () => []);
  const servers = asked.map((mine) =>
    Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
      mine.push(request.headers.get("host")!);
      return Response.json({ data: { __typename: "Query" } });
    })
  );
  const urls = servers.map(({ addr }) => `http://127.0.0.1:${addr.port}/graphql`);
  try {
    await use(urls, asked);
  } finally {
    await Promise.all(servers.map((server) => server.shutdown()));
  }
}

async function withTarget(
  options: Pick<
    ConstructorParameters<typeof GraphqlTarget>[0],
    "url" | "endpoints" | "connections"
  >,
  use: (target: GraphqlTarget) => Promise<void>,
) {
  const target = new GraphqlTarget({ ...options, headers: {}, nowUs });
  await target.open();
  try {
    await use(target);
  } finally {
    await target.close();
  }
}

async function ask(target: Target): Promise<void> {
  const call = newCall(STATEMENT, []);
  await askOnce(target, call);
  assert.equal(call.error, null);
}

Deno.test("requests go to several processes alike, one at a time or many at once, and bear the service's one name", () =>
  withServers(
    2,
    (urls, asked) =>
      withTarget({ url: urls[0]!, endpoints: urls, connections: 4 }, async (target) => {
        for (let at = 0; at < 20; at++) await ask(target);
        assert.deepEqual(asked.map(({ length }) => length), [10, 10]);
        for (let at = 0; at < 10; at++) await Promise.all(Array.from({ length: 4 }, () => ask(target)));
        assert.deepEqual(asked.map(({ length }) => length), [30, 30]);
        assert.deepEqual(new Set(asked.flat()), new Set([new URL(urls[0]!).host]));
      }),
  ));

Deno.test("of threads with a connection each, every one asks another process", () =>
  withServers(2, async (urls, asked) => {
    const target = graphql.targetAt({
      postgres: { url: "" },
      graphql: { url: urls[0]!, endpoints: urls, headers: {} },
    });
    const arm = { name: "any", target, statements: [STATEMENT] };
    for (const worker of [0, 1]) {
      const { byArm, close } = await openTargets([arm], { worker, connections: 1, nowUs, seed: 1 });
      await ask(byArm[0]!);
      await ask(byArm[0]!);
      await close();
    }
    assert.deepEqual(asked.map(({ length }) => length), [2, 2]);
  }));

Deno.test("two processes of PostGraphile serve one database, and a request fails only at the one that is gone", () =>
  withStack(async (stack) => {
    const url = await stack.databaseUrl("shop");
    const service = await stack.graphql(url, ["public"], { instances: 2, poolSize: 5 });
    assert.ok(service.available, "reason" in service ? service.reason : "");
    const names = ["graphql", "graphql-2"];
    assert.deepEqual(stack.instances.filter(({ role }) => role === "graphql").map(({ name }) => name), names);
    assert.deepEqual(
      stack.facts().filter(({ name }) => name === "graphql").map(({ instance, settings }) => [
        instance,
        settings.pool,
      ]),
      names.map((name) => [name, "3"]),
    );
    await withTarget({ ...service, connections: 4 }, async (target) => {
      for (let at = 0; at < 8; at++) await ask(target);
      const { "graphql-2": pid } = stack.pids();
      const id = identify(pid!)!;
      await stopProcess(id, "SIGTERM");
      const calls = Array.from({ length: 8 }, () => newCall(STATEMENT, []));
      for (const call of calls) await askOnce(target, call);
      assert.deepEqual(calls.map(({ outcome }) => outcome === "ok").toSorted(), [
        ...Array<boolean>(4).fill(false),
        ...Array<boolean>(4).fill(true),
      ]);
    });
  }, { redis: false, graphql: true }));
