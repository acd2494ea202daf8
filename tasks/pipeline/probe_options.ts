import { type Command, InvalidArgumentError } from "commander";
import type { Config } from "../config.ts";
import { UsageError } from "../model/errors.ts";
import { parseSlo } from "../model/slo.ts";
import { stallLimitMs } from "../summary/migration/stall_limit.ts";
import { dbOption } from "../terminal/command.ts";
import { count } from "../terminal/count.ts";
import { duration, label, LABEL_CHARACTERS } from "./option_values.ts";
import { storeForRun } from "./store_file.ts";

/** What the command line said. */
export interface ProbeArguments {
  readonly rate: number;
  /** Seconds; absent: until Ctrl-C. */
  readonly duration?: number;
  readonly ledger: boolean;
  readonly slo?: string;
  readonly allow: readonly string[];
  readonly label?: string;
  readonly markdown?: string;
  readonly report: boolean;
  readonly pdf: boolean;
  readonly json: boolean;
  readonly db?: string;
}

/** A probe that a command asks for, with every mistake in it already told. */
export interface ProbeRequest {
  readonly given: ProbeArguments;
  /** The store's file. */
  readonly db: string;
  /** May hold a password. */
  readonly url: string;
  readonly pauseLimitMs: number;
}

const RATE = 100;
const MOST_RATE = 5000;

export function addProbeOptions(command: Command): Command {
  return command
    .option(
      "--rate <n>",
      "requests a second, half of them writes; a pause is told to about twice the time between two",
      count("rate", 1, MOST_RATE),
      RATE,
    )
    .option(
      "--duration <time>",
      "how long it watches, e.g. 10m (default: until Ctrl-C)",
      duration("duration"),
    )
    .option("--no-ledger", "read only: no table is made, and nothing is said of writes")
    .option("--slo <terms>", 'how long a pause may be, e.g. "stall<1s" (default: 250 ms)')
    .option("--allow <verdict>", "exit with 0 for this verdict too: brief-pause", allow, [])
    .option("--markdown <file>", "write a summary for a pull request")
    .option("--label <text>", `a name to find the run by, of up to ${LABEL_CHARACTERS} characters`, label)
    .option("--no-report", "measure and store only")
    .option("--no-pdf", "make no PDF")
    .option("--json", "print summary.json on stdout, and all other output on stderr", false)
    .addOption(dbOption());
}

/** @throws {UsageError} for a mistake in the command */
export async function probeRequest(given: ProbeArguments, config: Config): Promise<ProbeRequest> {
  const { databaseUrl: url } = config;
  if (url === undefined) {
    throw new UsageError(
      "Cannot probe: DATABASE_URL is not set, so Benchbook knows no database of yours",
      "Set it to the address that your applications use; a probe watches what you do with the server there.",
    );
  }
  const other = given.slo === undefined
    ? undefined
    : parseSlo(given.slo).find(({ metric, scope }) => metric !== "stall" || scope !== null);
  if (other !== undefined) {
    throw new UsageError(
      `Cannot judge the SLO term "${other.text}": a probe is judged by its pauses alone`,
      'Write it like --slo "stall<1s".',
    );
  }
  if (given.markdown !== undefined) {
    const { refuseOthersFile } = await import("./migration_comment.ts");
    refuseOthersFile(given.markdown);
  }
  return {
    given,
    url,
    db: storeForRun(config, given.db),
    pauseLimitMs: stallLimitMs(given.slo ?? null),
  };
}

function allow(text: string, before: readonly string[]): string[] {
  if (text !== "brief-pause") throw new InvalidArgumentError("It must be brief-pause.");
  return [...before, text];
}
