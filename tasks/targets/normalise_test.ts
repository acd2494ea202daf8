import assert from "node:assert/strict";
import fc from "fast-check";
import { canonical, firstDifference, normaliseGraphql, normaliseSql } from "./normalise.ts";
import { isParsedAsWritten } from "../testing/json_keys.ts";

const same = (left: unknown, right: unknown) => firstDifference(canonical(left), canonical(right)) === null;

Deno.test("numbers are equal whatever type a client gives them", () => {
  for (
    const equal of [["1.50", 1.5], ["0.10", "0.1"], [12n, "12"], ["-0.00", 0], [
      1e21,
      "1000000000000000000000",
    ]]
  ) {
    assert(same(equal[0], equal[1]), `${equal}`);
  }
  for (
    const unequal of [["1.50", 1.51], ["9007199254740993", "9007199254740992"], [1000000000, 1000000001], [
      0,
      null,
    ]]
  ) {
    assert(!same(unequal[0], unequal[1]), `${unequal}`);
  }
});

Deno.test("long fractions agree within a billionth of their size, and no further", () => {
  assert(same("45.123456789012345678", 45.12345678901235));
  assert(!same("45.123456789012345678", 45.1234569));
  // Money of at most 15 digits is exact everywhere, so a cent is a difference.
  assert(!same("12345678901.01", "12345678901.02"));
});

Deno.test("decimal digits agree in full, however many; a double is held against the nearest one", () => {
  for (
    const [left, right] of [
      ["99999999999999.01", "99999999999999.99"],
      ["12345678901.123456", "12345678902.123456"],
      ["0.12345678901234567890", "0.12345678901234567891"],
      ["12345678901.123456", 12345678902.123456],
      ["99999999999999.01", 99999999999999.99],
    ]
  ) {
    assert(!same(left, right), `${left} ${right}`);
    assert(!same(right, left), `${right} ${left}`);
  }
  assert(same("99999999999999.010", "99999999999999.01"));
  assert(same("99999999999999.01", Number("99999999999999.01")));
  assert(same("12345678901.123456789", 12345678901.123456789));
  // Two sums of doubles, added in another order.
  assert(same(0.1 + 0.2, 0.3));
  assert(same(1234567.123456789, 1234567.1234567892));
});

Deno.test("a text with an exponent is no number, unless the other side is one", () => {
  assert(!same("1E5", "100000"));
  assert(!same("1E5", "1e5"));
  assert(same("1E5", "1E5"));
  assert(same("1e-7", 1e-7));
});

Deno.test("what is missing is not null", () => {
  const shape = { result: ["all"], map: { name: ["owner", "name"] } };
  const missing = normaliseGraphql({ all: [{ owner: {} }] }, shape);
  assert.deepEqual(firstDifference(normaliseSql([{ name: null }]), missing), {
    path: "[0].name",
    left: "null",
    right: "missing",
  });
  assert(!same({ a: undefined }, { a: null }));
  assert.deepEqual(
    firstDifference(normaliseSql([{ name: null }]), normaliseGraphql({ all: [{ owner: null }] }, shape)),
    null,
  );
});

Deno.test("a text that only looks like a number keeps what makes it a text", () => {
  assert(!same("05021", 5021));
  assert(!same("05021", "5021"));
  assert(!same("1.", 1));
  assert(!same("", 0));
});

Deno.test("times are compared in UTC, dates as they are", () => {
  assert(same("2024-03-01 12:00:00+02", "2024-03-01T10:00:00.000000Z"));
  assert(same("2024-03-01 10:00:00.120+00", new Date("2024-03-01T10:00:00.12Z")));
  assert(!same("2024-03-01T10:00:00Z", "2024-03-01T10:00:00.001Z"));
  assert(!same("2024-03-01", "2024-03-02"));
  assert(!same("2024-03-01T10:00:00", "2024-03-01T10:00:00Z"));
});

