/** Looks at what tasks show in terminals of several widths. */
import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { withPseudoTerminal } from "../testing/pseudo_terminal.ts";
import { displayWidth } from "./safe_text.ts";

/** A narrow window, the usual one, and a wide one. */
export const WIDTHS = [60, 80, 120] as const;

/** Nothing is narrower: what has room here has it anywhere, and each width has its snapshots. */
export const NARROWEST = Math.min(...WIDTHS);

const TASKS = resolve(import.meta.dirname!, "..");

/** What a task showed, and how it ended. */
export interface Shown {
  readonly text: string;
  readonly code: number;
}

/** A line behind each task's help. */
export const BEHIND_HELP = "= = =";

/** The help of tasks in a terminal of so many columns, by their words; one process asks all of them. */
export async function helpsIn(
  columns: number,
  calls: readonly (readonly string[])[],
): Promise<Map<string, string>> {
  const { text, code } = await shownIn(columns, ["terminal/testing_help", JSON.stringify(calls)], {});
  assert.equal(code, 0, text);
  const texts = text.split(BEHIND_HELP);
  assert.equal(texts.length, calls.length + 1, text);
  return new Map(calls.map((words, at) => [words.join(" "), texts[at]!]));
}

/** Runs tasks/<task>.ts in a terminal of so many columns. */
export async function shownIn(
  columns: number,
  [task, ...args]: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
): Promise<Shown> {
  const command = [Deno.execPath(), "run", "-A", "--quiet", "--no-check", join(TASKS, `${task}.ts`), ...args];
  const own = { DATABASE_URL: "", REDIS_URL: "", GRAPHQL_URL: "", NO_COLOR: "1", ...env };
  return await withPseudoTerminal(command, { env: own, columns, rows: 50 }, async (terminal) => {
    const { code } = await terminal.ended;
    return { text: withoutCodes(terminal.output()), code };
  });
}

/** Whether it stays within the width. A path or an address by itself is not cut: it could not be copied any more. */
export function assertFits(text: string, columns: number): void {
  for (const line of text.split(/\r?\n|\r/)) {
    if (/^\s*\S*[/\\]\S*$/.test(line)) continue;
    assert.ok(displayWidth(line) <= columns, `${displayWidth(line)} of ${columns} columns: ${line}`);
  }
}

// deno-lint-ignore no-control-regex
const CODES = /\x1b\[[0-9;?]*[a-zA-Z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)/g;

function withoutCodes(text: string): string {
  return text.replace(CODES, "");
}
