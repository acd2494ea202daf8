import assert from "node:assert/strict";
import { UNLIMITED, withClient } from "../seed/connect.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { besideLoad, unitMs } from "./slowdown.ts";
import { spanOf } from "./span.ts";

Deno.test("work beside a load takes so many times as long, and from where the load stops no longer than by itself", () => {
  const lasts = (ms: number, loadMs: number) => besideLoad(spanOf(ms, 1), 2, loadMs).ms;
  assert.equal(lasts(100, Infinity), 200);
  assert.equal(lasts(100, 200), 200);
  // Half of the first 50 ms was the load's.
  assert.equal(lasts(100, 50), 125);
  assert.equal(lasts(100, 0), 100);
  assert.deepEqual(besideLoad(spanOf(100, 2), 1, 30), spanOf(100, 2));
  assert.deepEqual(besideLoad(spanOf(100, 2), 0.5, 30), spanOf(50, 2));
});

Deno.test("the same work is asked until its time is up, once at least", () =>
  withDatabase((url) =>
    withClient(url, async (client) => {
      const over = new AbortController();
      over.abort();
      assert.ok(await unitMs(client, Infinity, over.signal) > 0);
      assert.ok(await unitMs(client, 0) > 0);
    }, UNLIMITED)
  ));
