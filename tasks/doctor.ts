import type { Command } from "commander";
import { readConfig } from "./config.ts";
import type { ExitCode } from "./model/errors.ts";
import { checkOwnLedger } from "./pipeline/check_ledger.ts";
import { lookAround } from "./pipeline/look_around.ts";
import { checkHome } from "./stack/home.ts";
import { command, main } from "./terminal/command.ts";

/** Its command line. */
export function doctorCommand(): Command {
  return command(
    "doctor",
    "Check everything that a run depends on, say how to fix what is missing, and calibrate the load generator.",
  )
    .option("--no-calibrate", "skip the calibration, which takes a few seconds of CPU")
    .option(
      "--ledger",
      "instead check the write ledger of migrations: lose, double, overwrite, swap and reorder writes on purpose, and see that it " +
        "tells each, and nothing else",
    );
}

/** The task itself. */
export async function run(args: readonly string[]): Promise<ExitCode> {
  const options = doctorCommand().parse(args, { from: "user" }).opts<{ calibrate: boolean; ledger?: true }>();
  const config = readConfig();
  checkHome(config.home);
  return options.ledger ? await checkOwnLedger(config) : await lookAround(config, options);
}

if (import.meta.main) await main(run);
