import assert from "node:assert/strict";
import { requestedRows } from "./requested_rows.ts";

const requested = { order_id: "7", customer_id: "ANNA", product_ids: [3, 5], quantities: [10, 20] };

Deno.test("lists of a request are rows of the table whose columns they are called like", () => {
  assert.deepEqual(
    requestedRows(requested, new Set(["order_id", "product_id", "quantity", "discount"])).rows,
    [
      { order_id: "7", product_id: 3, quantity: 10 },
      { order_id: "7", product_id: 5, quantity: 20 },
    ],
  );
});

Deno.test("lists that no column is called like say nothing of a row", () => {
  assert.deepEqual(requestedRows(requested, new Set(["order_id", "customer_id", "freight"])).rows, [
    { order_id: "7", customer_id: "ANNA" },
  ]);
});

Deno.test("a list is one value where a column has its name", () => {
  assert.deepEqual(
    requestedRows({ order_id: "7", tags: ["a", "b"] }, new Set(["order_id", "tags", "tag"])).rows,
    [
      { order_id: "7", tags: ["a", "b"] },
    ],
  );
});

Deno.test("a shorter list leaves its column open in the rows beyond it", () => {
  assert.deepEqual(requestedRows({ boxes: [1, 2], sizes: [9] }, new Set(["box", "size"])).rows, [
    { box: 1, size: 9 },
    { box: 2 },
  ]);
});

Deno.test("a list that nobody knows leaves open how many rows there are", () => {
  const columns = new Set(["order_id", "product_id"]);
  assert.equal(requestedRows({ order_id: "7", product_ids: undefined }, columns).most, Infinity);
  assert.equal(requestedRows({ order_id: "7", product_id: undefined }, columns).most, 1);
  assert.equal(requestedRows(requested, columns).most, 2);
});
