import { Command, CommanderError, Option } from "commander";
import process from "node:process";
import { BenchbookError, ExitCode } from "../model/errors.ts";
import { outliveOutput } from "./output.ts";

/** A task's command line: `deno task <name>`, with `--help`, and unknown words refused with a suggestion. */
export function command(name: string, description: string): Command {
  return new Command(`deno task ${name}`)
    .description(description)
    .helpOption("-h, --help", "show this help")
    .showSuggestionAfterError()
    .showHelpAfterError(`(deno task ${name} --help lists the options)`)
    .allowExcessArguments(false)
    .configureOutput({ outputError: (text, write) => write(text) })
    .exitOverride();
}

/** The option of every task that reads or writes the store. */
export function dbOption(): Option {
  return new Option("--db <file>", "the DuckDB store (default: benchbook.duckdb in the reports folder)");
}

/**
 * Runs a task to its exit code: a user's mistake ends with one clear sentence, only a defect of ours with
 * a stack trace.
 */
export async function main(task: () => Promise<ExitCode | void>): Promise<never> {
  let code: number;
  outliveOutput();
  try {
    code = await task() ?? ExitCode.ok;
  } catch (error) {
    code = reportError(error);
  }
  // The pipes of a parent may lag behind: exit only after they took everything.
  await new Promise<void>((resolve) => process.stdout.write("", () => resolve()));
  Deno.exit(code);
}

/** Prints what went wrong and gives the exit code that says it. */
export function reportError(error: unknown): ExitCode {
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
  }
  if (error instanceof BenchbookError) {
    console.error(`error: ${error.message}`);
    if (error.next !== undefined) console.error(`  ${error.next}`);
    return error.exitCode;
  }
  console.error("Benchbook failed unexpectedly; this is a defect of Benchbook:");
  console.error(error);
  return ExitCode.service;
}
