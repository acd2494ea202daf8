import assert from "node:assert/strict";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { embeddedGraphqlUrl, graphqlProblem } from "./graphql.ts";
import { findHaproxy, startHaproxy } from "./haproxy.ts";
import { identify, isAlive, type ProcessId, stopProcess } from "./process.ts";
import { readRecords } from "./state.ts";
import { testConfig, withStack, withTempHome } from "./testing.ts";
import { NO_HAPROXY, placeHaproxy } from "./testing_haproxy.ts";

/** GraphQL servers that answer alike, by name; each counts what it was asked. */
async function withServers(
  use: (
    servers: { port: number; asked: number; stop: () => Promise<void> }[],
  ) => Promise<void>,
): Promise<void> {
  const servers = Array.from({ length: 3 }, () => {
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
      mine.asked++;
      return Response.json({ data: { __typename: "Query" } });
    });
    const mine = { port: server.addr.port, asked: 0, stop: () => server.shutdown() };
    return mine;
  });
  try {
    await use(servers);
  } finally {
    await Promise.all(servers.map(({ stop }) => stop()));
  }
}

Deno.test({
  name: "HAProxy deals requests in turn, on loopback alone, and none is lost with an instance that goes away",
  ignore: NO_HAPROXY,
  fn: () =>
    withTempHome(async (home) => {
      const program = await placeHaproxy(home);
      await withServers(async (servers) => {
        let started: ProcessId | undefined;
        try {
          const { port } = await startHaproxy({
            home,
            program,
            name: "haproxy",
            servers: Object.fromEntries(servers.map(({ port }, nth) => [`graphql-${nth + 1}`, port])),
            connections: 4,
          }, ({ process }) => started = process);
          const conf = join(home, "haproxy", "haproxy.cfg");
          assert.equal(statSync(conf).mode & 0o777, 0o600);
          assert.deepEqual(readFileSync(conf, "utf8").match(/^ +bind .*$/gm), [`  bind 127.0.0.1:${port}`]);
          const ask = () => graphqlProblem(embeddedGraphqlUrl(port), {});
          const before = servers.map(({ asked }) => asked);
          for (let at = 0; at < 30; at++) assert.equal(await ask(), null);
          assert.deepEqual(servers.map(({ asked }, nth) => asked - before[nth]!), [10, 10, 10]);
          await servers[1]!.stop();
          const had = servers[1]!.asked;
          for (let at = 0; at < 30; at++) assert.equal(await ask(), null);
          assert.equal(servers[1]!.asked, had);
        } finally {
          if (started !== undefined) await stopProcess(started, "SIGTERM");
        }
      });
    }),
});

Deno.test({
  name:
    "GraphQL behind HAProxy: every process and the proxy on record, and all of them stopped with the stack",
  ignore: NO_HAPROXY,
  fn: () =>
    withStack(async (stack, { home }) => {
      await placeHaproxy(home);
      const url = await stack.databaseUrl("shop");
      const asked = { instances: 2, poolSize: 5, balancer: "haproxy", arms: ["two"] } as const;
      const service = await stack.graphql(url, ["public"], asked);
      assert.ok(service.available, "reason" in service ? service.reason : "");
      const names = ["graphql", "graphql-2", "haproxy"];
      const own = stack.instances.filter(({ arms }) => arms?.join() === "two");
      assert.deepEqual(own.map(({ name, role }) => [name, role]), [
        ["graphql", "graphql"],
        ["graphql-2", "graphql"],
        ["haproxy", "balancer"],
      ]);
      const proxy = own[2]!;
      assert.deepEqual(service.endpoints, [proxy.url]);
      assert.deepEqual(service.processUrls, own.slice(0, 2).map(({ url }) => url));
      assert.equal(await graphqlProblem(service.url, {}), null);
      const fact = stack.facts().find(({ name }) => name === "haproxy")!;
      assert.match(fact.version!, /^\d+\.\d+/);
      assert.deepEqual(fact.settings, { balance: "roundrobin", servers: "graphql, graphql-2" });
      const recorded = () => readRecords(home).map(({ name }) => name).filter((name) => names.includes(name));
      assert.deepEqual(recorded().sort(), names);
      await stack.control.restart("haproxy");
      assert.equal(await graphqlProblem(service.url, {}), null, "again where it was");
      const running = names.map((name) => identify(stack.pids()[name]!)!);
      assert.ok(running.every(isAlive));
      await stack.stop();
      assert.ok(!running.some(isAlive));
      assert.deepEqual(recorded(), []);
    }, { redis: false, graphql: true }),
});

Deno.test("a HAProxy that is no program, or does not start, is said with what to do", async () => {
  await withTempHome(async (home) => {
    const broken = join(home, "broken");
    writeFileSync(broken, "#!/bin/sh\necho 'no such flag' >&2\nexit 1\n", { mode: 0o755 });
    const config = await testConfig(home);
    const found = await findHaproxy({ ...config, haproxy: "/nowhere/haproxy" });
    assert.equal(found, "HAPROXY names /nowhere/haproxy, which is not a program");
    const program = await findHaproxy({ ...config, haproxy: broken });
    assert.ok(typeof program !== "string");
    const start = { home, program, name: "haproxy", servers: { graphql: 1 }, connections: 4 };
    await assert.rejects(
      startHaproxy(start, () => {}),
      (error: Error & { next?: string }) => {
        assert.match(error.message, /^Cannot start HAProxy: it ended with exit code 1\nno such flag/);
        assert.match(error.next!, /haproxy\.log.*HAPROXY/);
        return true;
      },
    );
  });
});
