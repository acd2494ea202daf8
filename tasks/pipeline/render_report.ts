import type { Config } from "../config.ts";
import { makeReport } from "../report/report.ts";
import { openTerminal } from "../terminal/terminal.ts";
import { interruptSignal } from "./interrupt.ts";
import { storeFile } from "./store_file.ts";

/** Renders a stored run again and shows where its files are. */
export async function renderReport(
  runRef: string,
  { pdf, db }: { readonly pdf: boolean; readonly db?: string },
  config: Config,
): Promise<void> {
  const terminal = openTerminal({ json: false });
  const { signal } = interruptSignal(config.home);
  const made = await terminal.step("Report", async (progress) => {
    const report = await makeReport({
      config,
      db: storeFile(config, db),
      runRef,
      pdf,
      signal,
      onStep: progress,
    });
    return { value: report, detail: report.pdf === null ? "HTML" : "HTML and PDF" };
  });
  for (const warning of made.warnings) terminal.print(`• ${warning}`);
  terminal.print(`Report  ${made.html}`);
  if (made.pdf !== null) terminal.print(`PDF     ${made.pdf}`);
}
