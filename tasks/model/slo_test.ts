import assert from "node:assert/strict";
import { UsageError } from "./errors.ts";
import { parseSlo } from "./slo.ts";

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

for (
  const [text, message] of [
    ["p95", /form is wrong/],
    ["p95<", /form is wrong/],
    ["p95<200", /the unit is missing/],
    ["p95>200ms", /needs "<"/],
    ["hit<80%", /needs ">"/],
    ["errors<200%", /percentage/],
    ["p101<1s", /between p0 and p100/],
    ["latency<1s", /"latency" is unknown/],
    ["throughput>fast", /requests a second/],
    ["p95<200ms,,errors<1%", /form is wrong/],
  ] as const
) {
  Deno.test(`the SLO "${text}" is refused as a usage error that says why`, () => {
    assert.throws(
      () => parseSlo(text),
      (error) => error instanceof UsageError && message.test(error.message),
    );
  });
}

Deno.test("a metric mistyped by a letter gets the nearest name", () => {
  assert.throws(() => parseSlo("erors<1%"), (error) => (error as UsageError).next!.includes('"errors"'));
});
