import type { Command } from "commander";
import { readConfig } from "./config.ts";
import { type HistoryArguments, tellHistory } from "./pipeline/history_task.ts";
import { checkHome } from "./stack/home.ts";
import { command, dbOption, main } from "./terminal/command.ts";

/** Its command line. */
export function historyCommand(): Command {
  return command(
    "history",
    "Show how a scenario's response times went from run to run, and where they changed.",
  )
    .argument("[scenario]", "name of a scenario (default: that of the newest run)")
    .option("--no-report", "make no page")
    .option("--no-pdf", "make no PDF")
    .option("--json", "print it as JSON on stdout, all else on stderr", false)
    .addOption(dbOption());
}

/** The task itself. */
export async function run(args: readonly string[]): Promise<void> {
  const config = readConfig();
  const task = historyCommand();
  task.parse(args, { from: "user" });
  checkHome(config.home);
  await tellHistory(task.args[0], task.opts<HistoryArguments>(), config);
}

if (import.meta.main) await main(run);
