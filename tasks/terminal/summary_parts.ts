import { outcomeText, type RunSummary, sloOutcome } from "../model/summary.ts";
import { verdictText } from "../model/run.ts";
import { windowsText } from "../model/slo.ts";
import { formatIn, formatMs, intervalText, significant } from "../model/units.ts";
import { paragraph, singleLine } from "./safe_text.ts";

/** Of a label, which may be as long as its user likes. */
const LABEL_COLUMNS = 40;

/** The verdict, in capitals, and its reasons. */
export function headline({ verdict, reasons, run }: RunSummary): string {
  const word = verdict === null ? run.status : verdictText(verdict);
  const [first = "no target was set", ...others] = reasons.map((reason) => paragraph(reason, "    "));
  return [`${word.toUpperCase()}: ${first}`, ...others.map((reason) => `  ${reason}`)].join("\n");
}

/** What became of each target, a line each. */
export function sloText({ slo, run, verdict }: RunSummary): string {
  return slo.map((result) => {
    const { text, arm, measured, unit, windows } = result;
    const outcome = sloOutcome(result, { run, verdict });
    const near = outcome !== "not judged" && measured.warnings.some(({ code }) => code === "straddles-limit")
      ? ` (perhaps by chance: 95 % interval ${
        intervalText(measured.low, measured.high, (value) => formatIn(unit, value))
      })`
      : "";
    return `${outcomeText(outcome)}  ${singleLine(text)}  ${singleLine(arm)}: ${
      formatIn(unit, measured.value)
    }${near}${windows === null ? "" : ` (${windowsText(windows)})`}`;
  }).join("\n");
}

/** What to hold small differences against. */
export function generatorText({ run, validity: { lagMs, generator } }: RunSummary): string {
  const parts = [
    ...lagMs.p99 === null || run.config.loop === "closed"
      ? []
      : [`lag p99 ${formatMs(lagMs.p99)}, longest ${formatMs(lagMs.max)}`],
    ...generator.cpuPerRequestUs === null
      ? []
      : [`${significant(generator.cpuPerRequestUs, 3)} µs of CPU a request`],
    ...generator.gcLongestMs === null
      ? []
      : [`longest garbage collection ${formatMs(generator.gcLongestMs)}`],
    ...generator.nativeLoop === false ? ["by Deno's event loop"] : [],
    ...generator.realTime ? ["real-time priority"] : [],
    // A closed loop asks for none: nothing is due in it.
    ...generator.realTime === false && run.config.loop === "open"
      ? ["no real-time priority (sudo prlimit --pid $$ --rtprio=1 lets this shell have it)"]
      : [],
  ];
  return parts.length === 0 ? "" : `Generator: ${parts.join(", ")}`;
}

/** Doubts, and what was not to be had. */
export function notes({ warnings, environment, run }: RunSummary): string {
  const lines = [
    ...run.config.unavailableArms.filter(({ asked }) => !asked).map(({ arm, reason }) =>
      `Arm ${arm} not available: ${reason}`
    ),
    ...environment.unavailable,
    ...warnings.map(({ text }) => text),
  ];
  return [...new Set(lines)].map((line) => `• ${paragraph(line, "  ")}`).join("\n");
}

/** Under which id and label a run is stored. */
export function runLine({ run: { runId, label } }: RunSummary): string {
  return `Run ${runId}${label === null ? "" : ` (${singleLine(label, LABEL_COLUMNS)})`}`;
}
