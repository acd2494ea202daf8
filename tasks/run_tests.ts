import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { command, main } from "./terminal/command.ts";
import { testFiles } from "./testing/test_files.ts";

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

async function run(): Promise<void> {
  const task = testCommand().parse(Deno.args, { from: "user" });
  const { all, added } = task.opts<{ all?: boolean; added?: boolean }>();
  const part = all ? "all" : added ? "added" : "quick";
  const files = testFiles(import.meta.dirname!, part, task.args);
  // Types are checked meanwhile: tests wait a good part of their time. What is wrong with them is said last.
  const types = added ? null : checkTypes();
  const tests = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", "--quiet", "--parallel", ...files],
    stdin: "null",
  }).spawn().status;
  const checked = await types;
  if (checked !== null && !checked.success) await Deno.stderr.write(checked.stderr);
  Deno.exit(tests.success ? checked?.code ?? 0 : tests.code);
}

function checkTypes(): Promise<Deno.CommandOutput> {
  return new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet", import.meta.dirname!, resolve(import.meta.dirname!, "../queries")],
    stdin: "null",
  }).output();
}

if (import.meta.main) await main(run);
