import type { Command } from "commander";
import { readConfig } from "./config.ts";
import type { Calibration } from "./model/calibration.ts";
import { BenchbookError, ExitCode } from "./model/errors.ts";
import { calibrate, calibrationFile } from "./pipeline/calibrate.ts";
import { interruptSignal } from "./pipeline/interrupt.ts";
import { diagnose } from "./stack/doctor.ts";
import { checkHome } from "./stack/home.ts";
import { calibrationText } from "./terminal/calibration_text.ts";
import { command, main } from "./terminal/command.ts";
import { calibrationFinding, doctorText, notCalibrated } from "./terminal/doctor_text.ts";
import { openTerminal } from "./terminal/terminal.ts";

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
  const terminal = openTerminal({ json: false });
  const findings = await terminal.step(
    "Look at everything that a run depends on",
    async () => ({ value: await diagnose(config, signal) }),
  );
  let table = "";
  if (options.calibrate) {
    const calibration = await terminal.step(
      "Calibrate the load generator; let the machine rest meanwhile",
      async () => ({ value: await calibrated(config.home, signal) }),
    );
    if (calibration instanceof BenchbookError) {
      findings.push(notCalibrated(calibration.message, calibration.next ?? null));
    } else {
      findings.push(calibrationFinding(calibration));
      table = calibrationText(calibration, calibrationFile(config.home), terminal.width.columns);
    }
  }
  terminal.print(`\n${doctorText(findings, table, terminal.width)}`);
  return findings.some(({ state }) => state === "missing") ? ExitCode.service : ExitCode.ok;
}

/** What is missing is said anyway, and a machine that is in use is no fault. */
async function calibrated(home: string, signal: AbortSignal): Promise<Calibration | BenchbookError> {
  try {
    return await calibrate(home, { signal });
  } catch (error) {
    if (signal.aborted || !(error instanceof BenchbookError)) throw error;
    return error;
  }
}

if (import.meta.main) await main(run);
