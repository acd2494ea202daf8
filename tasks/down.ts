import { readConfig } from "./config.ts";
import { down } from "./stack/down.ts";
import { command, main, say } from "./terminal/command.ts";

await main(async () => {
  command("down", "Stop the services that Benchbook started.").parse(Deno.args, { from: "user" });
  const stopped = await down(readConfig());
  say(stopped.length === 0 ? "Nothing was running." : `Stopped ${stopped.join(", ")}.`);
});
