import type { Command } from "commander";
import { readConfig } from "./config.ts";
import { renderReport } from "./pipeline/render_report.ts";
import { checkHome } from "./stack/home.ts";
import { command, dbOption, main } from "./terminal/command.ts";

/** Its command line. */
export function reportCommand(): Command {
  return command("report", "Render a run again from what is stored.")
    .argument("[run]", "id, beginning of an id, label, latest or latest~1", "latest")
    .option("--no-pdf", "make no PDF")
    .addOption(dbOption());
}

/** The task itself. */
export async function run(args: readonly string[]): Promise<void> {
  const config = readConfig();
  const task = reportCommand();
  task.parse(args, { from: "user" });
  checkHome(config.home);
  await renderReport(task.args[0] ?? "latest", task.opts<{ pdf: boolean; db?: string }>(), config);
}

if (import.meta.main) await main(run);
