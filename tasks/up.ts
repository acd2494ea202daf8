import { readConfig } from "./config.ts";
import { addDataOptions, type DataArguments } from "./pipeline/data_options.ts";
import { exploreStack } from "./pipeline/explore_stack.ts";
import { checkHome } from "./stack/home.ts";
import { command, main } from "./terminal/command.ts";

await main(async () => {
  const config = readConfig();
  const task = addDataOptions(
    command("up", "Start the stack with its data and leave it running, for exploring."),
  );
  task.parse(Deno.args, { from: "user" });
  checkHome(config.home);
  await exploreStack(task.opts<DataArguments>(), config);
});
