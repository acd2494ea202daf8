import { type Command, Option } from "commander";
import { readConfig } from "./config.ts";
import type { ExitCode } from "./model/errors.ts";
import { formatBytes } from "./model/units.ts";
import { keepKnown } from "./pipeline/keep_known.ts";
import { clean, planClean } from "./stack/clean.ts";
import { checkHome } from "./stack/home.ts";
import { mayRemove } from "./terminal/ask.ts";
import { command, main, say } from "./terminal/command.ts";
import { formatTable } from "./terminal/table.ts";

/** Its command line. */
export function cleanCommand(): Command {
  return command(
    "clean",
    "Remove all local state: clusters, caches, the store and the reports of runs.",
  )
    .option("--writes", "instead take back what runs have left in the database", false)
    .addOption(
      new Option("--database", "instead remove what Benchbook has put into the database of DATABASE_URL")
        .default(false).conflicts("writes"),
    )
    .option("-y, --yes", "do not ask", false);
}

/** The task itself. */
export async function run(args: readonly string[]): Promise<ExitCode | void> {
  const config = readConfig();
  const task = cleanCommand();
  task.parse(args, { from: "user" });
  checkHome(config.home);
  const given = task.opts<{ yes: boolean; writes: boolean; database: boolean }>();
  if (given.writes) {
    const { cleanWrites } = await import("./pipeline/clean_writes.ts");
    return await cleanWrites(config, given.yes);
  }
  if (given.database) {
    const { cleanDatabase } = await import("./pipeline/clean_database.ts");
    return await cleanDatabase(config, given.yes);
  }
  const targets = planClean(config);
  if (targets.length === 0) return say("There is nothing to remove.");
  say(formatTable([
    // What is to be removed is shown in full.
    { title: "path", align: "left", columns: 4096, least: 4096 },
    { title: "size", align: "right" },
    { title: "what", align: "left" },
  ], targets.map(({ path, what, bytes }) => [path, formatBytes(bytes), what])));
  if (!mayRemove("Remove all of this?", given.yes)) return say("Nothing was removed.");
  await keepKnown(config.home);
  const { left } = await clean(config, targets);
  say(
    `Removed.${left.length === 0 ? "" : ` Left alone, as they are not Benchbook's: ${left.join(", ")}.`}`,
  );
}

if (import.meta.main) await main(run);
