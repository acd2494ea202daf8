import { readdirSync, statSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { UsageError } from "../model/errors.ts";
import { hint } from "../model/suggest.ts";

/** Which tests: those that every change must pass in minutes, those that take longer, or both. */
export type TestPart = "quick" | "added" | "all";

/** The ending of a file whose tests only `--all` runs. */
const ADDED = "_all_test.ts";
/** Of one whose tests are about time alone. */
const TIMING = /_timing(_all)?_test\.ts$/;

/**
 * The test files of a folder, sorted.
 * @param named only these files, and those of these folders; a file that is named is run in any part
 * @throws {UsageError} when one of them is no test, or when there are none
 */
export function testFiles(root: string, part: TestPart, named: readonly string[] = []): string[] {
  const every = testsIn(root);
  const wanted = (file: string) => part === "all" || file.endsWith(ADDED) === (part === "added");
  const files = named.length === 0 ? every.filter(wanted) : named.flatMap((name) => {
    const path = resolve(name);
    if (every.includes(path)) return [path];
    if (!isFolder(path)) {
      throw new UsageError(
        `Cannot run the tests of ${name}: it must be a folder, or a file *_test.ts of ${basename(root)}/`,
        hint(name, every.map((file) => relative(resolve("."), file))).replace(/Known: .*/, "").trim() ||
          undefined,
      );
    }
    return every.filter((file) => file.startsWith(`${path}/`) && wanted(file));
  });
  if (files.length === 0) {
    throw new UsageError(
      `Cannot run any test: there is no ${part === "added" ? ADDED : "_test.ts"} file there`,
    );
  }
  return [...new Set(files)];
}

/**
 * Tests of whole tasks take the longest, and long fuzzing: begun late, the last of them would run when nothing is left beside
 * it.
 */
const LONG = [
  /\/stories\w*_test\.ts$/,
  /\/(move|tiers)\/.*_all_test\.ts$/,
  /\/pipeline\/|_fuzz_all_test\.ts$/,
  /\/(report|seed|stack|summary|terminal)\/[^/]*$/,
];

/**
 * The same files as they are run: most side by side, long ones first, then one after another those whose tests judge
 * how long something takes, since what runs beside them would be judged too.
 */
export function inTurn(files: readonly string[]): { beside: string[]; alone: string[] } {
  const { beside = [], alone = [] } = Object.groupBy(files, (file) => TIMING.test(file) ? "alone" : "beside");
  const rank = (file: string) => LONG.findIndex((name) => name.test(file)) >>> 0;
  return { beside: beside.toSorted((one, other) => rank(one) - rank(other)), alone };
}

function testsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith("_test.ts"))
    .map((name) => join(resolve(folder), name))
    .sort();
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
