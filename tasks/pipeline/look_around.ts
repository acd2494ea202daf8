import type { Config } from "../config.ts";
import type { Calibration } from "../model/calibration.ts";
import { BenchbookError, ExitCode } from "../model/errors.ts";
import { diagnose } from "../stack/doctor.ts";
import { calibrationText } from "../terminal/calibration_text.ts";
import { calibrationFinding, doctorText, notCalibrated } from "../terminal/doctor_text.ts";
import { openTerminal } from "../terminal/terminal.ts";
import { calibrate, calibrationFile, readCalibration } from "./calibrate.ts";
import { interruptSignal } from "./interrupt.ts";

/** Looks at all that a run depends on, calibrates the load generator, and says what follows from both. */
export async function lookAround(
  config: Config,
  options: { readonly calibrate: boolean },
): Promise<ExitCode> {
  const { signal } = interruptSignal(config.home);
  const terminal = openTerminal({ json: false });
  const findings = await terminal.step(
    "Check everything that a run depends on",
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
      table = calibrationText(
        calibration,
        calibrationFile(config.home),
        readCalibration(config.home),
        terminal.width.columns,
      );
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
