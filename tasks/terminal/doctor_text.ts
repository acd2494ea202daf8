import type { Calibration } from "../model/calibration.ts";
import { formatCount, listed } from "../model/units.ts";
import type { DoctorCheck } from "../stack/doctor.ts";
import { displayWidth, singleLine } from "./safe_text.ts";
import { type Width, widthOf } from "./width.ts";
import { hang } from "./wrap.ts";

const SYMBOLS = { ok: "✓", warn: "!", missing: "✗" } as const;

/** What a server or a system says in a finding may be long. */
const FINDING_COLUMNS = 600;

/** What a run does without: it leaves out what needs them, and says so. */
const DISPENSABLE = new Set(["Redis", "GraphQL", "HAProxy", "Browser"]);

/**
 * What `doctor` found, an entry each with what to do under it, and what follows from all of them.
 * @param details a table that stands between the two; empty: none
 */
export function doctorText(
  findings: readonly DoctorCheck[],
  details = "",
  { prose }: Width = widthOf(),
): string {
  const longest = Math.max(...findings.map(({ name }) => displayWidth(name)));
  const lines = findings.flatMap(({ name, state, text, fix }) => [
    entry(`${SYMBOLS[state]} ${name.padEnd(longest)}  `, text, prose),
    ...(fix === null ? [] : [entry(`${" ".repeat(longest + 4)}→ `, fix, prose)]),
  ]);
  return [lines.join("\n"), ...(details === "" ? [] : [details]), hang("", conclusion(findings), prose)].join(
    "\n\n",
  );
}

function entry(lead: string, text: string, columns: number): string {
  return hang(lead, singleLine(text, FINDING_COLUMNS), columns);
}

/** One sentence for one question: can a run be made here? */
function conclusion(findings: readonly DoctorCheck[]): string {
  const named = (state: DoctorCheck["state"]) =>
    findings.filter((each) => each.state === state).map(({ name }) => name);
  const missing = named("missing");
  const remarks = named("warn");
  const needed = missing.filter((name) => !DISPENSABLE.has(name));
  const also = remarks.length === 0
    ? ""
    : ` ${remarks.length === 1 ? "A remark" : "Remarks"} on ${listed(remarks)}: see above.`;
  if (needed.length > 0) {
    return `Not ready: ${listed(missing)}. Follow the arrows, then run deno task doctor again.${also}`;
  }
  if (missing.length > 0) {
    return `Partly ready: a run skips what needs ${listed(missing)}. Follow the arrows to fix that.${also}`;
  }
  return `Ready: everything that a run needs is there.${also}`;
}

/** What a calibration means for a run. */
export function calibrationFinding({ requestsPerSecond }: Calibration): DoctorCheck {
  const name = "Load generator";
  if (requestsPerSecond > 0) {
    const text = `sends on time up to ${formatCount(requestsPerSecond)} requests/s a worker`;
    return { name, state: "ok", text, fix: null };
  }
  return {
    name,
    state: "warn",
    text:
      "did not send on time at any rate: something else keeps the CPUs busy, and would keep a run from being valid",
    fix: "Run deno task doctor again when the machine is quiet.",
  };
}

/** That there is no calibration, and why. */
export function notCalibrated(why: string, fix: string | null): DoctorCheck {
  return { name: "Load generator", state: "warn", text: `not calibrated. ${why}`, fix };
}
