import type { Command } from "commander";
import { readConfig } from "./config.ts";
import type { ExitCode } from "./model/errors.ts";
import { compare, type CompareArguments } from "./pipeline/compare_task.ts";
import { checkHome } from "./stack/home.ts";
import { command, dbOption, main } from "./terminal/command.ts";

const RUN = "id, beginning of an id, label, latest or latest~1; of a run of a series (--repeat) all of that";

/** Its command line. */
export function compareCommand(): Command {
  return command("compare", "Compare two stored runs, or series of runs: what changed, and what it did.")
    .argument("<base>", RUN)
    .argument("<candidate>", "the same")
    .option(
      "--ignore-fingerprint",
      "compare also runs that used other services or another machine, data set or load",
      false,
    )
    .option("--no-report", "make no page")
    .option("--no-pdf", "make no PDF")
    .option("--markdown <file>", "also write it as a comment for a pull request, in place of the one before")
    .option("--json", "print the comparison as JSON on stdout, all else on stderr", false)
    .addOption(dbOption());
}

/** The task itself. */
export async function run(args: readonly string[]): Promise<ExitCode> {
  const config = readConfig();
  const task = compareCommand();
  task.parse(args, { from: "user" });
  checkHome(config.home);
  const [base, candidate] = task.args as [string, string];
  return await compare(base, candidate, task.opts<CompareArguments>(), config);
}

if (import.meta.main) await main(run);
