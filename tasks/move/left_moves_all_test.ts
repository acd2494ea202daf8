import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { InterruptedError } from "../model/errors.ts";
import { PRIMARY_CLUSTER } from "../stack/postgres_cluster.ts";
import { embeddedConnection } from "./embedded_connection.ts";
import { removeLeftMoves } from "./left_moves.ts";
import { moveServer } from "./move_server.ts";
import { RUN, startWriter, type TwoServers, until, withPg, withTwoServers } from "./testing_move.ts";

const SHOP = `
  CREATE SCHEMA shop;
  CREATE TABLE shop.item (id bigint PRIMARY KEY, note text NOT NULL);
  CREATE TABLE shop.line (id bigint REFERENCES shop.item, n int, PRIMARY KEY (id, n));
  INSERT INTO shop.item SELECT i, 'note ' || i FROM generate_series(1, 20000) i;
  INSERT INTO shop.line SELECT i, 1 FROM generate_series(1, 20000) i;
  ANALYZE`;

const LEFT = `
  SELECT slot_name::text AS name FROM pg_replication_slots UNION ALL SELECT subname FROM pg_subscription
  UNION ALL SELECT pubname FROM pg_publication UNION ALL SELECT nspname FROM pg_namespace WHERE nspname ~ 'benchbook_move'
  UNION ALL SELECT tgname FROM pg_trigger WHERE NOT tgisinternal UNION ALL SELECT evtname FROM pg_event_trigger`;

async function namesOf(url: string): Promise<string[]> {
  return (await withPg(url, (client) => client.query<{ name: string }>(LEFT))).rows.map(({ name }) => name);
}

/** Runs a move in a process of its own, and kills it where it has begun a part of a step. */
async function killedAt({ options }: TwoServers, part: string): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-check", join(import.meta.dirname!, "testing_killed.ts")],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify({ ...options, killAt: part })));
  await writer.close();
  let told = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    told += chunk;
    if (told.split("\n").includes(part)) break;
  }
  assert.match(told, new RegExp(`^${part.replace(".", "\\.")}$`, "m"), "it came so far");
  child.kill("SIGKILL");
  await child.status;
}

Deno.test("what a move that was killed has left is removed at the next start, whichever step it was at", async () => {
  await withTwoServers(async (servers) => {
    const { source, target, options } = servers;
    const at = { source: { url: source.url, embedded: true }, target: { url: target.url, embedded: true } };
    await withPg(source.url, (client) => client.query(SHOP));
    // Once rows are copied; the sentinel, with both links and the fence up; and when clients go over.
    for (const part of ["4.1", "8.3", "8.6"]) {
      await killedAt(servers, part);
      const marks = [...await namesOf(source.url), ...await namesOf(target.url)];
      assert.ok(marks.some((name) => name.startsWith("benchbook_move_")), `${part}: ${marks}`);
      const insert = () =>
        withPg(source.url, (client) => client.query("INSERT INTO shop.item VALUES (0, '')"));
      if (part === "8.6") {
        await assert.rejects(insert, { code: "25006" });
        // The way by hand, as a move that cannot take its fence down names it: the fence itself lets it through.
        await withPg(source.url, async (client) => {
          const { rows: [schema] } = await client.query(
            "SELECT nspname AS name FROM pg_namespace WHERE nspname ~ '^benchbook_move_'",
          );
          await client.query("BEGIN");
          await client.query(`DROP SCHEMA ${schema.name} CASCADE`);
          await client.query("INSERT INTO shop.item VALUES (0, '')");
          await client.query("ROLLBACK");
        });
        // Whatever becomes of the look, nobody is kept from writing any longer.
        const looking = removeLeftMoves(options.home, at, async () => {
          await insert();
          throw new InterruptedError();
        });
        await assert.rejects(looking, InterruptedError);
        await withPg(source.url, (client) => client.query("DELETE FROM shop.item WHERE id = 0"));
      }
      // A server that is not reached is named.
      const { left } = await removeLeftMoves(options.home, { ...at, target: null });
      assert.equal(left.length, 1);
      assert.match(left[0]!, /may have left something in the embedded database "test".*slots/);
      assert.ok(existsSync(join(options.home, "moves")));
      assert.deepEqual(await namesOf(source.url), []);
      const found = await removeLeftMoves(options.home, at);
      assert.deepEqual(found.left, []);
      assert.match(found.told.join(), /^Removed what the move of run .* had left/);
      assert.deepEqual([await namesOf(source.url), await namesOf(target.url)], [[], []]);
      assert.ok(!existsSync(join(options.home, "moves")));
      await insert();
      await withPg(source.url, (client) => client.query("DELETE FROM shop.item WHERE id = 0"));
      // Clients may have written there once they could be let over: then the rows stay.
      const { rows } = await withPg(
        target.url,
        (client) => client.query("SELECT to_regclass('shop.item') AS item"),
      );
      assert.equal(rows[0].item, part === "8.6" ? "shop.item" : null);
      await withPg(target.url, (client) => client.query("DROP SCHEMA IF EXISTS shop CASCADE"));
    }
    assert.deepEqual(await removeLeftMoves(options.home, at), { told: [], left: [] });
  });
});

