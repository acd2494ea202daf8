import { join } from "node:path";
import type { Config } from "../config.ts";
import { isFile } from "../files/entry.ts";
import { makeHistoryPage } from "../report/history_page.ts";
import type { WrittenPage } from "../report/page.ts";
import { keyOf, pageSources } from "../report/report_key.ts";
import { historyName } from "../stack/history_folder.ts";
import { isReport, prepareReports } from "../stack/reports_folder.ts";
import { ServiceError } from "../model/errors.ts";
import { openStore, type Store } from "../store/open.ts";
import { listRuns, withoutProbes } from "../store/runs.ts";
import { historyOf } from "../summary/history.ts";
import { sayJson } from "../terminal/command.ts";
import { historyText } from "../terminal/history_text.ts";
import { openTerminal } from "../terminal/terminal.ts";
import { contentOfRuns, historyKey } from "./history_key.ts";
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
  const { history, key } = await terminal.step("History", async () => {
    using store = await openStore(storeFile(config, db), { mode: "read" });
    const history = await historyOf(store, scenario);
    return {
      value: { history, key: await keyOfPage(store, history.scenario, config) },
      detail: history.scenario,
    };
  });
  const made = !report ? null : currentPage(history.scenario, key, { config, pdf }) ?? await reportStep(
    terminal,
    (onStep) => makeHistoryPage(history, { config, pdf, key, signal: interrupt.signal, onStep }),
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

/** As `publish` makes it, which need not make such a page again. */
async function keyOfPage(store: Store, scenario: string, { root, reports }: Config): Promise<string> {
  return historyKey(await pageSources(root), scenario, {
    runs: withoutProbes(await listRuns(store)),
    contents: await contentOfRuns(store),
    linked: (runId) => isReport(join(reports, runId)),
  });
}

/** The page that is there, where one made anew would be the same. */
function currentPage(
  scenario: string,
  key: string,
  { config, pdf }: { readonly config: Config; readonly pdf: boolean },
): WrittenPage | null {
  const folder = join(config.reports, historyName(scenario));
  const [html, printed, data] = ["index.html", "report.pdf", "history.json"].map((name) =>
    join(folder, name)
  ) as [
    string,
    string,
    string,
  ];
  if (keyOf(html) !== key || !isFile(data) || pdf && !isFile(printed)) return null;
  return { html, pdf: isFile(printed) ? printed : null, data, warnings: [] };
}
