import assert from "node:assert/strict";
import { exampleSummary } from "../report/testing.ts";
import { confirmationCode, confirmationText, suspectsOf, undecided } from "./confirm_slower.ts";

/** A summary in which sql and graphql are slower than an arm `base`, which asks by SQL; files describe the arms that are named. */
function slower(described: readonly string[]) {
  const plain = exampleSummary();
  const [comparison] = plain.comparisons;
  const [arm] = plain.arms;
  const record = (name: string, path: string) => ({ ...arm!, name, path });
  return exampleSummary({
    arms: [record("base", "sql"), record("sql", "sql"), record("graphql", "graphql")],
    comparisons: ["sql", "graphql"].map((candidate) => ({
      ...comparison!,
      baseline: "base",
      candidate,
      verdict: "slower" as const,
    })),
    run: {
      ...plain.run,
      config: { ...plain.run.config, armFiles: described.map((name) => ({ name, file: "x" })) },
    },
  });
}

Deno.test("that another path is slower than the version before is no regression, unless a file describes it", () => {
  const named = (described: readonly string[]) =>
    suspectsOf(slower(described)).map(({ candidate }) => candidate);
  assert.deepEqual(named(["base"]), ["sql"]);
  assert.deepEqual(named(["base", "graphql"]), ["sql", "graphql"]);
  assert.deepEqual(named([]), []);
});

Deno.test("a run that says nothing of the system confirms nothing, and what is not found again is not called chance", () => {
  const { validity, run } = exampleSummary();
  assert.equal(undecided({ run, validity }), null);
  assert.equal(undecided({ run, validity: { ...validity, valid: false } }), "it is INVALID");
  assert.equal(undecided({ run: { ...run, status: "interrupted" }, validity }), "it was not finished");
  const suspects = slower(["base"]).comparisons;
  const told = { runId: "R", suspects, confirmed: [], fault: null };
  assert.equal(confirmationCode(told), 0);
  assert.equal(
    confirmationText(told),
    "Not confirmed: 2 comparisons looked slower, and measured again none was beyond chance.",
  );
  assert.equal(confirmationCode({ ...told, fault: "it is INVALID" }), 4);
  assert.equal(confirmationCode({ ...told, confirmed: suspects }), 1);
});
