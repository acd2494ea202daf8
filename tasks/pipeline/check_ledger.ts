import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../config.ts";
import { checkLedger } from "../migrate/ledger/check/check_ledger.ts";
import { ExitCode } from "../model/errors.ts";
import { isTrusted } from "../model/ledger_check.ts";
import { withTrialPostgres } from "../stack/postgres_trial.ts";
import { ledgerCheckText } from "../terminal/ledger_check_text.ts";
import { openTerminal } from "../terminal/terminal.ts";
import { interruptSignal } from "./interrupt.ts";

/** Faults of each kind that are injected, and loads without any. */
const [FAULTS, CLEAN_RUNS] = [20, 100];

/** Checks the write ledger of migrations against writes whose truth is known, on an embedded server of their own. */
export async function checkOwnLedger({ home }: Pick<Config, "home">): Promise<ExitCode> {
  using interrupt = interruptSignal(home);
  const { signal } = interrupt;
  const terminal = openTerminal({ json: false });
  const check = await terminal.step(
    "Check the ledger against faults injected on purpose",
    (progress) =>
      withTrialPostgres(home, async (trial) => {
        const folder = join(trial.home, "spool");
        mkdirSync(folder);
        const value = await checkLedger({
          url: trial.url,
          folder,
          faults: FAULTS,
          cleanRuns: CLEAN_RUNS,
          signal,
          onProgress: progress,
        });
        return { value };
      }, signal),
  );
  terminal.print(`\n${ledgerCheckText(check, terminal.width)}`);
  return isTrusted(check) ? ExitCode.ok : ExitCode.verdictFailed;
}
