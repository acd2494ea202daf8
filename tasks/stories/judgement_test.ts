import assert from "node:assert/strict";
import type { ValidityCheck } from "../model/validity.ts";
import { exampleSummary } from "../report/testing.ts";
import { assertMeasured, isInvalidByLoad } from "./judgement.ts";

const { validity, slo: [example] } = exampleSummary();

/** A summary with these rules broken. */
function summary(
  verdict: "pass" | "fail" | "inconclusive" | "invalid" | null,
  ...broken: ValidityCheck["name"][]
) {
  const checks = validity.checks.map((check) => ({ ...check, ok: !broken.includes(check.name) }));
  return { verdict, reasons: [], slo: [], validity: { ...validity, valid: broken.length === 0, checks } };
}

Deno.test("a story's run must end with the verdict that it promises, and with its exit code", () => {
  assertMeasured(0, summary("pass"), "pass");
  assertMeasured(1, summary("fail"), "fail");
  assertMeasured(0, summary(null), "no target");
  assert.throws(() => assertMeasured(0, summary("fail"), "pass"));
  assert.throws(() => assertMeasured(0, summary("pass"), "fail"));
  assert.throws(() => assertMeasured(3, summary("pass"), "pass"));
  assert.throws(() => assertMeasured(0, summary("fail"), "fail"));
});

Deno.test("INVALID is accepted only with exit code 4, and only where the generator was held up", () => {
  assertMeasured(4, summary("invalid", "on-time"), "pass");
  assertMeasured(4, summary("invalid", "generator-gap", "arrivals"), "fail");
  const unsampled = summary("invalid", "samples");
  const cause = "processes waited for a CPU";
  const checks = unsampled.validity.checks.map((check) => check.ok ? check : { ...check, cause });
  assertMeasured(4, { ...unsampled, validity: { ...unsampled.validity, checks } }, "pass");
  assert.throws(() => assertMeasured(0, summary("invalid", "on-time"), "pass"));
  for (const broken of [[], ["arrivals"], ["samples"], ["slots"], ["slots", "on-time"]] as const) {
    assert.throws(() => assertMeasured(4, summary("invalid", ...broken), "pass"), `${broken}`);
  }
});

Deno.test("of a command with another exit code INVALID is accepted by the same rule, whichever of its runs it is", () => {
  const held = summary("invalid", "generator-gap");
  assert.ok(isInvalidByLoad(4, [held]));
  assert.ok(isInvalidByLoad(4, [summary("pass"), held]));
  assert.ok(!isInvalidByLoad(1, [held]));
  assert.ok(!isInvalidByLoad(4, [summary("pass")]));
  assert.ok(!isInvalidByLoad(4, []));
  assert.throws(() => isInvalidByLoad(4, [summary("invalid", "slots"), held]));
});

Deno.test("where response times are the machine's, a run may miss them, and nothing else", () => {
  const missing = (metric: "quantile" | "errors") => ({
    ...summary("fail"),
    slo: [{ ...example!, ok: false, term: { ...example!.term, metric } }],
  });
  assertMeasured(0, summary("pass"), "judged");
  assertMeasured(0, summary("inconclusive"), "judged");
  assertMeasured(1, missing("quantile"), "judged");
  assert.throws(() => assertMeasured(1, missing("errors"), "judged"));
  assert.throws(() => assertMeasured(0, missing("quantile"), "judged"));
  assert.throws(() => assertMeasured(0, summary(null), "judged"));
});
