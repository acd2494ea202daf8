import { Command, CommanderError, Help, Option } from "commander";
import process from "node:process";
import { BenchbookError, ExitCode, InterruptedError } from "../model/errors.ts";
import { withoutPasswords } from "../model/service_url.ts";
import { usersFault } from "../user_code/guards.ts";
import { onStrayError } from "../user_code/stray_errors.ts";
import { outliveOutput } from "./output.ts";
import { printable, singleLine } from "./safe_text.ts";
import { widthOf } from "./width.ts";
import { wrapText } from "./wrap.ts";

/** A task's command line: `deno task <name>`, with `--help`, and unknown words refused with a suggestion. */
export function command(name: string, description: string): Command {
  return new Command(`deno task ${name}`)
    .description(description)
    .helpOption("-h, --help", "show this help")
    .showSuggestionAfterError()
    .showHelpAfterError(`(deno task ${name} --help lists the options)`)
    .allowExcessArguments(false)
    .configureHelp({ optionDescription })
    .configureOutput({
      outputError: (text, write) => write(complaint(setIn(text))),
      writeOut: (text) => process.stdout.write(wrapText(text)),
      getOutHelpWidth: () => widthOf().prose,
      getErrHelpWidth: () => widthOf(process.stderr).prose,
    })
    .exitOverride();
}

/** With its default only where that is a word or a number: that a switch is off need not be said. */
function optionDescription(this: Help, option: Option): string {
  const silent = typeof option.defaultValue === "boolean" || typeof option.defaultValue === "object";
  return silent ? option.description : Help.prototype.optionDescription.call(this, option);
}

/** The option of every task that reads or writes the store. */
export function dbOption(): Option {
  return new Option("--db <file>", "the DuckDB store (default: benchbook.duckdb in the reports folder)");
}

/** Prints text for people on stdout. JSON for programs goes by `sayJson`. */
export function say(text: string): void {
  console.log(wrapText(printable(text)));
}

/**
 * Prints a value as JSON for programs on stdout. What is no visible character stands there as an escape of JSON's: it says
 * the same to a program, and nothing to a terminal or to the log of a CI job.
 */
export function sayJson(value: unknown, indent = 2): void {
  console.log(inertJson(JSON.stringify(value, null, indent)));
}

/** JSON that says the same with escapes in place of what a terminal or a log would obey, or not show. */
export function inertJson(json: string): string {
  return json.replace(
    /[\p{Cf}\p{Zl}\p{Zp}\x7f-\x9f\u115f\u1160\u3164\uffa0]|#(?=#\[)/gu,
    (character) =>
      character.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
  );
}

/**
 * An error of one or more lines: those behind the first are set in, so that no line of a text from outside, such as a
 * server's message, passes for one of ours.
 */
function setIn(text: string): string {
  return text.replaceAll(/\n(?=[^\s(])/g, "\n  ");
}

/**
 * Text on stderr, made safe and without passwords. Only a terminal gets it broken into lines: a log is searched for the sentence.
 */
export function complaint(text: string): string {
  const safe = withoutPasswords(printable(text));
  return process.stderr.isTTY ? wrapText(safe, widthOf(process.stderr)) : safe;
}

/** What a task does with the words behind its name; nothing to say of its end is exit code 0. */
export type Task = (args: readonly string[]) => Promise<ExitCode | void>;

/**
 * Runs a task to its exit code: a user's mistake ends with one clear sentence, only a defect of ours with
 * a stack trace.
 */
export async function main(task: Task): Promise<never> {
  outliveOutput();
  onStrayError((error) => process.exit(reportError(usersFault(error) ?? error)));
  const code = await exitCodeOf(() => task(Deno.args));
  // The pipes of a parent may lag behind: exit only after they took everything.
  await new Promise<void>((resolve) => process.stdout.write("", () => resolve()));
  Deno.exit(decided ?? code);
}

let decided: ExitCode | undefined;

/**
 * Decides how the task ends, whatever else goes wrong on its way out.
 * @returns what was decided first, which counts
 */
export function decideExitCode(code: ExitCode): ExitCode {
  return decided ??= code;
}

/** How a task ends; an error is said. */
export async function exitCodeOf(task: () => Promise<ExitCode | void>): Promise<ExitCode> {
  try {
    return await task() ?? ExitCode.ok;
  } catch (error) {
    return reportError(error);
  }
}

/** A message may end with a log's last lines; a server may send more. */
const MESSAGE_LINES = 40;
const NEXT_COLUMNS = 1000;

/** Prints what went wrong and gives the exit code that says it. */
export function reportError(error: unknown): ExitCode {
  // What closing meets after a failure is its consequence, as a rule.
  if (error instanceof SuppressedError) return reportError(error.suppressed);
  // Why it is to end was said already.
  if (error instanceof InterruptedError && decided !== undefined && decided !== error.exitCode) {
    return decided;
  }
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
  }
  if (error instanceof BenchbookError) {
    const lines = error.message.split("\n");
    const more = lines.length > MESSAGE_LINES ? "\n…" : "";
    console.error(complaint(setIn(`error: ${lines.slice(0, MESSAGE_LINES).join("\n")}${more}`)));
    // Sentences, with a stored name in them at times; what is left behind is a line each.
    for (const line of error.next?.split("\n").slice(0, MESSAGE_LINES) ?? []) {
      console.error(complaint(`  ${singleLine(line.trim(), NEXT_COLUMNS)}`));
    }
    return error.exitCode;
  }
  // Nothing is aborted but by a user who wants to leave.
  if (error instanceof Error && error.name === "AbortError") return reportError(new InterruptedError());
  console.error("Benchbook failed unexpectedly; this is a defect of Benchbook:");
  console.error(withoutPasswords(printable(setIn(Deno.inspect(error)))));
  return ExitCode.service;
}
