import { relative, resolve } from "node:path";

/** How a file of tests ended. */
export interface FileEnd {
  readonly file: string;
  readonly code: number;
  readonly failed: number;
  /** All that it printed but its last line. */
  readonly said: string;
}

/** The line above them; CI repeats what stands between it and the line of the longest. */
export const FAILURES = "What failed:";
/** Of an error as many lines are shown, most of them its first: what it says, and how what it quotes ends. */
const FIRST_LINES = 30;
const LAST_LINES = 10;
const MOST = 20;

/** As Deno heads an error: "a test ... a step => ./tasks/a_test.ts:3:6", "./tasks/a_test.ts (uncaught error)". */
const HEAD = / => \S+:\d+:\d+$| \(uncaught error\)$/;

/**
 * What failed in these files, each test with its error: for the end of a log of thousands of lines, of which the end may
 * be all that is seen. Set in, so that no line of it looks like one of the log's own.
 */
export function failureLines(results: readonly FileEnd[]): string[] {
  const failures = results.filter(({ failed }) => failed > 0).flatMap(failuresOf);
  if (failures.length === 0) return [];
  const more = failures.length - MOST;
  return [
    FAILURES,
    ...failures.slice(0, MOST).flatMap(([name, ...lines]) => [
      `  ${name}`,
      ...shortened(lines).map((line) => `    ${line}`.trimEnd()),
    ]),
    ...more > 0 ? [`  … and ${more} more`] : [],
  ];
}

/** The errors that Deno lists; of a process that ended without a list, all that it said. */
function failuresOf({ file, code, said }: FileEnd): string[][] {
  const [, listed] = / ERRORS \n([\s\S]*?)\n FAILURES /.exec(said) ?? [];
  const errors: string[][] = [];
  for (const line of (listed ?? "").trim().split("\n")) {
    if (HEAD.test(line)) errors.push([line]);
    else errors.at(-1)?.push(line);
  }
  return errors.length > 0
    ? errors
    : [[`${relative(resolve("."), file)}, exit code ${code}`, ...said.split("\n")]];
}

function shortened(lines: readonly string[]): readonly string[] {
  const full = lines.filter((line) => line.trim() !== "");
  const left = full.length - FIRST_LINES - LAST_LINES;
  if (left <= 0) return full;
  return [...full.slice(0, FIRST_LINES), `… ${left} lines …`, ...full.slice(-LAST_LINES)];
}
