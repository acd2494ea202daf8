import assert from "node:assert/strict";
import { eventually } from "../net/testing.ts";
import { sleep } from "../net/sleep.ts";
import { withClient } from "../seed/connect.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { startProxy } from "../targets/testing_pg_proxy.ts";
import { LoadGate } from "./load_gate.ts";
import { gatedLoad, type Sent, WRITE, WRITES } from "./testing_gate.ts";

const SESSION = "benchbook test gate";
const RATE = 300;

async function count(url: string, sql: string): Promise<number> {
  return await withClient(url, async (client) => Number((await client.query(sql)).rows[0].count));
}

const answered = (url: string) => count(url, "SELECT count(*) FROM answered");
const sessions = (url: string, where = "true") =>
  count(
    url,
    `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
      AND application_name LIKE '%${SESSION}%' AND ${where}`,
  );

function assertAllOk(requests: readonly Sent[]): void {
  assert.deepEqual(requests.filter(({ outcome }) => outcome !== "ok"), []);
}

Deno.test("a load moves to another server and back while its gate is closed, and no request fails", () =>
  withDatabase(async (source, { database }) => {
    const target = await database("target");
    for (const url of [source, target]) await withClient(url, (client) => client.query(WRITES));
    const gate = new LoadGate();
    const moments: number[] = [];
    const requests = await gatedLoad(
      {
        arms: [{ target: { path: "sql", url: source, movesTo: target, session: SESSION }, text: WRITE }],
        gate,
        rate: RATE,
      },
      async (nowUs) => {
        await eventually(async () => await answered(source) > 50);
        await gate.prepare("target");
        const opened = await sessions(source);
        assert.equal(await sessions(target), opened, "as many connections");
        for (const at of ["target", "source"] as const) {
          const [from, to] = at === "target" ? [source, target] : [target, source];
          await gate.prepare(at);
          await gate.close();
          moments.push(nowUs());
          assert.equal(await sessions(from, "state = 'active'"), 0, "nothing is under way");
          await sleep(100);
          moments.push(nowUs());
          const before = await answered(to);
          await gate.open(at);
          await eventually(async () => await answered(to) > before + 50);
        }
      },
    );
    assertAllOk(requests);
    const [closed, toTarget, closedAgain, toSource] = moments as [number, number, number, number];
    const within = (from: number, to: number) =>
      requests.filter(({ sent }) => sent > from && sent < to).length;
    assert.equal(
      within(closed, toTarget) + within(closedAgain, toSource),
      0,
      "none is sent while it is closed",
    );
    const waited = requests.filter(({ intended }) => intended > closed && intended < toTarget);
    assert.ok(waited.length > 0);
    for (const { acquired } of waited) assert.ok(acquired >= toTarget, "it waited for a connection");
    assert.equal(await answered(target), within(toTarget, closedAgain));
    assert.equal(await answered(source), within(0, closed) + within(toSource, Infinity));
  }));

Deno.test("what goes wrong while clients are to move leaves them where they are", () =>
  withDatabase(async (source, { database }) => {
    const there = new URL(await database("target"));
    for (const url of [source, there.href]) await withClient(url, (client) => client.query(WRITES));
    const port = Number(there.port);
    const listen = (port = 0) => Deno.listen({ hostname: "127.0.0.1", port });
    const reserved = listen();
    there.host = `127.0.0.1:${reserved.addr.port}`;
    reserved.close();
    const gate = new LoadGate();
    const goesOn = async () => {
      const before = await answered(source);
      await eventually(async () => await answered(source) > before + 20);
    };
    const requests = await gatedLoad(
      {
        arms: [{
          target: { path: "sql", url: source, movesTo: there.href, session: SESSION },
          text: "INSERT INTO answered SELECT 1 FROM pg_advisory_xact_lock_shared(7)",
        }],
        gate,
        rate: RATE,
      },
      () =>
        withClient(source, async (admin) => {
          const hold = async () => {
            await admin.query("SELECT pg_advisory_lock(7)");
            await eventually(async () => await sessions(source, "wait_event = 'advisory'") > 0);
          };
          const release = () => admin.query("SELECT pg_advisory_unlock(7)");

          await assert.rejects(
            gate.prepare("target"),
            /^ServiceError: Cannot move clients to the target: .*refused/,
          );
          await goesOn();

          const proxy = startProxy(listen(Number(there.port)), port);
          await gate.prepare("target");
          await hold();
          const stop = new AbortController();
          const stopped = assert.rejects(gate.close(stop.signal), /^Error: stopped$/);
          stop.abort(new Error("stopped"));
          await stopped;
          await release();
          await goesOn();

          await hold();
          let closed = false;
          const closing = gate.close().then(() => closed = true);
          await sleep(50);
          assert.equal(closed, false, "statements are under way");
          await release();
          await closing;
          assert.equal(await sessions(source, "state = 'active'"), 0);

          await proxy.close();
          await assert.rejects(
            gate.open("target"),
            /^ServiceError: Cannot move clients to the target: .*refused/,
          );
          await gate.open("source");
          await goesOn();
        }),
    );
    assertAllOk(requests);
    assert.equal(await answered(`${there.href.replace(`:${there.port}/`, `:${port}/`)}`), 0);
  }));
