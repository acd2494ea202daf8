import { existsSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";

/** Files of tests that share a process, in which one runs after another; one of which nothing is shared is alone. */
export type Group = readonly string[];

/** At the most, so that none is left running when nothing else is. */
const MOST = 8;

/**
 * What would meet the other files of a process, or their tests it: services and programs of its own, threads, signals.
 * Snapshots lie beside the module that Deno was told to run, which is none of those that share.
 */
const APART =
  /\bwith(Postgres|Redis|\w*Stack|Workbench)\(|\b(launchBrowser|kill|Kernel\.start|assertSnapshot)\(|\bnew (Worker|Deno\.Command)\b/;
/** Tests about time alone, and those that take long. */
const NAMED_APART = /_(timing|all)_test\.ts$/;
/** Modules of tests: what these say is what is done. Those of the services and of the tasks only offer it. */
const OF_TESTS = /(_test|\/testing\w*)\.ts$/;
const OFFERS = /\/stack\/testing(_shared|_cluster)?\.ts$|\/pipeline\/testing\.ts$/;

/**
 * The same files in their order, those of one folder of `root` together that keep to themselves. To load what it imports
 * costs most files more than their tests do, and costs it once where they share a process.
 */
export function grouped(root: string, files: readonly string[]): Group[] {
  const groups: string[][] = [];
  const shared = new Map<string, string[]>();
  for (const file of files) {
    const [folder] = relative(root, file).split("/") as [string];
    const group = isApart(file) ? undefined : shared.get(folder);
    if (group !== undefined) group.push(file);
    else {
      groups.push([file]);
      if (!isApart(file)) shared.set(folder, groups.at(-1)!);
    }
  }
  return groups.flatMap(inParts);
}

/** In as few parts as may be, all of about the same size. */
function inParts(files: readonly string[]): Group[] {
  const parts = Math.ceil(files.length / MOST);
  const at = (part: number) => Math.round(part * files.length / parts);
  return Array.from({ length: parts }, (_, part) => files.slice(at(part), at(part + 1)));
}

function isApart(file: string): boolean {
  return NAMED_APART.test(file) || [...modulesOf(file)].some((module) => APART.test(textOf(module)));
}

/** A file and the modules of tests that it imports, directly or not. */
function modulesOf(file: string, found: Set<string> = new Set()): Set<string> {
  if (found.has(file) || OFFERS.test(file) || !existsSync(file)) return found;
  found.add(file);
  for (const [, path] of textOf(file).matchAll(/"(\.[^"\n]+\.ts)"/g)) {
    const module = resolve(dirname(file), path!);
    if (OF_TESTS.test(module)) modulesOf(module, found);
  }
  return found;
}

const texts = new Map<string, string>();

function textOf(file: string): string {
  const text = texts.get(file) ?? readFileSync(file, "utf8");
  texts.set(file, text);
  return text;
}
