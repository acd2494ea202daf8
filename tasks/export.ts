import type { Command } from "commander";
import { readConfig } from "./config.ts";
import { type ExportArguments, exportRun } from "./pipeline/export_task.ts";
import { checkHome } from "./stack/home.ts";
import { command, dbOption, main } from "./terminal/command.ts";

/** Its command line. */
export function exportCommand(): Command {
  return command("export", "Write a stored run for other programs: Parquet, CSV, JSON and OpenMetrics text.")
    .argument("<run>", "id, beginning of an id, label, latest or latest~1")
    .argument("[folder]", "where to, a folder that is empty or not there yet (default: export-RUN)")
    .addOption(dbOption());
}

/** The task itself. */
export async function run(args: readonly string[]): Promise<void> {
  const config = readConfig();
  const task = exportCommand();
  task.parse(args, { from: "user" });
  checkHome(config.home);
  const [reference, folder] = task.args as [string, string | undefined];
  await exportRun(reference, folder, task.opts<ExportArguments>(), config);
}

if (import.meta.main) await main(run);
