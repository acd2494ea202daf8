import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { diskFault } from "../../files/disk_fault.ts";
import { readSmallText } from "../../files/small_file.ts";
import { BenchbookError, ServiceError, UsageError } from "../../model/errors.ts";
import { existingPart } from "../../stack/places.ts";

/** The file that says that a folder is a site of ours, and what in it we made. */
export const SITE_MARK = "benchbook-site.json";

/** A publish writes what is new into a folder of such a name in the site before it is put in its place. */
const STAGE = ".benchbook-publish-";

/** The file in such a folder that says that it is ours: anybody can give a folder that name. */
const STAGE_MARK = "benchbook-stage.json";

/** A file that we made in a site. */
export interface Made {
  readonly bytes: number;
  /** Size and time of the file that it is a copy of; null: it was written for the site. */
  readonly source: string | null;
}

interface Mark {
  readonly generator: "Benchbook";
  readonly schema: 1;
  readonly files: Readonly<Record<string, Made>>;
}

/** Paths in a site: of a file, or of one in a folder or two. Nothing else is taken for ours, whatever a mark says. */
const PATH = /^(?:[A-Za-z0-9][\w-]*\/){0,2}[A-Za-z0-9][\w-]*\.(?:html|pdf|json|xml)$/;

/** A folder that is ours to publish into, while nobody else does. */
export interface SiteFolder extends Disposable {
  /** Absolute. */
  readonly path: string;
  /** What we made there, by its path in the site. */
  readonly made: ReadonlyMap<string, Made>;
  /** A folder in it for what is not in its place yet; it goes when this is disposed of. */
  readonly stage: string;
  /** Records what we made there. */
  record(made: ReadonlyMap<string, Made>): void;
  /** To be called when nothing came of it: takes away what only this made, an empty folder with its mark. */
  giveUp(): void;
}

/** A place of ours that a site must keep away from, with what it is. */
export interface KeptApart {
  readonly path: string;
  readonly what: string;
}

/**
 * Claims a folder to publish into: one that is not there yet, is empty, or bears our mark.
 * @throws {UsageError} where it is anything else, of which nothing is touched
 * @throws {ServiceError} where it cannot be written to, or another publish is at work there
 */
export function claimSite(path: string, apart: readonly KeptApart[]): SiteFolder {
  const absent = refuseByKind(path, apart);
  return attempt(path, () => {
    if (absent) mkdirSync(path, { recursive: true });
    const folder = Deno.openSync(path);
    try {
      if (!folder.tryLockSync(true)) throw atWork(path);
      return opened(path, folder, absent);
    } catch (error) {
      folder.close();
      throw error;
    }
  });
}

function opened(path: string, folder: Deno.FsFile, absent: boolean): SiteFolder {
  const known = readMark(path);
  let stage: string | null = null;
  let marked = false;
  const clear = () => {
    if (stage !== null && existsSync(stage)) removeStage(stage);
  };
  const giveUp = () => {
    clear();
    if (known !== null) return;
    // One that somebody else has put there meanwhile is theirs.
    if (marked) rmSync(join(path, SITE_MARK), { force: true });
    if (absent) rmdirSync(path);
  };
  if (known === null) refuseUnlessEmpty(path);
  else removeStages(path);
  try {
    if (known === null) {
      const mark = openSync(join(path, SITE_MARK), "wx");
      marked = true;
      try {
        writeFileSync(mark, markText(new Map()));
      } finally {
        closeSync(mark);
      }
    }
    stage = mkdtempSync(join(path, STAGE));
    writeFileSync(join(stage, STAGE_MARK), `${JSON.stringify({ generator: "Benchbook" })}\n`);
  } catch (error) {
    giveUp();
    throw error;
  }
  return {
    path,
    made: known ?? new Map(),
    stage,
    record(made) {
      const written = join(this.stage, SITE_MARK);
      writeFileSync(written, markText(made), { flush: true });
      renameSync(written, join(path, SITE_MARK));
    },
    giveUp,
    [Symbol.dispose]() {
      clear();
      folder.unlockSync();
      folder.close();
    },
  };
}

/** What the system refuses as a sentence; what is one already, and a defect, pass through. */
export function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw siteProblem(path, error);
  }
}

