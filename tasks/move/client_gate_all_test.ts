import assert from "node:assert/strict";
import { join } from "node:path";
import { LoadGate } from "../load/load_gate.ts";
import { answered, assertAllOk, gatedLoad, SESSION, sessions, WRITE, WRITES } from "../load/testing_gate.ts";
import { sleep } from "../net/sleep.ts";
import { eventually } from "../net/testing.ts";
import { withClient } from "../seed/connect.ts";
import { graphqlGates } from "../stack/graphql_gate.ts";
import type { GraphqlService, Stack } from "../stack/services.ts";
import { settleGraphql } from "../stack/settle_graphql.ts";
import { withStack } from "../stack/testing.ts";
import { joinGates } from "./client_gate.ts";
import { commandGate } from "./command_gate.ts";

const POOL = 4;
const MARK = "mutation { mark(input: {}) { result } }";

/** Each answered request leaves a row, and `mark` is the mutation that does so; `held` waits for an advisory lock. */
const SCHEMA = `${WRITES};
  CREATE FUNCTION mark() RETURNS int LANGUAGE sql AS 'INSERT INTO answered DEFAULT VALUES RETURNING slot';
  CREATE FUNCTION held() RETURNS int LANGUAGE sql STABLE AS 'SELECT 1 FROM pg_advisory_xact_lock_shared(7)'`;

interface Servers {
  readonly source: string;
  readonly target: string;
  readonly graphql: GraphqlService;
}

async function prepare(stack: Stack, name: string): Promise<Servers> {
  const [source, target] = [
    await stack.databaseUrl(`${name}_source`),
    await stack.databaseUrl(`${name}_target`),
  ];
  for (const url of [source, target]) await withClient(url, (client) => client.query(SCHEMA));
  const graphql = await stack.graphql(source, ["public"], {
    instances: 2,
    poolSize: 2 * POOL,
    session: SESSION,
  });
  assert.ok(graphql.available);
  return { source, target, graphql };
}

async function ask(url: string, query: string, signal?: AbortSignal): Promise<{ data?: unknown }> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify({ query }), signal });
  return await response.json();
}

/** Sends a question whose answer nobody reads. */
async function send(url: string, query: string): Promise<Deno.TcpConn> {
  const { hostname, port, pathname } = new URL(url);
  const body = JSON.stringify({ query });
  const client = await Deno.connect({ hostname, port: Number(port) });
  await client.write(
    new TextEncoder().encode(
      `POST ${pathname} HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\n` +
        `content-length: ${body.length}\r\n\r\n${body}`,
    ),
  );
  return client;
}

