import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import process from "node:process";
import type { Fact, Look } from "./facts.ts";

/** Which processes are meant: those that fit any of these, and all that descend from them. */
export interface ProcessMarks {
  /** A folder: of a command line, or the one that they work in. */
  readonly folder?: string;
  /** A variable of the environment with its value, as in `BENCHBOOK_HOME=/tmp/home`. */
  readonly environment?: string;
  readonly session?: number;
  readonly group?: number;
  /** Whose descendants, without itself. */
  readonly descendantsOf?: number;
}

/** A process as /proc shows it. */
export interface SeenProcess {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  readonly command: string;
  readonly environment: readonly string[];
  readonly folder: string;
}

/** Looks for running processes (on Linux): pid and command of each. The process that looks does not count. */
export function lookAtProcesses(marks: ProcessMarks): Look {
  return new Map<string, Fact>(
    findProcesses(marks).map(({ pid, command }) => [`process ${pid}`, command] as const),
  );
}

/** The same, for whoever must wait for them or end them. */
export function findProcesses(marks: ProcessMarks): SeenProcess[] {
  const all = allProcesses();
  const found = new Set(
    all.filter(({ pid, parent, ...seen }) =>
      pid !== process.pid && (
        marks.folder !== undefined &&
          (seen.command.includes(marks.folder) || isWithin(seen.folder, marks.folder)) ||
        marks.environment !== undefined && seen.environment.includes(marks.environment) ||
        marks.session !== undefined && seen.session === marks.session ||
        marks.group !== undefined && seen.group === marks.group ||
        marks.descendantsOf !== undefined && parent === marks.descendantsOf
      )
    ).map(({ pid }) => pid),
  );
  for (let size = -1; size !== found.size;) {
    size = found.size;
    for (const { pid, parent } of all) if (found.has(parent) && pid !== process.pid) found.add(pid);
  }
  return all.filter(({ pid }) => found.has(pid));
}

function allProcesses(): SeenProcess[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    const at = `/proc/${name}`;
    const stat = read(() => readFileSync(`${at}/stat`, "latin1"));
    // The name in brackets may hold anything, brackets too.
    const [state, parent, group, session] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // It has ended; that nobody has asked how is not its fault.
    if (state === undefined || state === "" || state === "Z" || state === "X") return [];
    return [{
      pid: Number(name),
      parent: Number(parent),
      group: Number(group),
      session: Number(session),
      command: read(() => readFileSync(`${at}/cmdline`, "utf8")).replaceAll("\0", " ").trim(),
      environment: read(() => readFileSync(`${at}/environ`, "utf8")).split("\0"),
      folder: read(() => readlinkSync(`${at}/cwd`)),
    }];
  });
}

/** Nothing where the process has ended meanwhile, or is not ours to read. */
function read(what: () => string): string {
  try {
    return what();
  } catch {
    return "";
  }
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
