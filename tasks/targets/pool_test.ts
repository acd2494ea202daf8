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
