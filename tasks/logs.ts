import type { Command } from "commander";
import { readConfig } from "./config.ts";
import { checkHome } from "./stack/home.ts";
import { command, main, say } from "./terminal/command.ts";
import { followLog, listLogs, logEnd, readLog } from "./stack/logs.ts";
import { printable } from "./terminal/safe_text.ts";

/** Its command line. */
export function logsCommand(): Command {
  return command("logs", "Show the log of a service; without a name, list the logs there are.")
    .argument("[service]", "postgres, redis, graphql …")
    .option(
      "-n, --lines <n>",
      "how many lines, counted from the end",
      (text) => Math.max(1, parseInt(text) || 100),
      100,
    )
    .option("-f, --follow", "keep showing new lines, until Ctrl-C", false);
}

/** The task itself. */
export async function run(args: readonly string[]): Promise<void> {
  const config = readConfig();
  const task = logsCommand();
  task.parse(args, { from: "user" });
  checkHome(config.home);
  const [service] = task.args;
  const { lines, follow } = task.opts<{ lines: number; follow: boolean }>();
  if (service === undefined) {
    const names = listLogs(config);
    say(names.length === 0 ? "There are no logs yet." : names.join("\n"));
    return;
  }
  // In a pipe it is the file as it is; a terminal would obey what a client has put into a server's log.
  const shown = (text: string) => Deno.stdout.isTerminal() ? printable(text) : text;
  const stop = new AbortController();
  if (follow) Deno.addSignalListener("SIGINT", () => stop.abort());
  // What is added while the last lines are shown comes behind them.
  const end = logEnd(config, service);
  console.log(shown(readLog(config, service, lines, end)));
  if (!follow) return;
  await followLog(
    config,
    service,
    (text) => Deno.stdout.writeSync(new TextEncoder().encode(shown(text))),
    stop.signal,
    end,
  );
}

if (import.meta.main) await main(run);
