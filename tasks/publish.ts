import { type Command, InvalidArgumentError } from "commander";
import { readConfig } from "./config.ts";
import { publish, type PublishArguments } from "./pipeline/publish_task.ts";
import { checkHome } from "./stack/home.ts";
import { command, dbOption, main } from "./terminal/command.ts";

/** Its command line. */
export function publishCommand(): Command {
  return command("publish", "Write all stored runs as a static site, ready for any web server, or none.")
    .argument("<dir>", "where to: a folder that is empty, not there yet, or a site of before")
    .argument("[runs...]", "only these, and comparisons between them (default: all)")
    .option("--title <text>", "what its list is called (default: All runs)")
    .option("--url <url>", "where the site will be: links in its feed are absolute then", siteUrl)
    .option("--no-pdf", "make no PDF of reports that are rendered")
    .addOption(dbOption());
}

/** An address that links can begin with. */
function siteUrl(text: string): string {
  const url = URL.parse(text);
  if (
    url === null || !/^https?:$/.test(url.protocol) ||
    `${url.username}${url.password}${url.search}${url.hash}` !== ""
  ) {
    throw new InvalidArgumentError("Write it as https://host/path/, without user, query or fragment.");
  }
  return url.href.replace(/\/*$/, "/");
}

/** The task itself. */
export async function run(args: readonly string[]): Promise<void> {
  const config = readConfig();
  const task = publishCommand();
  task.parse(args, { from: "user" });
  checkHome(config.home);
  const [folder, ...runs] = task.args as [string, ...string[]];
  await publish(folder, { ...task.opts<PublishArguments>(), runs }, config);
}

if (import.meta.main) await main(run);
