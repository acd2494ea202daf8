import assert from "node:assert/strict";
import { UsageError } from "./errors.ts";
import fc from "fast-check";
import { holdsLimit, parseSlo, resolveScope, type ScopeNames, windowsText } from "./slo.ts";

Deno.test("an SLO is read term by term with its units", () => {
  const terms = parseSlo("p95<200ms, errors<1%,hit>80%,throughput>100/s,max<1.5s");
  assert.deepEqual(terms.map(({ metric, level, limit, unit }) => [metric, level, limit, unit]), [
    ["quantile", 0.95, 200, "ms"],
    ["errors", null, 0.01, "%"],
    ["hit", null, 0.8, "%"],
    ["throughput", null, 100, "/s"],
    ["quantile", 1, 1500, "ms"],
  ]);
});

Deno.test("an SLO may be written as a summary writes it, with a space before the unit", () => {
  assert.deepEqual(
    parseSlo("p95 < 200 ms over 10 s,errors < 1 %,throughput > 100 /s").map(({ limit, windowSeconds }) => [
      limit,
      windowSeconds,
    ]),
    [[200, 10], [0.01, null], [100, null]],
  );
});

for (
  const [text, message] of [
    ["p95", /form is wrong/],
    ["p95<", /form is wrong/],
    ["p95<200", /limit of "p95<200", "200" .*the unit is missing/],
    ["p95>200ms", /needs "<"/],
    ["hit<80%", /needs ">"/],
    ["errors<0%", /no share lies below 0 %/],
    ["hit>100%", /no share lies above 100 %/],
    ["errors<200%", /percentage/],
    ["p101<1s", /between p0 and p100/],
    ["latency<1s", /"latency" is unknown/],
    ["throughput>fast", /requests a second/],
    ["p95<200ms,,errors<1%", /form is wrong/],
    ["p95<200ms over", /form is wrong/],
    ["p95<200ms over 10", /window of "p95<200ms over 10", "10" .*the unit is missing/],
    ["p95<200ms over 1500ms", /windows of 1500ms: a window has whole seconds/],
    ["p95<200ms over 2h", /at most an hour/],
    [": p95<200ms", /form is wrong/],
    ["sql: latency<1s", /"latency" is unknown/],
    ["stall>250ms", /needs "<"/],
    ["stall<250", /the unit is missing/],
    ["stall<250ms over 5s", /over windows of 5s: a stall is judged over the whole migration/],
  ] as const
) {
  Deno.test(`the SLO "${text}" is refused as a usage error that says why`, () => {
    assert.throws(
      () => parseSlo(text),
      (error) => error instanceof UsageError && message.test(error.message),
    );
  });
}

Deno.test("a stall is one of a path, or of any", () => {
  const names = { arms: ["sql", "graphql"], operations: ["order-by-id"], streams: ["main"] };
  const [any, own] = parseSlo("stall<250ms,graphql: stall<=1.5s", names);
  assert.deepEqual([any!.metric, any!.limit, any!.unit, any!.scope], ["stall", 250, "ms", null]);
  assert.deepEqual([own!.limit, own!.inclusive, own!.scope], [1500, true, "graphql"]);
  for (const scope of ["order-by-id", "sql/order-by-id", "stream:main"]) {
    assert.throws(
      () => parseSlo(`${scope}: stall<250ms`, names),
      (error) => error instanceof UsageError && /a stall is one of a path/.test(error.message),
    );
  }
});

Deno.test("a metric mistyped by a letter gets the nearest name", () => {
  assert.throws(() => parseSlo("erors<1%"), (error) => (error as UsageError).next!.includes('"errors"'));
});

const NAMES: ScopeNames = {
  arms: ["sql", "sql+cache", "graphql"],
  operations: ["product-by-id", "order-insert"],
  streams: ["checkout"],
};

