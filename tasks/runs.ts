import { readConfig } from "./config.ts";
import { listStoredRuns, removeRun } from "./pipeline/runs.ts";
import { storeFile } from "./pipeline/store_file.ts";
import { checkHome } from "./stack/home.ts";
import { command, dbOption, main, say } from "./terminal/command.ts";

await main(async () => {
  const config = readConfig();
  const task = command("runs", "List the stored runs, newest first.").addOption(dbOption());
  const db = () => storeFile(config, task.opts<{ db?: string }>().db);
  task.hook("preAction", () => checkHome(config.home));
  task.action(async () => say(await listStoredRuns(db())));
  task.command("rm").argument("<run>", "id, beginning of an id, label, latest or latest~1")
    .description("remove a run from the store, and its report")
    .helpOption("-h, --help", "show this help")
    .exitOverride()
    .action(async (reference: string) => say(await removeRun(config, db(), reference)));
  await task.parseAsync(Deno.args, { from: "user" });
});
