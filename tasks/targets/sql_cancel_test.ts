import assert from "node:assert/strict";
import { constants } from "node:os";
import { Client } from "pg";
import { monotonicUs } from "../net/clock.ts";
import { eventually, overEachNetwork } from "../net/testing.ts";
import { requestCancel } from "../postgres/cancel.ts";
import { readPgOptions } from "../postgres/options.ts";
import { runtimeNetwork } from "../net/runtime_channel.ts";
import { freeze } from "../stack/testing_freeze.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { Cancels } from "./pg_cancels.ts";
import { SqlTarget } from "./sql.ts";
import { askOnce, type Call, complete, newCall, type Statement, type Value } from "./target.ts";
import { sleep } from "../net/sleep.ts";

const SESSION = "benchbook test load";
/** A write that is under way as long as its test wants it. */
const WAITS = "INSERT INTO written SELECT 1 FROM pg_advisory_xact_lock_shared(7)";
let operations = 0;
const statements = new Map<string, Statement>();

function callOf(text: string, values: readonly Value[] = []): Call {
  const statement = statements.get(text) ??
    {
      operationId: operations++,
      name: text,
      write: false,
      text,
      parameters: values.map((_, at) => `p${at}`),
    };
  statements.set(text, statement);
  return newCall(statement, values, true);
}

/** As the dispatcher gives up what takes too long. */
function giveUp(call: Call): void {
  const { abort } = call;
  complete(call, monotonicUs(), "timeout", null);
  abort?.();
}

async function ask(target: SqlTarget, text: string): Promise<Call> {
  const call = callOf(text);
  await askOnce(target, call);
  return call;
}

/** Whether a process that is stopped has been sent a signal meanwhile. */
function hasPending(pid: string, signal: "SIGINT"): boolean {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return (BigInt(`0x${/^ShdPnd:\s*(\w+)$/m.exec(status)![1]}`) >> BigInt(constants.signals[signal] - 1) &
    1n) === 1n;
}

