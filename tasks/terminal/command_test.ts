import assert from "node:assert/strict";
import { ExitCode, ServiceError, UsageError } from "../model/errors.ts";
import { command, reportError } from "./command.ts";

/** How a task ends with an error, and what it says of it. */
function reported(error: unknown): { readonly code: ExitCode; readonly said: readonly unknown[] } {
  const said: unknown[] = [];
  const original = console.error;
  console.error = (...words) => said.push(...words);
  try {
    return { code: reportError(error), said };
  } finally {
    console.error = original;
  }
}

Deno.test("what is aborted was interrupted: exit code 130, and no defect of ours", () => {
  const aborted = new AbortController();
  aborted.abort();
  assert.deepEqual(reported(aborted.signal.reason), {
    code: ExitCode.interrupted,
    said: ["error: Interrupted"],
  });
});

Deno.test("what to do, and what is left besides, stands a line each, and nothing in it is obeyed", () => {
  const error = new ServiceError("Cannot reach Redis: no", "Check that it runs.\n  Keys are left: \x1b[2J.");
  assert.deepEqual(reported(error), {
    code: ExitCode.service,
    said: ["error: Cannot reach Redis: no", "  Check that it runs.", "  Keys are left: \\x1b[2J."],
  });
});

Deno.test("a password that a message repeats with its URL is not said", () => {
  const error = new UsageError(
    "Cannot use postgres://u:S3cret@h/db: no",
    "Not postgres://h/db?sslpassword=S3cret&a=b, http://h:5678/graphql or redis://:S3cret@h.",
  );
  assert.deepEqual(reported(error), {
    code: ExitCode.usage,
    said: [
      "error: Cannot use postgres://u:***@h/db: no",
      "  Not postgres://h/db?sslpassword=***&a=b, http://h:5678/graphql or redis://:***@h.",
    ],
  });
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

Deno.test("what went wrong first is said, whatever closing met after it", async () => {
  const first = new ServiceError("Cannot load: no room");
  const error = await (async () => {
    await using _closing = { [Symbol.asyncDispose]: () => Promise.reject(new Error("cannot be closed")) };
    throw first;
  })().catch((error) => error);
  assert.deepEqual(reported(error), { code: ExitCode.service, said: ["error: Cannot load: no room"] });
});
