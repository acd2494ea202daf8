import type { Config } from "../config.ts";
import { openStore } from "../store/open.ts";
import { historyOf } from "../summary/history.ts";
import { say } from "../terminal/command.ts";
import { historyText } from "../terminal/history_text.ts";
import { widthOf } from "../terminal/width.ts";
import { storeFile } from "./store_file.ts";

/** What `history` is asked for. */
export interface HistoryArguments {
  readonly db?: string;
  readonly json: boolean;
}

/** Says how a scenario's response times went from run to run. @param scenario the newest run's if absent */
export async function tellHistory(
  scenario: string | undefined,
  { db, json }: HistoryArguments,
  config: Config,
): Promise<void> {
  using store = await openStore(storeFile(config, db), { mode: "read" });
  const history = await historyOf(store, scenario);
  say(json ? JSON.stringify(history, null, 1) : historyText(history, widthOf().columns));
}