Deno.test("what is given up ends at the server too", async (t) => {
  await withDatabase(async (url) => {
    const admin = new Client({ connectionString: url });
    await admin.connect();
    const active = async () => {
      const { rows } = await admin.query<{ n: number }>(
        "SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = $1 AND datname = current_database() AND state = 'active'",
        [SESSION],
      );
      return rows[0]!.n;
    };
    await admin.query("CREATE TABLE written (n int)");
    try {
      await overEachNetwork((network, by) =>
        network.outside(async () => {
          const step = (name: string, work: () => Promise<void>) => t.step(`${by}: ${name}`, work);
          const opened = async (connections: number) => {
            const target = new SqlTarget({
              url,
              session: SESSION,
              connections,
              // What is not cancelled in time costs its connection: on a busy machine as well as on one that hangs.
              cancelMs: 60_000,
              nowUs: monotonicUs,
              network,
            });
            await target.open();
            return target;
          };

          await step("its statement is cancelled, and its connection serves the next request", async () => {
            const target = await opened(1);
            try {
              const pid = "SELECT pg_backend_pid() AS pid";
              const before = await ask(target, pid);
              const call = callOf("SELECT pg_sleep(30)");
              const done = askOnce(target, call);
              await eventually(async () => await active() === 1);
              giveUp(call);
              await done;
              assert.equal(call.outcome, "timeout");
              assert.equal(await active(), 0);
              assert.deepEqual((await ask(target, pid)).answer, before.answer);
            } finally {
              await target.close();
            }
          });

          await step("also one that the server had no time to begin before it was told so", async () => {
            if (Deno.build.os !== "linux") return;
            await admin.query("TRUNCATE written; SELECT pg_advisory_lock(7)");
            const target = await opened(1);
            try {
              const asked = (await ask(target, "SELECT pg_backend_pid() AS pid")).answer;
              const [{ pid }] = asked as [{ pid: string }];
              const thaw = freeze(Number(pid));
              try {
                const call = callOf(WAITS);
                const done = askOnce(target, call);
                giveUp(call);
                await eventually(() => hasPending(pid, "SIGINT"));
                thaw();
                await done;
              } finally {
                thaw();
              }
              assert.equal(await active(), 0);
              await admin.query("SELECT pg_advisory_unlock(7)");
              assert.deepEqual((await admin.query("SELECT FROM written")).rowCount, 0);
            } finally {
              await target.close();
            }
          });

          await step("a request to cancel never hits the statement after it", async () => {
            const target = await opened(2);
            try {
              for (let turn = 0; turn < 60; turn++) {
                const call = callOf("SELECT pg_sleep($1::float8)", [String(turn % 7 / 1000)]);
                const done = askOnce(target, call);
                // Some end by themselves just before, or while, they are cancelled.
                await sleep(turn % 5);
                giveUp(call);
                const next = [ask(target, "SELECT 1 AS n"), ask(target, "SELECT 2 AS n")];
                for (const { outcome, error } of await Promise.all(next)) {
                  assert.deepEqual([outcome, error], ["ok", null], `turn ${turn}`);
                }
                await done;
              }
            } finally {
              await target.close();
            }
          });

          await step("a write under way is not committed after all was closed", async () => {
            await admin.query("TRUNCATE written; SELECT pg_advisory_lock(7)");
            const target = await opened(2);
            const calls = [1, 2].map(() => callOf(WAITS));
            const done = calls.map((call) => askOnce(target, call));
            await eventually(async () => await active() === 2);
            giveUp(calls[0]!);
            await target.close();
            await Promise.all(done);
            assert.equal(await active(), 0);
            await admin.query("SELECT pg_advisory_unlock(7)");
            assert.deepEqual((await admin.query("SELECT count(*)::int AS n FROM written")).rows, [{ n: 0 }]);
          });
        })
      );
    } finally {
      await admin.end();
    }
  });
});

Deno.test("a key of any length is sent as the server gave it", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const options = readPgOptions(`postgres://u@127.0.0.1:${listener.addr.port}/d`, "test");
  for (const secret of [4, 32, 252]) {
    // The number of a process, and a secret: 4 bytes in protocol 3.0, up to 256 in 3.2.
    const key = Uint8Array.from({ length: 4 + secret }, (_, at) => at);
    const cancelled = requestCancel(options, { key, way: "plain" }, 5000, runtimeNetwork);
    const connection = await listener.accept();
    const bytes = new Uint8Array(512);
    const count = await connection.read(bytes);
    connection.close();
    await cancelled;
    const view = new DataView(bytes.buffer);
    assert.deepEqual([count, view.getInt32(0), view.getInt32(4)], [12 + secret, 12 + secret, 80877102]);
    assert.deepEqual(bytes.slice(8, count!), key);
  }
  listener.close();
});

Deno.test("few requests to cancel are under way at once, and what waits can be taken back", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const connection of listener) accepted.push(connection);
  })();
  const options = readPgOptions(`postgres://u@127.0.0.1:${listener.addr.port}/d`, "test");
  const cancels = new Cancels(options, runtimeNetwork);
  const ended: (Error | null)[] = [];
  const withdraw = Array.from(
    { length: 20 },
    () => cancels.ask({ key: new Uint8Array(8), way: "plain" }, (error) => void ended.push(error)),
  );
  await eventually(() => accepted.length === 4);
  await sleep(50);
  assert.equal(accepted.length, 4);
  assert.deepEqual(withdraw.map((take) => take()), [...Array(4).fill(false), ...Array(16).fill(true)]);
  // A server that never ends them is given up.
  await eventually(() => ended.length === 4);
  assert.ok(ended.every((error) => /no answer within 1 s/.test(error!.message)));
  listener.close();
  await accepting;
  for (const connection of accepted) connection.close();
});