/** The sentence for a site that cannot be written. */
export function siteProblem(path: string, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof BenchbookError || typeof code !== "string") return error;
  const { state, next } = diskFault(error) ?? {
    state: code === "EACCES" || code === "EPERM" ? "permission denied" : message,
    next: "Make it writable",
  };
  return new ServiceError(`Cannot publish into ${path}: ${state}`, `${next}, or name another folder.`, {
    cause: error,
  });
}

/** @returns whether there is nothing yet */
function refuseByKind(path: string, apart: readonly KeptApart[]): boolean {
  const stat = attempt(path, () => look(path));
  if (stat?.isSymbolicLink()) {
    throw refused(path, `it is a link to ${readlinkSync(path)}`, "Name the folder itself.");
  }
  if (stat !== null && !stat.isDirectory()) throw refused(path, "it is not a folder");
  const real = realOf(path);
  for (const { path: other, what } of apart) {
    const place = realOf(other);
    if (real === place) throw refused(path, `it is ${what}`);
    if (isWithin(place, real)) throw refused(path, `it lies in ${what}, ${other}`);
    if (isWithin(real, place)) throw refused(path, `it holds ${what}, ${other}`);
  }
  return stat === null;
}

function look(path: string) {
  try {
    return lstatSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return null;
    if (code === "ENOTDIR") throw refused(path, "it lies in what is not a folder");
    throw error;
  }
}

/** Where a path leads, as far as it is there. */
function realOf(path: string): string {
  const there = existingPart(path);
  return join(realpathSync(there), relative(there, path));
}

function isWithin(folder: string, path: string): boolean {
  return path.startsWith(folder === "/" ? folder : `${folder}/`);
}

/** What the folder's mark says that we made; null: it bears none. */
function readMark(path: string): Map<string, Made> | null {
  const file = join(path, SITE_MARK);
  const stat = look(file);
  if (stat === null) return null;
  try {
    if (!stat.isFile()) throw new Error("it is not a file");
    const { generator, schema, files } = JSON.parse(readSmallText(file)) as Mark;
    if (generator !== "Benchbook") throw new Error("it is another program's");
    if (schema !== 1) throw new Error("a newer Benchbook wrote it");
    return new Map(Object.entries(files).filter(([name]) => PATH.test(name)));
  } catch (error) {
    throw refused(path, `its ${SITE_MARK} cannot be read: ${(error as Error).message}`);
  }
}

function markText(made: ReadonlyMap<string, Made>): string {
  const mark: Mark = { generator: "Benchbook", schema: 1, files: Object.fromEntries([...made].sort()) };
  return `${JSON.stringify(mark)}\n`;
}

function refuseUnlessEmpty(path: string): void {
  const [held] = readdirSync(path);
  if (held !== undefined) throw refused(path, `it is not a site of Benchbook's, and holds ${held}`);
}

/** Whoever left them was killed: the folder is locked. What only has such a name is somebody else's. */
function removeStages(path: string): void {
  for (const name of readdirSync(path)) {
    const stage = join(path, name);
    if (!name.startsWith(STAGE) || !lstatSync(stage).isDirectory()) continue;
    if (look(join(stage, STAGE_MARK))?.isFile()) removeStage(stage);
  }
}

/** The mark last: whoever is stopped leaves a folder that is known. */
function removeStage(stage: string): void {
  for (const name of readdirSync(stage)) {
    if (name !== STAGE_MARK) rmSync(join(stage, name), { recursive: true, force: true });
  }
  rmSync(stage, { recursive: true, force: true });
}

function refused(
  path: string,
  state: string,
  next = "Nothing was touched. Name a folder that is empty or is not there yet.",
): UsageError {
  return new UsageError(`Cannot publish into ${path}: ${state}`, next);
}

function atWork(path: string): ServiceError {
  return new ServiceError(
    `Cannot publish into ${path} now: another publish is at work there`,
    "Wait until it has ended.",
  );
}

/** The folders that a path of a site lies in, the innermost first, without the site's own. */
export function foldersOf(path: string): string[] {
  const folder = dirname(path);
  return folder === "." ? [] : [folder, ...foldersOf(folder)];
}
