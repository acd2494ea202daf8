import assert from "node:assert/strict";
import { ExitCode } from "../model/errors.ts";
import { command, reportError } from "./command.ts";

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

Deno.test("help names a default that is a word or a number, and not that a switch is off or a list empty", () => {
  const help = command("test", "Test.")
    .option("--rounds <n>", "how many", Number, 5)
    .option("--verify", "check it", false)
    .option("--set <key=value>", "a setting", (text: string) => text, {} as unknown as string)
    .helpInformation();
  assert.match(help, /how many \(default: 5\)/);
  assert.doesNotMatch(help, /default: (?!5)/);
});
