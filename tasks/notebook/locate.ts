import { SourceMap } from "node:module";
import { join } from "node:path";
import type { CellFailure } from "./failure.ts";
import { temporaryFolder } from "../files/temporary.ts";
import { denoCommand } from "./deno_command.ts";

/** Where in a cell's source something failed. */
export interface Location {
  /** 1-based line of the cell. */
  readonly line: number;
  /** That line's text, trimmed. */
  readonly text: string;
  /** What the parser says, for a syntax error, of which the kernel says nothing. */
  readonly syntax?: string;
}

/** What the kernel puts before a cell's first line, by which columns of that line are shifted. */
const KERNEL_PREFIX = `"use strict"; void 0;`.length;

/**
 * The line of a cell's source at which it failed: of the statement at the cell's top level where the trace
 * has one. Null when the trace does not tell.
 *
 * The kernel's positions are those of code that Deno has transpiled: blank lines and types are gone. The
 * same Deno transpiles the source once more here, with a source map. Nothing is cheaper: a `sourceURL` is not
 * honoured, and the map that the kernel could make is not kept.
 */
export async function locate(source: string, failure: CellFailure): Promise<Location | null> {
  const position = failure.kind === "syntax" ? null : topPosition(failure.traceback);
  if (position === null && failure.kind !== "syntax") return null;
  const lines = source.split("\n");
  const at = (line: number, syntax?: string): Location | null => {
    const text = lines[line - 1]?.trim();
    return text === undefined ? null : { line, text, ...(syntax === undefined ? {} : { syntax }) };
  };
  const result = await transpile(source);
  if (typeof result === "string") {
    const line = Number(/cell\.tsx:(\d+):\d+/.exec(result)?.[1] ?? NaN);
    const reason = /SyntaxError: (.+)/.exec(result)?.[1];
    return Number.isInteger(line) ? at(line, reason) : null;
  }
  if (position === null) return null;
  const entry = result.map.findEntry(position.line - 1, columnOf(position, result.lines[position.line - 1]));
  return "originalLine" in entry ? at(entry.originalLine + 1) : null;
}

/** The 0-based column, in code transpiled here, of a position in code that the kernel transpiled. */
function columnOf(position: { line: number; column: number }, text = ""): number {
  // The kernel imports by an expression, which is longer; what fails of an import is its source, at the end.
  if (text.startsWith("import ")) return text.length;
  return Math.max(0, position.column - 1 - (position.line === 1 ? KERNEL_PREFIX : 0));
}

/** The position of the outermost frame that lies in a cell; 1-based. */
export function topPosition(traceback: readonly string[]): { line: number; column: number } | null {
  // Frames beyond the kernel's own display code are the kernel's calls, which look like a cell's.
  const end = traceback.findIndex((frame) => frame.includes("ext:cli/40_jupyter.js"));
  const frames = end < 0 ? traceback : traceback.slice(0, end);
  const inCells = frames.flatMap((frame) => {
    const match = /^\s*at (async )?(?:(.+) \()?<anonymous>:(\d+):(\d+)\)?$/.exec(frame);
    if (match === null) return [];
    return [{ top: match[2] === undefined, line: Number(match[3]), column: Number(match[4]) }];
  });
  const found = inCells.findLast((frame) => frame.top) ?? inCells.at(-1);
  return found === undefined ? null : { line: found.line, column: found.column };
}

/** The frame nearest to the error that lies in a file of the project, as `path:line:column`, or null. */
export function projectFrame(traceback: readonly string[]): string | null {
  for (const frame of traceback) {
    const match = /^\s*at .*?(file:\/\/[^\s)]+:\d+:\d+)\)?$/.exec(frame);
    if (match !== null && !match[1]!.includes("/node_modules/")) return match[1]!;
  }
  return null;
}

/** Transpiled code with the map to its source, or what the transpiler complains of. */
async function transpile(source: string): Promise<{ lines: string[]; map: SourceMap } | string> {
  using folder = temporaryFolder("benchbook-cell-");
  const directory = folder.path;
  await Deno.writeTextFile(join(directory, "cell.tsx"), source);
  // Like the kernel, which keeps imports that the cell itself does not use: later cells may.
  const config = { compilerOptions: { verbatimModuleSyntax: true } };
  await Deno.writeTextFile(join(directory, "deno.json"), JSON.stringify(config));
  const args = ["--config", "deno.json", "--source-map", "separate", "--outdir", "out", "cell.tsx"];
  const { ok, stderr } = await denoCommand(["transpile", ...args], directory);
  if (!ok) return stderr;
  const made = (name: string) => Deno.readTextFile(join(directory, "out", name));
  const lines = (await made("cell.js")).split("\n");
  return { lines, map: new SourceMap(JSON.parse(await made("cell.js.map"))) };
}
