import assert from "node:assert/strict";
import { ExitCode } from "../model/errors.ts";
import { reportError } from "./command.ts";

Deno.test("what is aborted was interrupted: exit code 130, and no defect of ours", () => {
  const aborted = new AbortController();
  aborted.abort();
  const said: unknown[] = [];
  const original = console.error;
  console.error = (...words) => said.push(...words);
  try {
    assert.equal(reportError(aborted.signal.reason), ExitCode.interrupted);
  } finally {
    console.error = original;
  }
  assert.deepEqual(said, ["error: Interrupted"]);
});
