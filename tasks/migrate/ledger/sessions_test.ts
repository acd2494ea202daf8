import assert from "node:assert/strict";
import { SESSION } from "./check/shop.ts";
import { SLOTS, withLoaded } from "./testing.ts";

/** The order of a slot: that of the step before it, where that has placed it. */
const ORDER = 1_000_000_000;

Deno.test("what a later step of a session writes under the key of an earlier one is held against it", async () => {
  await withLoaded(async ({ change, verify }) => {
    const { entries, ok, unknown, notVerified, problems, notes, updated } = await verify();
    assert.deepEqual([ok, unknown, notVerified, problems, notes], [SLOTS, 0, 0, {}, []]);
    assert.deepEqual([...new Set(entries.map(({ op }) => op))], ["place-order", "correct-freight"]);
    assert.equal(updated!.get("northwind.orders(order_id).freight")!.size, SLOTS / 2);
    const orders = [10, 20, 30].map((slot) => ORDER + slot);
    // A correction that is undone, one that somebody writes over, and an order that is gone with all that was written of it.
    await change(`UPDATE northwind.orders SET freight = NULL WHERE order_id = ${orders[0]}`);
    await change(`UPDATE northwind.orders SET freight = 7 WHERE order_id = ${orders[1]}`);
    await change(`DELETE FROM northwind.order_details WHERE order_id = ${orders[2]}`);
    await change(`DELETE FROM northwind.orders WHERE order_id = ${orders[2]}`);
    const found = (await verify()).entries.filter(({ problem }) => problem !== null);
    assert.deepEqual(found.map(({ slot, op, problem }) => [slot, op, problem]), [
      [11, "correct-freight", "lost"],
      [21, "correct-freight", "lost"],
      [30, "place-order", "lost"],
      [31, "correct-freight", "lost"],
    ]);
  }, SESSION);
});

Deno.test("a correction whose answer nobody saw may be there or not", async () => {
  await withLoaded(async ({ change, verify }) => {
    await change(`UPDATE northwind.orders SET freight = NULL WHERE order_id = ${ORDER + 10}`);
    // Nothing was recorded, as after a kill: what was sent lies among the slots that come next, and is found there.
    const { unknown, unknownPresent, problems } = await verify({
      whole: false,
      spoolDir: "/nowhere",
      slots: 40,
    });
    assert.deepEqual([unknown, unknownPresent, problems], [39, 39, {}]);
  }, SESSION);
});
