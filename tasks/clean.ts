import { readConfig } from "./config.ts";
import { UsageError } from "./model/errors.ts";
import { formatBytes } from "./model/units.ts";
import { clean, planClean } from "./stack/clean.ts";
import { keepKnownWrites } from "./undo/known_writes.ts";
import { command, main, say } from "./terminal/command.ts";
import { formatTable } from "./terminal/table.ts";

await main(async () => {
  const config = readConfig();
  const task = command(
    "clean",
    "Remove all local state: clusters, caches, the store and the reports of runs.",
  )
    .option("--writes", "instead take back what runs have left in the database", false)
    .option("-y, --yes", "do not ask", false);
  task.parse(Deno.args, { from: "user" });
  const given = task.opts<{ yes: boolean; writes: boolean }>();
  if (given.writes) {
    const { cleanWrites } = await import("./pipeline/clean_writes.ts");
    return await cleanWrites(config);
  }
  const targets = planClean(config);
  if (targets.length === 0) return say("There is nothing to remove.");
  say(formatTable([
    // What is to be removed is shown in full.
    { title: "path", align: "left", columns: 4096 },
    { title: "size", align: "right" },
    { title: "what", align: "left" },
  ], targets.map(({ path, what, bytes }) => [path, formatBytes(bytes), what])));
  if (!given.yes) {
    if (!Deno.stdin.isTerminal()) {
      throw new UsageError("Cannot ask whether to remove this: there is no terminal", "Give --yes.");
    }
    if (!confirm("Remove all of this?")) return say("Nothing was removed.");
  }
  keepKnownWrites(config.home);
  const { left } = await clean(config, targets);
  say(
    `Removed.${left.length === 0 ? "" : ` Left alone, as they are not Benchbook's: ${left.join(", ")}.`}`,
  );
});
