import type { Command } from "commander";
import { join } from "node:path";
import { readConfig } from "./config.ts";
import { freshPages } from "./docs/pages.ts";
import { command, main, say } from "./terminal/command.ts";

/** Its command line. */
export function docsCommand(): Command {
  return command("docs", "Write into README.md and docs/ what they take from the code.");
}

/** The task itself. */
export async function run(args: readonly string[]): Promise<void> {
  docsCommand().parse(args, { from: "user" });
  const { root } = readConfig();
  for (const [page, text] of await freshPages(root)) {
    const file = join(root, page);
    if (await Deno.readTextFile(file) === text) continue;
    await Deno.writeTextFile(file, text);
    say(`Wrote ${page}.`);
  }
}

if (import.meta.main) await main(run);
