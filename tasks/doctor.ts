import type { Command } from "commander";
import { readConfig } from "./config.ts";
import { BenchbookError, ExitCode } from "./model/errors.ts";
import { calibrate, calibrationFile } from "./pipeline/calibrate.ts";
import { interruptSignal } from "./pipeline/interrupt.ts";
import { diagnose } from "./stack/doctor.ts";
import { checkHome } from "./stack/home.ts";
import { calibrationText } from "./terminal/calibration_text.ts";
import { command, main, say } from "./terminal/command.ts";
import { doctorText } from "./terminal/doctor_text.ts";

/** Its command line. */
export function doctorCommand(): Command {
  return command(
    "doctor",
    "Look at everything that a run depends on, say how to mend what is missing, and calibrate the load generator.",
  )
    .option("--no-calibrate", "leave the calibration out, which takes some seconds of CPU");
}

async function run(): Promise<ExitCode> {
  const options = doctorCommand().parse(Deno.args, { from: "user" }).opts<{ calibrate: boolean }>();
  const config = readConfig();
  checkHome(config.home);
  const { signal } = interruptSignal(config.home);
  const findings = await diagnose(config, signal);
  say(doctorText(findings));
  if (options.calibrate) {
    say("\nCalibrating the load generator: let the machine rest for some seconds.\n");
    try {
      say(calibrationText(await calibrate(config.home, { signal }), calibrationFile(config.home)));
    } catch (error) {
      // What is missing was said above; a machine that is in use is no fault.
      if (signal.aborted || !(error instanceof BenchbookError)) throw error;
      say(`! Not calibrated. ${error.message}`);
    }
  }
  return findings.some(({ state }) => state === "missing") ? ExitCode.service : ExitCode.ok;
}

if (import.meta.main) await main(run);