Deno.test("a term has a scope before a colon and a window behind it", () => {
  const terms = parseSlo(
    "p95<200ms over 10s, graphql: p95<200ms,product-by-id : p99<50ms over 5s,sql+cache/order-insert: errors<1%," +
      "stream:checkout: shed<1% over 1m",
    NAMES,
  );
  assert.deepEqual(terms.map(({ scope, windowSeconds }) => [scope, windowSeconds]), [
    [null, 10],
    ["graphql", null],
    ["product-by-id", 5],
    ["sql+cache/order-insert", null],
    ["stream:checkout", 60],
  ]);
  assert.equal(terms[2]!.text, "product-by-id : p99<50ms over 5s");
  const none = { arm: null, operation: null, stream: null };
  assert.deepEqual(terms.map(({ scope }) => resolveScope(scope, NAMES)), [
    none,
    { ...none, arm: "graphql" },
    { ...none, operation: "product-by-id" },
    { ...none, arm: "sql+cache", operation: "order-insert" },
    { ...none, stream: "checkout" },
  ]);
});

for (
  const [scope, nearest] of [
    ["grapql", "graphql"],
    ["product-by-di", "product-by-id"],
    ["sql/order-inser", "sql/order-insert"],
    ["sqlcache/order-insert", "sql+cache/order-insert"],
    ["stream:chekout", "stream:checkout"],
  ] as const
) {
  Deno.test(`the unknown scope "${scope}" gets the nearest name`, () => {
    assert.throws(
      () => parseSlo(`errors<1%,${scope}: p95<1s`, NAMES),
      (error) =>
        error instanceof UsageError && error.message.includes(`"${scope}"`) &&
        error.next!.includes(`Did you mean "${nearest}"?`) &&
        error.next!.includes("arms sql, sql+cache, graphql"),
    );
    // Whoever does not know the names takes a scope as it is.
    assert.equal(parseSlo(`${scope}: p95<1s`)[0]!.scope, scope);
  });
}

Deno.test("every path, operation, pair and stream is a scope, and what it names comes out of it", () => {
  const some = <T>(values: readonly T[]) => fc.constantFrom(...values, null);
  fc.assert(fc.property(some(NAMES.arms), some(NAMES.operations), (arm, operation) => {
    const scope = [arm, operation].filter((name) => name !== null).join("/");
    const text = scope === "" ? "max<1s over 3s" : `${scope}: max<1s over 3s`;
    const [term] = parseSlo(text, NAMES);
    assert.deepEqual(resolveScope(term!.scope, NAMES), { arm, operation, stream: null });
    assert.deepEqual([term!.limit, term!.windowSeconds, term!.text], [1000, 3, text]);
  }));
});

Deno.test("what became of the windows is said in words", () => {
  const windows = { seconds: 10, judged: 41, tooThin: 3, failed: 5, worstAtUs: 41e6 };
  assert.equal(windowsText(windows), "worst from 41 s; of 44 windows 5 missed, 3 had too little data");
  assert.equal(
    windowsText({ ...windows, failed: 0 }),
    "worst from 41 s; of 44 windows 3 had too little data, the others hold",
  );
  assert.equal(windowsText({ ...windows, failed: 0, tooThin: 0 }), "worst from 41 s; all 41 windows hold");
  assert.equal(
    windowsText({ ...windows, judged: 0, failed: 0, worstAtUs: null }),
    "of 3 windows 3 had too little data",
  );
  assert.equal(
    windowsText({ ...windows, judged: 0, failed: 0, tooThin: 0, worstAtUs: null }),
    "no full window of 10 s",
  );
});

Deno.test("a value at the very limit holds it only where the term says so", () => {
  const at = (text: string, value: number) => holdsLimit(parseSlo(text)[0]!, value);
  assert.deepEqual([199.9, 200, 200.1].map((ms) => at("p95<200ms", ms)), [true, false, false]);
  assert.deepEqual([199.9, 200, 200.1].map((ms) => at("p95<=200ms", ms)), [true, true, false]);
  assert.deepEqual([0.79, 0.8, 0.81].map((share) => at("hit>80%", share)), [false, false, true]);
  assert.deepEqual([0.79, 0.8, 0.81].map((share) => at("hit>=80%", share)), [false, true, true]);
  assert.equal(at("errors<=0%", 0), true);
});
