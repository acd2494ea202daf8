import type { Command } from "commander";
import { readConfig } from "./config.ts";
import { addDataOptions, type DataArguments } from "./pipeline/data_options.ts";
import { exploreStack } from "./pipeline/explore_stack.ts";
import { checkHome } from "./stack/home.ts";
import { command, main } from "./terminal/command.ts";

/** Its command line. */
export function upCommand(): Command {
  return addDataOptions(
    command("up", "Start the stack with the data of a scenario and leave it running, for exploring.")
      .argument("[scenario]", "name of a scenario, or path of a scenario file; without one: northwind"),
  );
}

/** The task itself. */
export async function run(args: readonly string[]): Promise<void> {
  const config = readConfig();
  const task = upCommand();
  task.parse(args, { from: "user" });
  checkHome(config.home);
  await exploreStack(task.args[0], task.opts<DataArguments>(), config);
}

if (import.meta.main) await main(run);
