import { type Command, InvalidArgumentError, Option } from "commander";
import { readConfig } from "./config.ts";
import type { ExitCode } from "./model/errors.ts";
import { addDataOptions } from "./pipeline/data_options.ts";
import { type SeedArguments, seedTask } from "./pipeline/seed_task.ts";
import { datasets } from "./seed/catalog.ts";
import { checkHome } from "./stack/home.ts";
import { command, main } from "./terminal/command.ts";

/** Its command line. */
export function seedCommand(): Command {
  const names = Object.keys(datasets);
  const task = command("seed", "Load a data set into PostgreSQL, the same rows for the same seed.")
    .addOption(new Option("--dataset <name>", `data set: ${names.join(", ")}`).default("northwind"));
  return addDataOptions(task)
    .option("--workers <n>", "number of parallel connections; chosen automatically by default", workers)
    .option("--verify", "then check rows, keys, distributions and content, and print a table", false);
}

/** The task itself. */
export async function run(args: readonly string[]): Promise<ExitCode> {
  const config = readConfig();
  const task = seedCommand();
  task.parse(args, { from: "user" });
  checkHome(config.home);
  return await seedTask(task.opts<SeedArguments>(), config);
}

if (import.meta.main) await main(run);

function workers(text: string): number {
  const value = Number(text);
  if (!(Number.isInteger(value) && value >= 1 && value <= 64)) {
    throw new InvalidArgumentError("The number of workers must be a whole number from 1 to 64.");
  }
  return value;
}
