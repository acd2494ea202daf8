import { Option } from "commander";
import { readConfig } from "./config.ts";
import { UsageError } from "./model/errors.ts";
import { SCALES } from "./model/dataset.ts";
import { hint } from "./model/suggest.ts";
import { seedOption } from "./pipeline/bench_options.ts";
import { type SeedArguments, seedTask } from "./pipeline/seed_task.ts";
import { datasets } from "./seed/catalog.ts";
import { command, main } from "./terminal/command.ts";

await main(async () => {
  const config = readConfig();
  const names = Object.keys(datasets);
  const task = command("seed", "Load a data set into PostgreSQL, the same rows for the same seed.")
    .addOption(new Option("--dataset <name>", `data set: ${names.join(", ")}`).default("northwind"))
    .addOption(new Option("--scale <scale>", `size: ${SCALES.join(", ")}`).default("small"))
    .addOption(seedOption())
    .option("--replace", "on your own server: replace the data set of another scale or seed", false);
  task.parse(Deno.args, { from: "user" });
  const given = task.opts<SeedArguments>();
  if (!names.includes(given.dataset)) {
    throw new UsageError(
      `Cannot seed the data set "${given.dataset}": it is unknown`,
      hint(given.dataset, names),
    );
  }
  await seedTask(given, config);
});
