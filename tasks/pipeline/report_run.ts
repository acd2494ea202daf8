import { ExitCode, ServiceError } from "../model/errors.ts";
import { exitCodeOf } from "../summary/verdict.ts";
import { sayJson } from "../terminal/command.ts";
import { headline, runLine } from "../terminal/summary_parts.ts";
import { summaryText } from "../terminal/summary_text.ts";
import type { StepProgress, Terminal } from "../terminal/terminal.ts";
import type { BenchArguments } from "./bench_options.ts";
import type { Summarised } from "./store_run.ts";

/** What of a run is reported. */
type Reportable =
  & Pick<Summarised, "runId" | "config" | "db" | "terminal" | "signal" | "summary" | "crash" | "left">
  & {
    readonly given: Pick<BenchArguments, "report" | "pdf" | "json">;
  };

/** A run with its report, where one was wanted. */
export type Reported<Run extends Reportable = Summarised> = Run & {
  readonly warnings: readonly string[];
  /** Why there is no report; null where there is one, or where none was wanted. */
  readonly unreported: ServiceError | null;
};

/** Renders a run that is judged. */
export async function report<Run extends Reportable>(summarised: Run): Promise<Reported<Run>> {
  const { runId, given, config, db, terminal, signal } = summarised;
  // An interrupted user wants to leave: the report can be had later.
  if (!given.report || signal.aborted) return { ...summarised, warnings: [], unreported: null };
  const made = await reportStep(terminal, async (onStep) => {
    // Charts, templates and the browser's driver: half of all that is loaded, and not before it is wanted.
    const { makeReport } = await import("../report/report.ts");
    return await makeReport({ config, db, runRef: runId, pdf: given.pdf, signal, onStep });
  });
  if (made instanceof ServiceError) return { ...summarised, warnings: [], unreported: made };
  return { ...summarised, summary: made.summary, warnings: made.warnings, unreported: null };
}

/** What was found is said also where its report cannot be written: that error is returned, and told last. */
export async function reportStep<T extends { readonly pdf: string | null }>(
  terminal: Terminal,
  make: (onStep: StepProgress) => Promise<T>,
): Promise<T | ServiceError> {
  try {
    return await terminal.step("Report", async (progress) => {
      const made = await make(progress);
      return { value: made, detail: made.pdf === null ? "HTML" : "HTML and PDF" };
    });
  } catch (error) {
    if (error instanceof ServiceError) return error;
    throw error;
  }
}

/** A script that looks at the exit code alone would take the run for a pass. */
const INCONCLUSIVE =
  "\nExit code 0 says only that no target was missed. Not every target was judged: see the first lines.";

/** Says what came of a run. @param brief only its verdict and its name, as of one of several */
export function tell(
  { runId, crash, left, summary, warnings, unreported, given, db, terminal, signal }: Reported<Reportable>,
  { brief = false }: { readonly brief?: boolean } = {},
): ExitCode {
  const text = brief
    ? `${headline(summary)}\n\n${runLine(summary)}`
    : summaryText(summary, terminal.width.columns);
  terminal.print(`\n${text}`);
  for (const warning of warnings) terminal.print(`• ${warning}`);
  if (crash !== null) terminal.print(`The run ended early: ${crash}. What was measured until then is kept.`);
  const { html, pdf } = summary.files;
  if (html === null) terminal.print(`Report  not made: deno task report ${runId} makes it`);
  else terminal.print(`Report  ${html}`);
  if (pdf !== null) terminal.print(`PDF     ${pdf}`);
  if (!brief) terminal.print(`Store   ${db}`);
  if (left.length > 0) {
    terminal.print(`\nThe run left something behind:\n${left.map((line) => `  ${line}`).join("\n")}`);
  }
  if (given.json) sayJson(summary);
  const code = signal.aborted ? ExitCode.interrupted : exitCodeOf(summary);
  if (code === ExitCode.ok && summary.verdict === "inconclusive") terminal.print(INCONCLUSIVE);
  if (unreported !== null && !signal.aborted) throw unreported;
  return code;
}
