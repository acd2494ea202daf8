import type { Command } from "commander";
import { readConfig } from "./config.ts";
import { listStoredRuns, removeRun } from "./pipeline/runs.ts";
import { storeFile } from "./pipeline/store_file.ts";
import { checkHome } from "./stack/home.ts";
import { command, dbOption, main, say } from "./terminal/command.ts";

/** Its command lines: `act` does what they ask for; without it they can be looked at. */
export function runsCommand(act?: { list(): Promise<void>; remove(run: string): Promise<void> }): Command {
  const task = command("runs", "List the stored runs, newest first.").addOption(dbOption());
  task.action(() => act?.list());
  task.command("rm").argument("<run>", "id, beginning of an id, label, latest or latest~1")
    .description("remove a run from the store, and its report")
    .helpOption("-h, --help", "show this help")
    .exitOverride()
    .action((reference: string) => act?.remove(reference));
  return task;
}

async function run(): Promise<void> {
  const config = readConfig();
  const task: Command = runsCommand({
    list: async () => say(await listStoredRuns(db())),
    remove: async (reference) => say(await removeRun(config, db(), reference)),
  });
  const db = () => storeFile(config, task.opts<{ db?: string }>().db);
  task.hook("preAction", () => checkHome(config.home));
  await task.parseAsync(Deno.args, { from: "user" });
}

if (import.meta.main) await main(run);
