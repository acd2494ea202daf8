import type { Config } from "../config.ts";
import { makeHistoryPage } from "../report/history_page.ts";
import { prepareReports } from "../stack/reports_folder.ts";
import { openStore } from "../store/open.ts";
import { historyOf } from "../summary/history.ts";
import { sayJson } from "../terminal/command.ts";
import { historyText } from "../terminal/history_text.ts";
import { openTerminal } from "../terminal/terminal.ts";
import { interruptSignal } from "./interrupt.ts";
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
  const written = !report ? null : await terminal.step("Report", async (onStep) => {
    const value = await makeHistoryPage(history, { config, pdf, signal: interrupt.signal, onStep });
    return { value, detail: value.pdf === null ? "HTML" : "HTML and PDF" };
  });
  for (const warning of written?.warnings ?? []) terminal.print(`• ${warning}`);
  terminal.print(`\n${historyText(history, terminal.width.columns)}\n`);
  if (written !== null) terminal.print(`Report  ${written.html}`);
  if (written !== null && written.pdf !== null) terminal.print(`PDF     ${written.pdf}`);
  if (json) sayJson(history, 1);
}
