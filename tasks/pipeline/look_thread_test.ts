import assert from "node:assert/strict";
import { join } from "node:path";
import { UsageError } from "../model/errors.ts";
import { withTempDir } from "../store/testing.ts";
import { fixtureRecord } from "../summary/testing_record.ts";
import { LookThread } from "./look_thread.ts";

const run = fixtureRecord("20260314-092653-1f3a", 10, {});
const looked = {
  run: { ...run, config: { ...run.config, untilDecided: { margin: 0.05, looks: [10, 20] } } },
  arms: ["sql", "twin"].map((name, armId) => ({
    armId,
    name,
    path: "sql",
    role: armId === 0 ? "baseline" : "candidate",
    overrides: {},
  })) as never,
  operations: [],
  segments: [],
};

Deno.test("a look answers from its own thread, one thing at a time, until it is closed", () =>
  withTempDir(async (dir) => {
    const thread = await LookThread.open(join(dir, "looks.duckdb"), looked);
    const first = thread.ask({ kind: "compare", phases: [], rounds: 10 });
    await assert.rejects(thread.ask({ kind: "required", open: [], seconds: 9 }), RangeError);
    const found = await first;
    assert.ok(found.every(({ candidate, verdict }) => candidate === "twin" && verdict === "inconclusive"));
    assert.equal(await thread.ask({ kind: "required", open: [], seconds: 9 }), null);
    await thread.close();
  }));

Deno.test("what fails in a look's thread is the error that it was there, and the thread is gone", () =>
  withTempDir(async (dir) => {
    await assert.rejects(
      LookThread.open(dir, looked),
      (error) =>
        error instanceof Error && error.name === "BenchbookError" && /it is a folder/.test(error.message) &&
        (error as UsageError).exitCode === 2,
    );
    // It is not said when that run is to end.
    const thread = await LookThread.open(join(dir, "looks.duckdb"), { ...looked, run });
    await assert.rejects(thread.ask({ kind: "compare", phases: [], rounds: 10 }), /untilDecided|undefined/);
    await thread.close();
  }));
