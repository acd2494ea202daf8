import type { Command } from "commander";
import { readConfig } from "./config.ts";
import { DEFAULT_SCENARIO, scenarioNames } from "./load/scenario.ts";
import { benchRequest, searchRequest } from "./pipeline/request.ts";
import { addBenchOptions, type BenchArguments } from "./pipeline/bench_options.ts";
import type { ExitCode } from "./model/errors.ts";
import { checkHome } from "./stack/home.ts";
import { command, main } from "./terminal/command.ts";

/** Its command line. */
export function benchCommand(): Command {
  return addBenchOptions(command("bench", "Measure a scenario, store every timing and write the report."));
}

/** The task itself. */
export async function run(args: readonly string[]): Promise<ExitCode> {
  const config = readConfig();
  const task = benchCommand().addHelpText("after", `\nScenarios: ${scenarioNames(config.root).join(", ")}`);
  task.parse(args, { from: "user" });
  checkHome(config.home);
  const given = task.opts<BenchArguments>();
  const name = task.args[0] ?? DEFAULT_SCENARIO;
  // What measures is loaded once it is known that there is something to measure.
  if (given.findRate) {
    const request = await searchRequest(name, given, config);
    const { findRate } = await import("./pipeline/find_rate.ts");
    return await findRate(request, config);
  }
  const request = await benchRequest(name, given, config);
  const { bench } = await import("./pipeline/bench.ts");
  return await bench(request, config);
}

if (import.meta.main) await main(run);
