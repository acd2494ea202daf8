import type { Command } from "commander";
import { readConfig } from "./config.ts";
import { down } from "./stack/down.ts";
import { command, main, say } from "./terminal/command.ts";

/** Its command line. */
export function downCommand(): Command {
  return command("down", "Stop the services that Benchbook started.");
}

/** The task itself. */
export async function run(args: readonly string[]): Promise<void> {
  downCommand().parse(args, { from: "user" });
  const stopped = await down(readConfig());
  say(stopped.length === 0 ? "Nothing was running." : `Stopped ${stopped.join(", ")}.`);
}

if (import.meta.main) await main(run);