Deno.test("a move that is interrupted leaves both servers as they were", async () => {
  await withTwoServers(async ({ source, target, options, records }) => {
    await withPg(source.url, (client) => client.query(SHOP));
    const writer = startWriter({ source: source.url, target: target.url });
    for (const [step, statement] of [[3, 1], [6, 1], [8, 3]] as const) {
      const interrupt = new AbortController();
      const outcome = await moveServer({
        ...options,
        gate: writer.gate,
        signal: interrupt.signal,
        onRecord: (record) => {
          records.push(record);
          if (record.step === step && record.statement === statement) interrupt.abort();
        },
      });
      assert.deepEqual(
        [outcome.done, outcome.interrupted, outcome.stopped, outcome.at, outcome.left],
        [false, true, null, "source", []],
      );
      assert.deepEqual([await namesOf(source.url), await namesOf(target.url)], [[], []]);
      assert.deepEqual(
        (await withPg(target.url, (client) => client.query("SELECT to_regclass('shop.item') AS item"))).rows,
        [{ item: null }],
      );
      const before = writer.acknowledged.length;
      await until(() => writer.acknowledged.length > before);
    }
    await writer.stop();
    assert.deepEqual(writer.refused, []);
    assert.equal(records.at(-1)!.error, "interrupted");
    // A source that crashes takes its record of the move with it; the next start finds that.
    const outcome = await moveServer({
      ...options,
      onRecord: ({ step }) => {
        if (step === 3) Deno.kill(source.process.pid, "SIGKILL");
      },
    });
    assert.deepEqual([outcome.done, outcome.at], [false, "source"]);
    assert.match(outcome.left.join(), /may have left something/);
    assert.deepEqual(await namesOf(target.url), []);
    assert.ok(existsSync(join(options.home, "moves")));
  });
});

/** A way between two servers that can stop forwarding, as a broken network does. */
function proxyTo(port: number): { port: number; readonly stalled: boolean; stall(): void; close(): void } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  const { promise: never } = Promise.withResolvers<void>();
  let stalled = false;
  const forward = async (from: Deno.Conn, to: Deno.Conn) => {
    const buffer = new Uint8Array(65_536);
    try {
      for (let read; (read = await from.read(buffer)) !== null;) {
        if (stalled) await never;
        let sent = 0;
        while (sent < read) sent += await to.write(buffer.subarray(sent, read));
      }
      to.close();
    } catch {
      // Either end is gone.
    }
  };
  void (async () => {
    for await (const client of listener) {
      const server = await Deno.connect({ hostname: "127.0.0.1", port });
      [client, server].forEach((end) => open.add(end));
      void forward(client, server);
      void forward(server, client);
    }
  })().catch(() => {});
  const quietly = (end: { close(): void }) => {
    try {
      end.close();
    } catch {
      // It is closed already.
    }
  };
  return {
    port: (listener.addr as Deno.NetAddr).port,
    get stalled() {
      return stalled;
    },
    stall: () => stalled = true,
    close: () => [listener, ...open].forEach(quietly),
  };
}

Deno.test({
  name: "a network that stalls between the servers stops the move, and clients go on at the source",
  // What the proxy never forwards stays open.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    withTwoServers(async ({ source, target, options }) => {
      await withPg(source.url, (client) => client.query(SHOP));
      // While it follows, and in the switch.
      for (const [step, statement] of [[6, 1], [8, 2]] as const) {
        const proxy = proxyTo(Number(new URL(source.url).port));
        const through = new URL(source.url);
        through.port = String(proxy.port);
        const { connection } = await embeddedConnection(target.home, RUN, PRIMARY_CLUSTER, through.href);
        const writer = startWriter({ source: source.url, target: target.url }, step * 1_000_000);
        try {
          const outcome = await moveServer({
            ...options,
            source: { ...options.source, connection },
            // Only what is to be given up: a slow machine takes its time before that.
            get stallMs() {
              return proxy.stalled && step === 6 ? 5_000 : 60_000;
            },
            pauseMs: 1_000,
            gate: writer.gate,
            onRecord: (record) => {
              if (record.step === step && record.statement === statement) proxy.stall();
            },
          });
          assert.deepEqual(
            [outcome.done, outcome.at, outcome.left],
            [false, "source", []],
            outcome.stopped ?? "",
          );
          assert.equal(outcome.step, step);
          const before = writer.acknowledged.length;
          await until(() => writer.acknowledged.length > before);
          await writer.stop();
          assert.deepEqual(writer.refused, []);
          assert.deepEqual([await namesOf(source.url), await namesOf(target.url)], [[], []]);
        } finally {
          await writer.stop();
          proxy.close();
        }
      }
    }),
});
