import assert from "node:assert/strict";
import { crashOf, EarlyEnd, type EndReason, statusOf } from "./early_end.ts";
import { SetTime } from "../net/testing_time.ts";

const REASONS: readonly EndReason[] = [
  { by: "service", why: "the postgres process (7) ended during the run" },
  { by: "disk", why: "the disk is full" },
  { by: "limit", why: "it has the 5 requests that a run can have" },
  { by: "database", why: "another task has it" },
  { by: "target", why: "p95<1s over 10s is missed" },
  { by: "user", why: "the user left" },
];

Deno.test("of several reasons the first in order of weight counts, whichever came first", () => {
  for (let from = 0; from < REASONS.length; from++) {
    using end = new EarlyEnd();
    for (const reason of REASONS.slice(from).reverse()) end.because(reason);
    assert.deepEqual(end.reasons, REASONS.slice(from));
    assert.ok(end.signal.aborted);
  }
});

Deno.test("who gives a second reason does not take back the first", () => {
  using end = new EarlyEnd();
  end.because({ by: "disk", why: "the disk is full" });
  end.because({ by: "disk", why: "the other disk is full too" });
  assert.deepEqual(end.reasons, [{ by: "disk", why: "the disk is full" }]);
});

Deno.test("a run crashed by what failed it, is complete where it did what it was asked for, else interrupted", () => {
  const [service, disk, limit, database, target, user] = REASONS.map((reason) => [reason]);
  for (const crashed of [service!, disk!, limit!, database!]) {
    assert.equal(statusOf(crashed, true), "crashed");
    assert.equal(statusOf(crashed, false), "crashed");
    assert.equal(crashOf(crashed), crashed[0]!.why);
  }
  assert.equal(statusOf(target!, true), "complete");
  assert.equal(statusOf([...target!, ...user!], true), "complete");
  assert.equal(statusOf(user!, true), "interrupted");
  assert.equal(statusOf(user!, false), "complete");
  assert.equal(statusOf([], false), "complete");
  for (const alive of [target!, user!, []]) assert.equal(crashOf(alive), null);
});

Deno.test("what is known at once can end the run a little later", async () => {
  const time = new SetTime();
  using end = new EarlyEnd(time.later);
  end.because(REASONS[0]!, 5000);
  await time.pass(4999);
  assert.deepEqual([end.signal.aborted, end.reasons.length], [false, 1]);
  await time.pass(1);
  assert.ok(end.signal.aborted);
  {
    using over = new EarlyEnd(time.later);
    over.because(REASONS[0]!, 5000);
  }
  assert.equal(time.waiting, 0);
});

Deno.test("another signal ends it with its own reason, also one that was aborted before, and none after it is over", () => {
  const before = AbortSignal.abort(new Error("gone"));
  {
    using end = new EarlyEnd();
    end.when(before, "database", (reason) => (reason as Error).message);
    assert.deepEqual(end.reasons, [{ by: "database", why: "gone" }]);
  }
  const later = new AbortController();
  const end = new EarlyEnd();
  end.when(later.signal, "user", () => "left");
  end[Symbol.dispose]();
  later.abort();
  assert.deepEqual([end.signal.aborted, end.reasons], [false, []]);
});

Deno.test("the first thing that fails is what a run comes to", () => {
  using end = new EarlyEnd();
  end.throwFailure();
  end.fail(new Error("first"));
  end.fail(new Error("second"));
  assert.ok(end.signal.aborted);
  assert.throws(() => end.throwFailure(), /first/);
});
