import { readConfig } from "./config.ts";
import { command, main } from "./terminal/command.ts";
import { followLog, listLogs, readLog } from "./stack/logs.ts";

await main(async () => {
  const config = readConfig();
  const task = command("logs", "Show the log of a service; without a name, list the logs there are.")
    .argument("[service]", "postgres, redis, graphql …")
    .option("-n, --lines <n>", "so many of the last lines", (text) => Math.max(1, parseInt(text) || 100), 100)
    .option("-f, --follow", "go on showing what is added, until Ctrl-C", false);
  task.parse(Deno.args, { from: "user" });
  const [service] = task.args;
  const { lines, follow } = task.opts<{ lines: number; follow: boolean }>();
  if (service === undefined) {
    const names = listLogs(config);
    console.log(names.length === 0 ? "There are no logs yet." : names.join("\n"));
    return;
  }
  console.log(readLog(config, service, lines));
  if (!follow) return;
  const stop = new AbortController();
  Deno.addSignalListener("SIGINT", () => stop.abort());
  await followLog(
    config,
    service,
    (text) => Deno.stdout.writeSync(new TextEncoder().encode(text)),
    stop.signal,
  );
});
