import assert from "node:assert/strict";
import { parseK6, parseK6Version } from "./k6.ts";

Deno.test("k6 tells its version, and what its extensions let a script import", () => {
  assert.deepEqual(
    parseK6Version(
      "k6 v0.51.0 (go1.23.12, linux/arm64)\nExtensions:\n" +
        "  github.com/grafana/xk6-output-prometheus-remote v0.5.0, xk6-prometheus-rw [output]\n" +
        "  github.com/grafana/xk6-sql v0.4.1, k6/x/sql [js]\n" +
        "  github.com/grafana/xk6-sql v1.0.1, k6/x/sql/driver/ramsql [js]\n",
    ),
    { version: "0.51.0", imports: ["k6/x/sql", "k6/x/sql/driver/ramsql"] },
  );
  assert.deepEqual(
    parseK6Version("k6 v0.36.0 (2022-01-24T09:50:03+0000/ff3f8df, go1.17.6, windows/amd64)\n"),
    {
      version: "0.36.0",
      imports: [],
    },
  );
  assert.equal(parseK6Version("sh: k6: not found"), null);
});

Deno.test("k6's rate counts only where none of its requests failed", () => {
  const counter = (count: number) => ({
    type: "counter",
    contains: "default",
    values: { count, rate: count / 4 },
  });
  const summary = (metrics: object) =>
    JSON.stringify({ state: { isStdErrTTY: false, testRunDurationMs: 4000 }, metrics });
  assert.deepEqual(parseK6(summary({ benchbook_answers: counter(1000) })), { rate: 250 });
  assert.deepEqual(
    parseK6(summary({ benchbook_answers: counter(1000), benchbook_failures: counter(0) })),
    { rate: 250 },
  );
  assert.deepEqual(parseK6(summary({ benchbook_answers: counter(1000), benchbook_failures: counter(1) })), {
    failure: "1 of its requests failed",
  });
  assert.deepEqual(parseK6(summary({})), { failure: "it counted no answer" });
  for (const text of ["", "{}", "null"]) {
    assert.deepEqual(parseK6(text), { failure: "its summary has no metrics" });
  }
});