Deno.test("clients of all paths move to another server and back, and no request fails", async (t) => {
  await withStack(async (stack, { home }) => {
    await t.step(
      "under load, by SQL, through a cache, through two PostGraphiles, and by a command",
      async () => {
        assert.ok(stack.redis.available);
        const { source, target, graphql } = await prepare(stack, "moved");
        const sql = { path: "sql", url: source, movesTo: target, session: SESSION };
        const cache = { redisUrl: stack.redis.url, prefix: "benchbook:move:", ttlSeconds: 60 };
        const { url, endpoints, headers } = graphql;
        const load = new LoadGate();
        const told = join(home, "told");
        const urls = { source, target };
        const gate = joinGates([
          commandGate({
            command: `echo $BENCHBOOK_SWITCH >> '${told}'`,
            urls,
            log: join(home, "on-switch.log"),
          }),
          ...graphqlGates(graphql, urls),
          load,
        ]);
        const requests = await gatedLoad({
          arms: [
            { target: sql, text: WRITE },
            { target: { ...sql, path: "sql+cache", cache }, text: WRITE },
            { target: { path: "graphql", url, endpoints, headers }, text: MARK },
          ],
          gate: load,
          rate: 300,
        }, async () => {
          await eventually(async () => await answered(source) > 150);
          let left = 0;
          for (const at of ["target", "source"] as const) {
            const [from, to] = at === "target" ? [source, target] : [target, source];
            await gate.prepare(at);
            await gate.close();
            assert.equal(await sessions(from, "state <> 'idle'"), 0, "nothing is under way");
            const before = [await answered(from), await answered(to)];
            assert.equal(before[1], left, "none was answered by a server that it had left");
            await sleep(100);
            assert.deepEqual([await answered(from), await answered(to)], before, "none passes a closed gate");
            await gate.open(at);
            left = before[0]!;
            await eventually(async () => await answered(to) > before[1]! + 150);
            assert.equal(await answered(from), left);
          }
        });
        assertAllOk(requests);
        assert.equal(requests.length, await answered(source) + await answered(target));
        assert.deepEqual(
          Deno.readTextFileSync(told).trim().split("\n"),
          ["prepare", "close", "open", "prepare", "close", "open"],
        );
      },
    );

    await t.step("what goes wrong leaves PostGraphile's clients where they are", async () => {
      const { source, target, graphql } = await prepare(stack, "kept");
      const nowhere = new URL(target);
      // Nothing listens there, and no other test's server ever does.
      nowhere.port = "1";
      const refused = joinGates(graphqlGates(graphql, { source, target: nowhere.href }));
      await assert.rejects(
        refused.prepare("target"),
        /^ServiceError: Cannot move PostGraphile's clients to the target: .*refused/i,
      );
      await assert.rejects(
        joinGates(graphqlGates({ ...graphql, gateToken: "guessed" }, { source, target })).close(),
        /403/,
      );

      const gate = joinGates(graphqlGates(graphql, { source, target }));
      await gate.prepare("target");
      assert.equal(await sessions(target), 2 * POOL, "as many connections");
      await withClient(source, async (admin) => {
        await admin.query("SELECT pg_advisory_lock(7)");
        const held = graphql.endpoints.map((endpoint) => ask(endpoint, "{ held }"));
        await eventually(async () => await sessions(source, "wait_event = 'advisory'") === held.length);
        const stop = new AbortController();
        const closing = assert.rejects(gate.close(stop.signal), /^Error: stopped$/);
        const waiting: Promise<{ data?: unknown }>[] = [];
        for (const endpoint of graphql.endpoints) {
          // It is asked until it is closed, and then waits.
          await eventually(async () => {
            const asked = ask(endpoint, MARK);
            if (await Promise.race([asked, sleep(200)])) return false;
            waiting.push(asked);
            return true;
          });
        }
        stop.abort(new Error("stopped"));
        await closing;
        for (const each of await Promise.all(waiting)) assert.ok(each.data, "it is answered");

        let closed = false;
        const closingAgain = gate.close().then(() => closed = true);
        await sleep(50);
        assert.equal(closed, false, "statements are under way");
        await admin.query("SELECT pg_advisory_unlock(7)");
        await closingAgain;
        assert.deepEqual(await Promise.all(held), held.map(() => ({ data: { held: 1 } })));
      });
      await gate.open("target");
      const before = await answered(source);
      for (const endpoint of graphql.endpoints) assert.ok((await ask(endpoint, MARK)).data);
      assert.deepEqual([await answered(source), await answered(target)], [before, 2]);

      // Connections that are lost while nothing uses them are opened anew beforehand.
      await withClient(source, (admin) =>
        admin.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name LIKE '%${SESSION}%'`,
        ));
      await gate.prepare("source");
      assert.equal(await sessions(source), 2 * POOL);
      await gate.close();
      await gate.open("source");
      for (const endpoint of graphql.endpoints) assert.ok((await ask(endpoint, MARK)).data);
      assert.deepEqual([await answered(source), await answered(target)], [before + 2, 2]);

      // Nothing is settled before what was sent is over, whether its client waits or not.
      const settled = (ms: number) => settleGraphql(stack.instances, AbortSignal.timeout(ms));
      assert.deepEqual(await settled(60_000), []);
      await gate.close();
      const clients = await Promise.all(graphql.endpoints.map((endpoint) => send(endpoint, MARK)));
      const busy = stack.instances.filter(({ url }) => graphql.endpoints.includes(url));
      assert.deepEqual(await settled(500), busy.map(({ name }) => name));
      for (const client of clients) client.close();
      const settling = settled(60_000);
      await gate.open("source");
      assert.deepEqual(await settling, []);
      const after = await answered(source);
      await gate.close();
      assert.equal(await answered(source), after);
      await gate.open("source");

      const { password } = new URL(target);
      for (const { name } of Deno.readDirSync(join(home, "logs"))) {
        assert.ok(!Deno.readTextFileSync(join(home, "logs", name)).includes(password), name);
      }
    });
  });
});
