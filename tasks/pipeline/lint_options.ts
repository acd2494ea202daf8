import { type Command, InvalidArgumentError, Option } from "commander";
import { NEWEST } from "../lint/effects.ts";
import { OLDEST_MAJOR } from "../stack/postgres_server.ts";

/** Forms in which findings are printed. */
export const FORMATS = ["text", "markdown", "json", "sarif"] as const;

/** What the command line of `migrate lint` said. */
export interface LintArguments {
  readonly format: typeof FORMATS[number];
  /** A file with what the database is like. */
  readonly sizes?: string;
  /** Of PostgreSQL; that of the database without it. */
  readonly serverVersion?: number;
}

export function addLintOptions(command: Command): Command {
  return command
    .argument("<file...>", "files of SQL, or folders of them, in the order in which they are to run")
    .addOption(new Option("--format <format>", "how findings are printed").choices(FORMATS).default("text"))
    .option(
      "--sizes <file>",
      "a JSON file with the sizes of tables; the database that DATABASE_URL names is not asked then",
    )
    .option(
      "--server-version <number>",
      `PostgreSQL's, ${OLDEST_MAJOR} to ${NEWEST} (default: the database's, or ${NEWEST})`,
      version,
    );
}

function version(text: string): number {
  const found = Number(text);
  if (!Number.isInteger(found) || found < OLDEST_MAJOR || found > NEWEST) {
    throw new InvalidArgumentError(`It must be a number from ${OLDEST_MAJOR} to ${NEWEST}.`);
  }
  return found;
}
