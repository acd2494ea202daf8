import { dirname, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { formatSeconds } from "../model/units.ts";
import { failureLines, type FileEnd } from "./failures.ts";
import type { Group } from "./groups.ts";

/** What a file of tests came to, or those that share a process. */
export interface FileResult extends FileEnd {
  readonly passed: number;
  readonly steps: number;
  readonly seconds: number;
}

/** As Deno closes: "ok | 12 passed (3 steps) | 0 failed (3s)". */
const CLOSING = /^(?:ok|FAILED) \| (\d+) passed(?: \((\d+) steps?\))?.*? \| (\d+) failed.*$/m;

/**
 * Runs files of tests, each group in a process of its own: what a test does to its process (variables, its priority, its
 * memory) meets no other. They begin in the order in which they stand, which Deno does not keep where one process runs them
 * all: the longest would be left at the end, with nothing beside them.
 * @param jobs how many at once
 * @param onEnd told of each when it has ended
 */
export async function runFiles(
  groups: readonly Group[],
  { jobs, env = {}, onEnd }: {
    readonly jobs: number;
    readonly env?: Readonly<Record<string, string>>;
    readonly onEnd: (result: FileResult) => void;
  },
): Promise<FileResult[]> {
  const results: FileResult[] = [];
  const waiting = groups.values();
  // Each job takes the next from the same iterator.
  const job = async () => {
    for (const group of waiting) {
      const result = await (group.length === 1 ? runFile(group[0]!, env) : runGroup(group, env));
      results.push(result);
      onEnd(result);
    }
  };
  await Promise.all(Array.from({ length: jobs }, job));
  return results;
}

async function runFile(file: string, env: Readonly<Record<string, string>>): Promise<FileResult> {
  const began = performance.now();
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", "--quiet", file],
    env,
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  const seconds = (performance.now() - began) / 1000;
  return { file, code, seconds, ...countsIn(code, text.decode(stdout), text.decode(stderr)) };
}

/** Runs files as one module, by which what they import is loaded once. */
async function runGroup(files: Group, env: Readonly<Record<string, string>>): Promise<FileResult> {
  const together = await Deno.makeTempFile({ suffix: "_test.ts" });
  try {
    const imports = files.map((file) => `import ${JSON.stringify(pathToFileURL(file).href)};\n`);
    await Deno.writeTextFile(together, imports.join(""));
    const { said, ...result } = await runFile(together, env);
    const folder = files.map(dirname).reduce((one, other) => one.length <= other.length ? one : other);
    const names = files.map((file) => relative(folder, file)).join(", ");
    const from = `./${relative(resolve("."), folder)}: ${names}`;
    return {
      ...result,
      file: `${folder} (${files.length} files)`,
      said: said.replace(/(?<=^running \d+ tests? from ).+/m, from),
    };
  } finally {
    await Deno.remove(together);
  }
}

/** What a process of tests has counted, and what else it said. */
export function countsIn(
  code: number,
  stdout: string,
  stderr: string,
): Pick<FileResult, "passed" | "steps" | "failed" | "said"> {
  const said = stripVTControlCharacters(stdout);
  const closing = [...said.matchAll(new RegExp(CLOSING, "gm"))].at(-1);
  const [passed, steps, failed] = [1, 2, 3].map((group) => Number(closing?.[group] ?? 0)) as [
    number,
    number,
    number,
  ];
  const rest = closing === undefined
    ? said
    : said.slice(0, closing.index) + said.slice(closing.index + closing[0].length);
  return {
    passed,
    steps,
    // Who ends badly, or without having counted, has failed too.
    failed: failed === 0 && (code !== 0 || closing === undefined) ? 1 : failed,
    said: [rest, stripVTControlCharacters(stderr)].map((part) => part.trim()).filter((part) => part !== "")
      .join(
        "\n",
      ),
  };
}

/** How many of the longest are named. */
const LONGEST = 5;

/** The last lines of all: what failed and why, which files took the longest, and the counts as Deno writes them. */
export function closingLines(results: readonly FileResult[], seconds: number): string[] {
  const name = ({ file }: FileResult) => relative(resolve("."), file);
  const sum = (count: "passed" | "steps" | "failed") =>
    results.reduce((total, result) => total + result[count], 0);
  const longest = results.toSorted((one, other) => other.seconds - one.seconds).slice(0, LONGEST);
  const failed = results.filter(({ failed }) => failed > 0);
  return [
    ...failureLines(results),
    `The longest: ${longest.map((one) => `${name(one)} (${formatSeconds(one.seconds)})`).join(", ")}`,
    ...failed.map((one) => `Failed: ${name(one)} (${one.failed})`),
    `${failed.length > 0 ? "FAILED" : "ok"} | ${sum("passed")} passed (${sum("steps")} steps) | ${
      sum("failed")
    } failed (${formatSeconds(seconds)})`,
  ];
}
