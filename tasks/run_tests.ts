import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { withSharedPostgres } from "./stack/testing_shared.ts";
import { command, main } from "./terminal/command.ts";
import { inTurn, testFiles } from "./testing/test_files.ts";

/** Its command line. */
export function testCommand(): Command {
  return command(
    "test",
    "Check the types, and run the tests that take minutes; --all adds the long ones.",
  )
    .argument("[files...]", "only these test files, and those of these folders")
    .addOption(
      new Option("--all", "also *_all_test.ts: faults in every variant, long fuzzing, whole stories"),
    )
    .addOption(new Option("--added", "only what --all adds, without checking types").conflicts("all"));
}

async function run(args: readonly string[]): Promise<void> {
  const task = testCommand().parse(args, { from: "user" });
  const { all, added } = task.opts<{ all?: boolean; added?: boolean }>();
  const part = all ? "all" : added ? "added" : "quick";
  const files = testFiles(import.meta.dirname!, part, task.args);
  // Types are checked meanwhile: tests wait a good part of their time. What is wrong with them is said last.
  const types = added ? null : checkTypes();
  const { beside, alone } = inTurn(files);
  const code =
    await (beside.length > 1
      ? withSharedPostgres((env) => runTests(["--parallel", ...beside], env))
      // A file by itself starts what it needs.
      : runTests(beside));
  const checked = await types;
  const codeAlone = await runTests(alone);
  if (checked !== null && !checked.success) await Deno.stderr.write(checked.stderr);
  Deno.exit(code || codeAlone || checked?.code);
}

async function runTests(args: readonly string[], env: Record<string, string> = {}): Promise<number> {
  if (args.length === 0) return 0;
  const command = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", "--quiet", ...args],
    env,
    stdin: "null",
  });
  return (await command.spawn().status).code;
}

function checkTypes(): Promise<Deno.CommandOutput> {
  return new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet", import.meta.dirname!, resolve(import.meta.dirname!, "../queries")],
    stdin: "null",
  }).output();
}

if (import.meta.main) await main(run);
