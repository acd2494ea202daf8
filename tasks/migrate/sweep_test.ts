import assert from "node:assert/strict";
import { UsageError } from "../model/errors.ts";
import { parseSweep } from "./sweep.ts";

Deno.test("a sweep stands for its values in milliseconds, in their order", () => {
  assert.deepEqual(parseSweep("lock_timeout=50ms,200ms,1s"), [50, 200, 1000]);
  assert.deepEqual(parseSweep(" lock_timeout = 1s , 50ms"), [1000, 50]);
  assert.deepEqual(parseSweep("lock_timeout=0.25s"), [250]);
});

Deno.test("a sweep that is none is refused, with what is wrong", () => {
  const refused: readonly (readonly [text: string, message: RegExp])[] = [
    ["50ms,200ms", /there is no "="$/],
    ["", /there is no "="$/],
    ["lock_timeot=50ms", /^Cannot sweep "lock_timeot": it is no setting/],
    ["statement_timeout=1s", /^Cannot sweep "statement_timeout"/],
    ["lock_timeout=", /a value is missing$/],
    ["lock_timeout=50ms,,1s", /a value is missing$/],
    ["lock_timeout=50", /the unit is missing$/],
    ["lock_timeout=50min", /it is "50min"$/],
    ["lock_timeout=-50ms", /it is "-50ms"$/],
    ["lock_timeout=fast", /it is "fast"$/],
    ["lock_timeout=0", /that is none/],
    ["lock_timeout=50ms,0ms", /^Cannot sweep lock_timeout over 0ms: that is none/],
    ["lock_timeout=9ms", /from 10 ms to 10 s$/],
    ["lock_timeout=11s", /from 10 ms to 10 s$/],
    ["lock_timeout=50500us", /whole milliseconds/],
    ["lock_timeout=50ms,1s,50ms", /50ms is there twice$/],
    ["lock_timeout=1s,1000ms", /1s and 1000ms are the same$/],
    ["lock_timeout=" + Array.from({ length: 11 }, (_, n) => `${n + 10}ms`).join(","), /over 11 values/],
  ];
  for (const [text, message] of refused) {
    assert.throws(
      () => parseSweep(text),
      (error) => error instanceof UsageError && message.test(error.message),
      text,
    );
  }
  assert.throws(
    () => parseSweep("lock_timeot=50ms"),
    (error: UsageError) => /lock_timeout/.test(error.next!),
  );
});
