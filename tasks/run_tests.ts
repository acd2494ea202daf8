import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { withSharedPostgres } from "./stack/testing_shared.ts";
import { command, main } from "./terminal/command.ts";
import { grouped } from "./testing/groups.ts";
import { closingLines, type FileResult, runFiles } from "./testing/run_files.ts";
import { inTurn, testFiles } from "./testing/test_files.ts";

/** Its command line. */
export function testCommand(): Command {
  return command(
    "test",
    "Run the tests that take minutes; --all adds the long ones, and checks the types.",
  )
    .argument("[files...]", "only these test files, and those of these folders")
    .addOption(
      new Option("--all", "also *_all_test.ts: faults in every variant, long fuzzing, whole stories"),
    )
    .addOption(new Option("--added", "only what --all adds").conflicts("all"));
}

export async function run(args: readonly string[]): Promise<void> {
  const task = testCommand().parse(args, { from: "user" });
  const { all, added } = task.opts<{ all?: boolean; added?: boolean }>();
  const part = all ? "all" : added ? "added" : "quick";
  const files = testFiles(import.meta.dirname!, part, task.args);
  const began = performance.now();
  // With what is long, for it takes half a minute of CPU, and meanwhile: tests wait. What is wrong is said last.
  const types = part === "quick" || task.args.length > 0 ? null : checkTypes();
  const { beside, alone } = inTurn(files);
  const groups = grouped(import.meta.dirname!, beside);
  const results = groups.length > 1
    ? await withSharedPostgres((env) => runFiles(groups, { jobs: jobs(), env, onEnd: show }))
    // What runs by itself starts what it needs.
    : await runFiles(groups, { jobs: 1, onEnd: show });
  const checked = await types;
  results.push(...await runFiles(alone.map((file) => [file]), { jobs: 1, onEnd: show }));
  if (checked !== null && !checked.success) await Deno.stderr.write(checked.stderr);
  console.log(closingLines(results, (performance.now() - began) / 1000).join("\n"));
  Deno.exit(results.some(({ failed }) => failed > 0) ? 1 : checked?.code);
}

/** Tests wait for services a good part of their time: two more at once than there are cores. */
function jobs(): number {
  return Number(Deno.env.get("DENO_JOBS")) || navigator.hardwareConcurrency + 2;
}

function show({ said }: FileResult): void {
  console.log(said);
}

function checkTypes(): Promise<Deno.CommandOutput> {
  return new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet", import.meta.dirname!, resolve(import.meta.dirname!, "../queries")],
    stdin: "null",
  }).output();
}

if (import.meta.main) await main(run);
