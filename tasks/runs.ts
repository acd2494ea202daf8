import type { Command } from "commander";
import { readConfig } from "./config.ts";
import { listStoredRuns, removeRun } from "./pipeline/runs.ts";
import { storeFile } from "./pipeline/store_file.ts";
import { checkHome } from "./stack/home.ts";
import { command, dbOption, main, say } from "./terminal/command.ts";

/** Its command lines: `act` does what they ask for; without it they can be looked at. */
export function runsCommand(
  act?: { list(given: { probes: boolean }): Promise<void>; remove(run: string): Promise<void> },
): Command {
  const task = command("runs", "List the stored runs, newest first; a search for a rate is one.")
    .option("--probes", "also list the runs made by searches for a rate", false)
    .addOption(dbOption());
  task.action((given: { probes: boolean }) => act?.list(given));
  task.command("rm").argument("<run>", "id, beginning of an id, label, latest or latest~1")
    .description("remove a run from the store, and its report; a search with all its probes")
    .helpOption("-h, --help", "show this help")
    .exitOverride()
    .action((reference: string) => act?.remove(reference));
  return task;
}

/** The task itself. */
export async function run(args: readonly string[]): Promise<void> {
  const config = readConfig();
  const task: Command = runsCommand({
    list: async (given) => say(await listStoredRuns(db(), given)),
    remove: async (reference) => say(await removeRun(config, db(), reference)),
  });
  const db = () => storeFile(config, task.opts<{ db?: string }>().db);
  task.hook("preAction", () => checkHome(config.home));
  await task.parseAsync(args, { from: "user" });
}

if (import.meta.main) await main(run);
