import { lstatSync, readdirSync, readFileSync, type Stats, statSync } from "node:fs";
import { basename, join } from "node:path";

/** What an entry of a folder looks like: made by Benchbook, possibly so (it is empty), or certainly not. */
export type Shape = "ours" | "unsure" | "foreign";

/** An entry that may lie in a BENCHBOOK_HOME. */
interface HomeEntry {
  /** What it is, as a person would say it. */
  readonly what: string;
  /** Judged by what lies in it, links never followed: a folder of the user's may bear the same name. */
  readonly shape: (path: string, stat: Stats) => Shape;
}

const STATE = "state of the stack";

/** Everything that may lie in a BENCHBOOK_HOME, this and earlier versions', beside its mark. */
const ENTRIES: Readonly<Record<string, HomeEntry>> = {
  // Given free, and so left by most tasks, it is empty.
  "bench.lock": { what: STATE, shape: textLike(/^(\{"process":.*\n?)?$/, "ours") },
  "calibration.json": { what: "calibration of the load generator", shape: textLike(/^\{\s*"schema": \d/) },
  chromium: { what: "unpacked browser", shape: folderOf(/^\d+(\.\d+)+(\.[0-9a-f]{8})?$/) },
  doctor: { what: STATE, shape: folderOf(/^(postgres|secrets|logs|spool)$/) },
  clones: {
    what: "what runs may have cloned",
    shape: folderOf(/^benchbook_clone_\w+\.json(\.part)?$/),
  },
  haproxy: {
    what: "HAProxy's packages and configuration",
    shape: folderOf(/^(root|lock|work-\w+|haproxy(-\d+)?\.cfg)$/),
  },
  jupyter: { what: "description of the Deno kernel", shape: folderOf(/^kernels$/) },
  ledgers: { what: "what the writes of runs are judged by", shape: folderOf(/^[\w-]+$/) },
  lists: { what: "what lists of runs show", shape: folderOf(/^[0-9a-f]{64}(\.json|\.\d+\.part)$/) },
  logs: {
    what: "logs of the services",
    shape: folderOf(/^(postgres(-[a-z]+)?|redis|(graphql|haproxy)(-\d+)?)\.log(\.1)?$/),
  },
  "move-targets": {
    what: "what runs may have moved to",
    shape: folderOf(/^\d{8}-\d{6}-[0-9a-f]{4}\.json(\.part)?$/),
  },
  moves: { what: "what moves may have left on servers", shape: folderOf(/^[0-9a-f]{16}\.json(\.part)?$/) },
  notebooks: { what: "outputs of notebooks", shape: folderOf(/^([0-9a-f]{64}\.json|\.[0-9a-f-]{36})$/) },
  postgres: { what: "database cluster with all seeded data", shape: clusters },
  probes: {
    what: "what probes may have left in databases",
    shape: folderOf(/^benchbook_probe_\w+\.json(\.part)?$/),
  },
  redis: { what: "Redis packages", shape: folderOf(/^(root|lock|work-\w+)$/) },
  "redis.conf": { what: STATE, shape: textLike(/^# Written by Benchbook at every start/) },
  secrets: {
    what: "passwords of the embedded services",
    shape: folderOf(/^(postgres(-[a-z]+)?|redis)(\.[0-9a-f]{8})?$/),
  },
  "set-aside": { what: "spools that could not be read in full", shape: spools },
  // Files that COPY reads, of every name.
  selfbench: { what: STATE, shape: (_path, stat) => stat.isDirectory() ? "unsure" : "foreign" },
  "services.env": { what: STATE, shape: textLike(/^(\w+_URL='[^']*'\n)*$/) },
  spool: { what: "timings not yet loaded into the store", shape: spools },
  "stack.json": { what: STATE, shape: textLike(/^\{\s*"schema": \d/) },
  undo: {
    what: "what runs may have left in databases",
    shape: folderOf(/^(spools|\d{8}-\d{6}-[0-9a-f]{4}\.json(\.part|\.damaged)?)$/),
  },
};

/** What a kill in mid-write leaves behind: files that were to be renamed, and folders to be removed. */
const LEFT_FILE = /^(\.probe-[0-9a-f]{8}|(stack\.json|services\.env|calibration\.json)\.[0-9a-f]{8})$/;
/** Of a doctor that was killed while it tried a cluster; earlier versions called it plainly. */
const TRIAL = /^doctor-\w{6}$/;
const LEFT_FOLDER = /^calibration-\w+$/;

/** What file systems and file managers put into a folder by themselves. */
const NOBODYS = new Set(["lost+found", ".DS_Store"]);

/** The names in a folder, but for those that are nobody's. */
export function namesIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => !NOBODYS.has(name)).sort();
}

/**
 * Whether an entry of a home is one that Benchbook makes.
 * @param links "follow" judges what a link leads to: a cluster may lie on another disk. "stay" takes every link for
 * foreign, which is right for whoever means to remove something.
 */
export function shapeOf(home: string, name: string, links: "follow" | "stay"): Shape {
  const path = join(home, name);
  const stat = (links === "follow" ? statSync : lstatSync)(path, { throwIfNoEntry: false });
  if (stat === undefined) return "foreign";
  if (LEFT_FILE.test(name)) return stat.isFile() ? "unsure" : "foreign";
  if (LEFT_FOLDER.test(name)) return stat.isDirectory() ? "unsure" : "foreign";
  const known = name.replace(TRIAL, "doctor");
  return Object.hasOwn(ENTRIES, known) ? ENTRIES[known]!.shape(path, stat) : "foreign";
}

/** What an entry is, for people. */
export function describeEntry(name: string): string {
  return ENTRIES[name]?.what ?? STATE;
}

/** A folder that holds nothing but entries so called. */
function folderOf(names: RegExp): HomeEntry["shape"] {
  return (path, stat) => {
    if (!stat.isDirectory()) return "foreign";
    const inside = readable(path);
    if (inside === null || inside.length === 0) return "unsure";
    return inside.every((name) => names.test(name)) ? "ours" : "foreign";
  };
}

function textLike(content: RegExp, empty: Shape = "unsure"): HomeEntry["shape"] {
  return (path, stat) => {
    if (!stat.isFile()) return "foreign";
    if (stat.size === 0) return empty;
    // Ours are small.
    return stat.size < 1e6 && content.test(readFileSync(path, "utf8")) ? "ours" : "foreign";
  };
}

/** Clusters carry the settings that we write into them; somebody else's data folder does not. */
function clusters(path: string, stat: Stats): Shape {
  if (!stat.isDirectory()) return "foreign";
  let shape: Shape = "unsure";
  for (const name of readable(path) ?? []) {
    if (!/^(\d+(-[a-z]+)?(\.part|\.password)?|PLACE\.txt|postgres[\w.-]*\.pgpass)$/.test(name)) {
      return "foreign";
    }
    if (name === "PLACE.txt") shape = "ours";
    if (!/^\d+(-[a-z]+)?$/.test(name)) continue;
    const data = join(path, name);
    if (!statSync(data).isDirectory()) return "foreign";
    const inside = readable(data);
    if (inside === null || inside.length === 0) continue;
    if (!inside.includes("PG_VERSION") || !inside.includes("benchbook.conf")) return "foreign";
    shape = "ours";
  }
  return shape;
}

/** Null where the folder is closed to us: another user's start has made it, and whose it is is said elsewhere. */
function readable(folder: string): string[] | null {
  try {
    return namesIn(folder);
  } catch {
    return null;
  }
}

/** A folder for each run, each with what it says of itself. */
function spools(path: string, stat: Stats): Shape {
  if (!stat.isDirectory()) return "foreign";
  let shape: Shape = "unsure";
  for (const name of readable(path) ?? []) {
    const dir = join(path, name);
    if (!lstatSync(dir).isDirectory()) return "foreign";
    if (readable(dir)?.some((file) => /^(run|owner)\.json$/.test(file))) shape = "ours";
  }
  return shape;
}

/** What a spool consists of. */
const SPOOL_FILE =
  /^((owner|run|operations|plans|end)\.json(\.part)?|(phases|samples)\.jsonl|timing-\d+\.seg)$/;

/**
 * Entries of the home whose content is judged one by one before it is removed: what lies beside a run may be the
 * user's, as none but runs has a place there.
 */
const JUDGED: readonly (readonly [RegExp, (path: string) => boolean])[] = [
  [/^(spool|set-aside)$/, (path) => holdsOnly(path, SPOOL_FILE)],
  [/^selfbench$/, (path) => lstatSync(path).isFile() && SERVER_FILE.test(basename(path))],
  [
    LEFT_FOLDER,
    (path) => lstatSync(path).isFile() ? SPOOL_FILE.test(basename(path)) : holdsOnly(path, SPOOL_FILE),
  ],
];

/** What selfbench writes for the server to read. */
export const SERVER_FILE = /^([\w.]+\.copy|probe)$/;

/**
 * The content of an entry of the home, as far as it is ours, and what is not; null where the entry is judged as a
 * whole.
 */
export function contentOf(home: string, name: string): { own: string[]; foreign: string[] } | null {
  const judge = JUDGED.find(([names]) => names.test(name))?.[1];
  const folder = join(home, name);
  if (judge === undefined || !lstatSync(folder).isDirectory()) return null;
  const paths = readdirSync(folder).sort().map((inside) => join(folder, inside));
  return { own: paths.filter(judge), foreign: paths.filter((path) => !judge(path)) };
}

/** A folder of nothing but such files; an empty one is nobody's loss. */
function holdsOnly(path: string, names: RegExp): boolean {
  return lstatSync(path).isDirectory() &&
    readdirSync(path, { withFileTypes: true }).every((entry) => entry.isFile() && names.test(entry.name));
}
