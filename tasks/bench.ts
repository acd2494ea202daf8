import { readConfig } from "./config.ts";
import { DEFAULT_SCENARIO, scenarioNames } from "./load/scenario.ts";
import { bench } from "./pipeline/bench.ts";
import { addBenchOptions, type BenchArguments } from "./pipeline/bench_options.ts";
import { findRate } from "./pipeline/find_rate.ts";
import { command, main } from "./terminal/command.ts";

await main(async () => {
  const config = readConfig();
  const task = addBenchOptions(
    command("bench", "Measure a scenario, store every timing and write the report."),
  )
    .addHelpText("after", `\nScenarios: ${scenarioNames(config.root).join(", ")}`);
  task.parse(Deno.args, { from: "user" });
  const given = task.opts<BenchArguments>();
  return await (given.findRate ? findRate : bench)(task.args[0] ?? DEFAULT_SCENARIO, given, config);
});