Deno.test("GraphQL's connections and names become SQL's lists and columns", () => {
  const sql = normaliseSql([{
    order_id: 1,
    freight: "2.50",
    order_details: [{ unit_price: 3, product: { name: "x" } }],
  }]);
  const graphql = normaliseGraphql(
    {
      orders: {
        nodes: [{
          orderId: 1,
          orderDetails: { nodes: [{ product: { name: "x" }, unitPrice: "3.00" }] },
          freight: 2.5,
        }],
      },
    },
    { result: ["orders", "nodes"], map: {} },
  );
  assert.equal(firstDifference(sql, graphql), null);
});

Deno.test("a mapping takes nested values to SQL's columns and leaves the rest", () => {
  const graphql = normaliseGraphql(
    {
      employees: {
        nodes: [{ employeeId: 1, orders: { totalCount: 3, aggregates: { sum: { freight: "4.0" } } } }],
      },
    },
    {
      result: ["employees", "nodes"],
      map: { orders: ["orders", "totalCount"], freight: ["orders", "aggregates", "sum", "freight"] },
    },
  );
  const sql = normaliseSql([{ employee_id: 1, orders: "3", freight: 4 }]);
  assert.equal(firstDifference(sql, graphql), null);
});

Deno.test("one object, one row and a single JSON column are the same answer; null is no row", () => {
  const row = { product_id: 1, name: "x" };
  const expected = normaliseSql([row]);
  assert.deepEqual(
    normaliseGraphql({ product: { productId: 1, name: "x" } }, { result: ["product"], map: {} }),
    expected,
  );
  assert.deepEqual(normaliseSql([{ product: row }]), expected);
  assert.deepEqual(normaliseSql([{ list: [row] }]), expected);
  assert.deepEqual(normaliseGraphql({ product: null }, { result: ["product"], map: {} }), []);
  assert.deepEqual(normaliseGraphql(null, { result: ["product"], map: {} }), normaliseSql([]));
});

Deno.test("the first difference is named by its path, with both values", () => {
  const left = canonical([{ id: 1 }, { id: 2, lines: [{ price: 1 }, { price: 2 }] }]);
  const at = (right: unknown) => firstDifference(left, canonical(right));
  assert.deepEqual(at([{ id: 1 }, { id: 2, lines: [{ price: 1 }, { price: 3 }] }]), {
    path: "[1].lines[1].price",
    left: "2",
    right: "3",
  });
  assert.deepEqual(at([{ id: 1 }, { id: 2, lines: [{ price: 1 }] }]), {
    path: "[1].lines",
    left: "2 rows",
    right: "1 row",
  });
  assert.deepEqual(at([{ id: 1, name: null }, { id: 2, lines: [] }]), {
    path: "[0].name",
    left: "missing",
    right: "null",
  });
  assert.deepEqual(at([{ id: "one" }]), { path: "[0].id", left: "1", right: '"one"' });
});

Deno.test("every JSON value equals itself, also after a round through text, and order of keys is nothing", () => {
  const values = fc.jsonValue().filter((value) => isParsedAsWritten(JSON.stringify(value)));
  fc.assert(fc.property(values, (value) => {
    assert.equal(firstDifference(canonical(value), canonical(value)), null);
    assert.equal(firstDifference(canonical(value), canonical(JSON.parse(JSON.stringify(value)))), null);
  }));
  assert(same({ a: 1, b: 2 }, { b: 2, a: 1 }));
});

Deno.test("a number and its decimal text are equal for every double of ordinary size", () => {
  fc.assert(fc.property(fc.double({ noNaN: true, min: -1e15, max: 1e15 }), (value) => {
    assert(same(value, String(value)));
    assert(same(value.toFixed(4), Number(value.toFixed(4))));
  }));
});

Deno.test("a list of GraphQL's may hold null and plain values where rows were expected", () => {
  const shape = { result: ["all"], map: { name: ["owner", "name"] } };
  assert.deepEqual(
    normaliseGraphql({ all: [null, 5, { owner: null }] }, shape),
    [null, canonical(5), { name: null }],
  );
});
