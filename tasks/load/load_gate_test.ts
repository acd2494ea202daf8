import assert from "node:assert/strict";
import { listenApart } from "../net/listen_apart.ts";
import { eventually } from "../net/testing.ts";
import { sleep } from "../net/sleep.ts";
import { withClient } from "../seed/connect.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { startProxy } from "../targets/testing_pg_proxy.ts";
import { LoadGate } from "./load_gate.ts";
import {
  answered,
  assertAllOk,
  gatedLoad,
  moveThereAndBack,
  SESSION,
  sessions,
  WRITES,
} from "./testing_gate.ts";

Deno.test("a load moves to another server and back while its gate is closed, and no request fails", () =>
  withDatabase(async (source, { database }) => moveThereAndBack(source, await database("target"))));

Deno.test("what goes wrong while clients are to move leaves them where they are", () =>
  withDatabase(async (source, { database }) => {
    const there = new URL(await database("target"));
    const make = (url: string) => withClient(url, (client) => client.query(WRITES));
    await make(source);
    const target = there.href;
    const port = Number(there.port);
    const reserved = listenApart();
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
        rate: 300,
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

          const proxy = startProxy(
            Deno.listen({ hostname: "127.0.0.1", port: Number(there.port) }),
            port,
          );
          await assert.rejects(
            gate.prepare("target"),
            /^ServiceError: Cannot move clients to the target: Cannot ask answered: .* relation "answered" does not exist/,
          );
          await make(target);
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
    assert.equal(await answered(target), 0);
  }));
