import { join } from "node:path";
import type { Command } from "commander";
import { readConfig } from "./config.ts";
import { type ExitCode, UsageError } from "./model/errors.ts";
import { parseDuration } from "./model/units.ts";
import { openJupyter } from "./notebook/open.ts";
import { runAll } from "./notebook/run_notebooks.ts";
import { interruptSignal } from "./pipeline/interrupt.ts";
import { storeFile } from "./pipeline/store_file.ts";
import { checkHome } from "./stack/home.ts";
import { openRun } from "./store/read.ts";
import { command, dbOption, main, say } from "./terminal/command.ts";

/** Its command line. */
export function notebookCommand(): Command {
  return command(
    "notebook",
    "Open the notebooks in Jupyter with the Deno kernel, or run them headless.",
  )
    .argument("[run]", "with --run: id, beginning of an id, label, latest or latest~1 (default: latest)")
    .option("--run", "run every notebook from first to last cell, without Jupyter")
    .option("--timeout <duration>", "with --run: time limit of a cell", "60s")
    .addOption(dbOption());
}

/** The task itself. */
export async function run(args: readonly string[]): Promise<ExitCode | void> {
  const task = notebookCommand();
  task.parse(args, { from: "user" });
  const { run: headless, timeout, db } = task.opts<{ run?: true; timeout: string; db?: string }>();
  const [reference] = task.args;
  const config = readConfig();
  checkHome(config.home);
  const directory = join(config.root, "notebooks");
  const timeoutMs = parseDuration(timeout, "timeout") * 1000;
  if (headless === undefined) {
    if (reference !== undefined || db !== undefined) {
      throw new UsageError(
        "Cannot open Jupyter on a certain run or store: only --run takes them",
        'Set `run` and `db` in the notebook instead, in its cell that is tagged "parameters".',
      );
    }
    return await openJupyter({ notebooks: directory, home: config.home });
  }
  const { run: found, db: store } = await openRun(reference, { db: storeFile(config, db) });
  const { signal } = interruptSignal(config.home);
  const parameters = { run: found.runId, db: store };
  return await runAll({ directory, parameters, timeoutMs, signal, print: say });
}

if (import.meta.main) await main(run);
