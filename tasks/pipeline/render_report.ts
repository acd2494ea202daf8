import type { Config } from "../config.ts";
import { makeRatePage } from "../report/find_rate_page.ts";
import type { WrittenPage } from "../report/page.ts";
import { makeReport, type Report } from "../report/report.ts";
import { openStore } from "../store/open.ts";
import { resolveRun } from "../store/runs.ts";
import { openTerminal } from "../terminal/terminal.ts";
import { interruptSignal } from "./interrupt.ts";
import { storedSearch } from "./stored_search.ts";
import { storeFile } from "./store_file.ts";

/** Renders a stored run or search again and shows where its files are. */
export async function renderReport(
  runRef: string,
  { pdf, db }: { readonly pdf: boolean; readonly db?: string },
  config: Config,
): Promise<void> {
  const terminal = openTerminal({ json: false });
  using interrupt = interruptSignal(config.home);
  const file = storeFile(config, db);
  const made = await terminal.step<Report | WrittenPage>("Report", async (progress) => {
    const options = { config, pdf, signal: interrupt.signal, onStep: progress };
    const found = await searchNamed(file, runRef, config);
    const report = found === null
      ? await makeReport({ ...options, db: file, runRef })
      : await makeRatePage(found, options);
    return { value: report, detail: report.pdf === null ? "HTML" : "HTML and PDF" };
  });
  for (const warning of made.warnings) terminal.print(`• ${warning}`);
  terminal.print(`Report  ${made.html}`);
  if (made.pdf !== null) terminal.print(`PDF     ${made.pdf}`);
}

/** The search that a reference means; null where it means a run. */
async function searchNamed(db: string, reference: string, config: Config) {
  using store = await openStore(db, { mode: "read" });
  const run = await resolveRun(store, reference);
  return run.kind === "find-rate" ? await storedSearch(store, config, run) : null;
}
