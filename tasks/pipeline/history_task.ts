import type { Config } from "../config.ts";
import { makeHistoryPage } from "../report/history_page.ts";
import { prepareReports } from "../stack/reports_folder.ts";
import { ServiceError } from "../model/errors.ts";
import { openStore } from "../store/open.ts";
import { historyOf } from "../summary/history.ts";
import { sayJson } from "../terminal/command.ts";
import { historyText } from "../terminal/history_text.ts";
import { openTerminal } from "../terminal/terminal.ts";
import { interruptSignal } from "./interrupt.ts";
import { reportStep } from "./report_run.ts";
import { storeFile } from "./store_file.ts";

/** What `history` is asked for. */
export interface HistoryArguments {
  readonly db?: string;
  readonly json: boolean;
  readonly report: boolean;
  readonly pdf: boolean;
}

/** Says how a scenario's response times went from run to run. @param scenario the newest run's if absent */
export async function tellHistory(
  scenario: string | undefined,
  { db, json, report, pdf }: HistoryArguments,
  config: Config,
): Promise<void> {
  const terminal = openTerminal({ json });
  if (report) prepareReports(config.reports);
  using interrupt = interruptSignal(config.home);
  const history = await terminal.step("History", async () => {
    using store = await openStore(storeFile(config, db), { mode: "read" });
    const value = await historyOf(store, scenario);
    return { value, detail: value.scenario };
  });
  const made = !report ? null : await reportStep(
    terminal,
    (onStep) => makeHistoryPage(history, { config, pdf, signal: interrupt.signal, onStep }),
  );
  const written = made instanceof ServiceError ? null : made;
  for (const warning of written?.warnings ?? []) terminal.print(`• ${warning}`);
  terminal.print(`\n${historyText(history, terminal.width.columns)}\n`);
  if (written !== null) terminal.print(`Report  ${written.html}`);
  if (written !== null && written.pdf !== null) terminal.print(`PDF     ${written.pdf}`);
  if (json) sayJson(history, 1);
  // What was found is said all the same.
  if (made instanceof ServiceError) throw made;
}
