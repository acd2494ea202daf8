import assert from "node:assert/strict";
import { BenchbookError, ExitCode } from "../model/errors.ts";
import { monotonicUs } from "../net/clock.ts";
import { openTargets } from "./open_targets.ts";

/** Nothing listens there. */
const url = "postgres://somebody@127.0.0.1:1/nothing";

async function refusal(name: string): Promise<BenchbookError> {
  const arm = { name, target: { path: "sql" as const, url, session: "test" }, statements: [] };
  const opening = openTargets([arm], { connections: 1, nowUs: monotonicUs, seed: 1 });
  const error: unknown = await opening.then(() => null, (error) => error);
  assert.ok(error instanceof BenchbookError);
  return error;
}

Deno.test("what cannot be opened for an arm that is no path names the arm, and is otherwise said as ever", async () => {
  const [usual, named] = [await refusal("sql"), await refusal("tuned")];
  assert.match(usual.message, /^Cannot open 1 connection to PostgreSQL: /);
  assert.equal(named.message, `Cannot measure the arm tuned: ${usual.message}`);
  assert.ok(named.next);
  assert.equal(named.next, usual.next);
  assert.equal(named.exitCode, ExitCode.service);
});
