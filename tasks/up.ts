import { Option } from "commander";
import { readConfig } from "./config.ts";
import { SCALES } from "./model/dataset.ts";
import { seedOption } from "./pipeline/bench_options.ts";
import { exploreStack, type UpArguments } from "./pipeline/explore_stack.ts";
import { command, main } from "./terminal/command.ts";

await main(async () => {
  const config = readConfig();
  const task = command("up", "Start the stack with its data and leave it running, for exploring.")
    .addOption(new Option("--scale <scale>", `size of the data: ${SCALES.join(", ")}`).default("small"))
    .addOption(seedOption())
    .option("--replace", "on your own server: replace the data set of another scale or seed", false);
  task.parse(Deno.args, { from: "user" });
  await exploreStack(task.opts<UpArguments>(), config);
});
