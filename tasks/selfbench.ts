import type { Command } from "commander";
import { readConfig } from "./config.ts";
import { parts, partsAskedFor } from "./selfbench/parts.ts";
import { command, main } from "./terminal/command.ts";
import { widthOf } from "./terminal/width.ts";
import { hang } from "./terminal/wrap.ts";

/** Its command line, as far as all parts share it. */
export function selfbenchCommand(): Command {
  const listed = Object.entries(parts).map(([name, { title }]) =>
    hang(`  ${name.padEnd(10)}`, title, widthOf().prose)
  );
  return command("selfbench", "Measure Benchbook against its peers, side by side on one server in one run.")
    .usage("[part] [options]")
    .addHelpText(
      "after",
      `\nParts (without one, all in turn):\n${
        listed.join("\n")
      }\n\ndeno task selfbench PART --help lists a part's options.`,
    );
}

/** The task itself. */
export async function run(args: readonly string[]): Promise<void> {
  const config = readConfig();
  const [first, ...rest] = args;
  if (first === undefined || !first.startsWith("-")) {
    for (const part of partsAskedFor(first)) await part.run(rest, config);
    return;
  }
  selfbenchCommand().parse(args, { from: "user" });
}

if (import.meta.main) await main(run);
