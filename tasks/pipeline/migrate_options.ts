import { type Command, InvalidArgumentError, Option } from "commander";
import type { Variant } from "../model/migration.ts";
import { dbOption } from "../terminal/command.ts";
import { addArmOptions } from "./arm_options.ts";
import type { BenchArguments } from "./bench_options.ts";
import { addLoadOptions, addRunOptions } from "./run_options.ts";
import { addDataOptions } from "./data_options.ts";

/** What the command line said, as text. */
export interface MigrateArguments extends BenchArguments {
  readonly list?: boolean;
  /** Both without it. */
  readonly variant?: Exclude<Variant, "own">;
  /** The scenario whose load is made. */
  readonly scenario?: string;
  /** The user's own database, by its name, which is changed itself; of a move both, `source,target`. */
  readonly inPlace?: string;
  /** Whether a move to another server is made back again. */
  readonly andBack: boolean;
  /** The user's command that holds clients of theirs at the switch of a move, and lets them go on. */
  readonly onSwitch?: string;
  /** Where a file of the user's is begun: the file where there are several, and a line. */
  readonly from?: { readonly file: string | null; readonly line: number };
  /** Values to be tried one after another, e.g. `lock_timeout=50ms,200ms,1s`. */
  readonly sweep?: string;
  /** Verdicts that are a success too. */
  readonly allow?: readonly string[];
  /** A file for a pull request. */
  readonly markdown?: string;
}

/** Verdicts that can be allowed. */
const ALLOWED = ["brief-pause"];

export function addMigrateOptions(command: Command): Command {
  command
    .argument(
      "[migration]",
      "name of a migration, `all` of them, or path of a .sql file of your own (default: --list)",
    )
    .option("--list", "list the migrations")
    .addOption(
      new Option("--variant <variant>", "only one way to make the change; without it naive, then safe")
        .choices([
          "naive",
          "safe",
        ]),
    )
    .option("--scenario <name>", "the scenario whose load is made (default: shop-under-change)")
    .option(
      "--clone",
      "on your own server: make the change on a clone of the database, whose size is said first",
      false,
    )
    .option(
      "--in-place <database>",
      "change the database of that name itself, on your own server: nothing is undone; for move-server SOURCE,TARGET",
    )
    .option("--and-back", "move-server: move back to the old server, too", false)
    .option(
      "--on-switch <command>",
      "move-server: run this before and after the switch, to hold clients that are not Benchbook's",
    )
    .option("--from <line>", "begin a file of your own at this line; of a folder FILE:LINE", beginning)
    .option("--sweep <values>", "try several, e.g. lock_timeout=50ms,200ms,1s")
    .option("--allow <verdict>", `exit with 0 for this verdict too: ${ALLOWED.join(", ")}`, allow, [])
    .option("--markdown <file>", "write a summary for a pull request");
  return addRunOptions(
    addArmOptions(addLoadOptions(addDataOptions(command), "of baseline and recovery each, e.g. 20s")),
  ).addOption(dbOption());
}

function beginning(text: string): MigrateArguments["from"] {
  const [, file, line] = /^(?:(.+):)?(\d{1,9})$/.exec(text) ?? [];
  if (line === undefined) throw new InvalidArgumentError('Write it like "12", or "02-fill.sql:12".');
  return { file: file ?? null, line: Number(line) };
}

function allow(text: string, before: readonly string[]): string[] {
  if (!ALLOWED.includes(text)) throw new InvalidArgumentError(`It must be ${ALLOWED.join(" or ")}.`);
  return [...before, text];
}
