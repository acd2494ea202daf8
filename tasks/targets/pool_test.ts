import assert from "node:assert/strict";
import { Pool } from "./pool.ts";
import { type Call, complete, newCall } from "./target.ts";

const STATEMENT = { name: "s", parameters: [], operationId: 0, write: false } as never;

function call(onDone: () => void = () => {}): Call {
  const made = newCall(STATEMENT, [], false);
  made.onDone = onDone;
  return made;
}

function giveUp(waiting: Call): void {
  const { abort } = waiting;
  complete(waiting, 0, "timeout", null);
  abort?.();
}

Deno.test("connections are handed out in the order asked, and calls that were given up are passed over", () => {
  const started: Call[] = [];
  const pool = new Pool<string>(["only"], (_connection, each) => void started.push(each));
  const calls = Array.from({ length: 2000 }, () => call());
  for (const each of calls) pool.run(each);
  const left = calls.filter((_, at) => at === 0 || at % 3 === 2);
  calls.forEach((each, at) => at > 0 && at % 3 !== 2 && giveUp(each));
  for (let at = 0; at < left.length; at++) pool.release("only");
  assert.deepEqual(started, left);
  const after = call();
  pool.run(after);
  assert.equal(started.at(-1), after);
});

Deno.test("while its connections are stuck a pool keeps no call that was given up", () => {
  let started = 0;
  let done = 0;
  const pool = new Pool<string>(["stuck"], () => void started++);
  pool.run(call());
  for (let at = 0; at < 400_000; at++) {
    const waiting = call(() => done++);
    pool.run(waiting);
    giveUp(waiting);
    assert.ok(pool.queued <= 512, `${pool.queued} are kept`);
  }
  pool.run(call());
  pool.release("stuck");
  assert.equal(done, 400_000);
  assert.equal(started, 2);
});

Deno.test("a closed pool keeps calls in the order asked, and begins them on its new connections", () => {
  const started: [connection: string, call: Call][] = [];
  const pool = new Pool<string>(
    ["old 1", "old 2"],
    (connection, each) => void started.push([connection, each]),
  );
  const calls = Array.from({ length: 6 }, () => call());
  pool.run(calls[0]!);
  let held = 0;
  pool.close(() => held++);
  for (const each of calls.slice(1)) pool.run(each);
  assert.throws(() => pool.open(["new 1", "new 2"]), /while none is in use/);
  assert.deepEqual([started.length, held], [1, 0]);
  pool.release("old 2");
  assert.equal(held, 1);
  giveUp(calls[2]!);
  pool.open(["new 1", "new 2"]);
  pool.release("new 1");
  pool.release("new 2");
  const begun = calls.filter((_, at) => at !== 2);
  assert.deepEqual(started.map(([, each]) => each), begun);
  assert.deepEqual(started.map(([connection]) => connection), ["old 2", "new 1", "new 2", "new 1", "new 2"]);
});

Deno.test("a pool that is opened again before all have come back goes on with what it has", () => {
  const started: string[] = [];
  const pool = new Pool<string>(["one", "two"], (connection) => void started.push(connection));
  pool.run(call());
  pool.close(() => assert.fail("it was opened again"));
  pool.run(call());
  pool.open();
  pool.run(call());
  pool.release("one");
  pool.release("two");
  assert.deepEqual(started, ["two", "one", "one"]);
});
