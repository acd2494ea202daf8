import type { Command } from "commander";
import { readConfig } from "./config.ts";
import type { ExitCode } from "./model/errors.ts";
import { addMigrateOptions, type MigrateArguments } from "./pipeline/migrate_options.ts";
import { MIGRATE_PARTS } from "./pipeline/migrate_parts.ts";
import { checkHome } from "./stack/home.ts";
import { command, main } from "./terminal/command.ts";

/** Its command line. */
export function migrateCommand(): Command {
  return addMigrateOptions(
    command(
      "migrate",
      "Change a loaded database, and say whether users felt it and whether a write was lost.",
    ),
  );
}

/** The task itself. */
export async function run(args: readonly string[]): Promise<ExitCode | void> {
  const config = readConfig();
  const [first = "", ...others] = args;
  if (Object.hasOwn(MIGRATE_PARTS, first)) {
    const part = MIGRATE_PARTS[first]!;
    return await part.run(part.make().parse(others, { from: "user" }), config);
  }
  const task = migrateCommand().parse([...args], { from: "user" });
  const given = task.opts<MigrateArguments>();
  if (given.list) {
    const { tellMigrations } = await import("./pipeline/migration_list.ts");
    return await tellMigrations(config.root);
  }
  checkHome(config.home);
  const { migrateRequests } = await import("./pipeline/migrate_request.ts");
  const requests = await migrateRequests(task.args[0], given, config);
  // What measures is loaded once it is known that there is something to measure.
  const { migrate } = await import("./pipeline/migrate.ts");
  return await migrate(requests, config);
}

if (import.meta.main) await main(run);
