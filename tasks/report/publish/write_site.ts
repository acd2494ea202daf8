import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { UsageError } from "../../model/errors.ts";
import { attempt, foldersOf, type Made, type SiteFolder } from "./site_folder.ts";

/** A file that a site is to have. */
export type SiteFile =
  & {
    /** Its path in the site. */
    readonly path: string;
  }
  & ({ /** The file that it is a copy of. */ readonly from: string } | { readonly text: string });

/** What a publish did to a site's files. */
export interface Written {
  readonly changed: number;
  readonly unchanged: number;
  readonly removed: number;
}

/**
 * Makes a folder of ours hold these files, and none that we made before and that is no longer wanted. All that is new is
 * written beside what is there; only then is it put in its place, file by file, pages before the lists that lead to them.
 * So who interrupts it finds the former site, whole, and files of others stay as they are.
 * @param files lists last
 * @throws {UsageError} where something that is not ours lies in a file's place; {ServiceError} where it cannot be written
 */
export function writeSite(site: SiteFolder, files: readonly SiteFile[], signal?: AbortSignal): Written {
  return attempt(site.path, () => {
    const planned = files.map((file) => ({ file, ...stateOf(site, file) }));
    const changed = planned.filter(({ same }) => !same);
    for (const { file } of changed) refuseForeign(site, file.path);
    for (const [index, { file }] of changed.entries()) {
      signal?.throwIfAborted();
      stage(join(site.stage, String(index)), file);
    }
    signal?.throwIfAborted();
    const wanted = new Map(planned.map(({ file, made }) => [file.path, made]));
    const gone = [...site.made.keys()].filter((path) => !wanted.has(path));
    if (changed.length > 0 || gone.length > 0) {
      // Whoever is stopped from here on leaves nothing of which the mark does not know.
      site.record(new Map([...site.made, ...wanted]));
      for (const [index, { file }] of changed.entries()) put(site, String(index), file.path);
      for (const path of gone) remove(site, path);
      site.record(wanted);
    }
    return { changed: changed.length, unchanged: planned.length - changed.length, removed: gone.length };
  });
}

/** What a file will be recorded as, and whether it is that already. */
function stateOf(site: SiteFolder, file: SiteFile): { readonly made: Made; readonly same: boolean } {
  const place = join(site.path, file.path);
  const there = entryOf(place);
  const before = site.made.get(file.path);
  const isOurs = before !== undefined && (there?.isFile() ?? false);
  if ("text" in file) {
    const bytes = new TextEncoder().encode(file.text);
    const same = isOurs && there!.size === bytes.length && readFileSync(place).equals(bytes);
    return { made: { bytes: bytes.length, source: null }, same };
  }
  const { size, mtimeMs } = statSync(file.from);
  const source = `${size} ${Math.round(mtimeMs)}`;
  // One that bears our time is as it was written; else, as in a copy of the site, its content tells.
  const same = isOurs && there!.size === size && before!.source === source &&
    (there!.mtimeMs === wholeSecond(mtimeMs) || readFileSync(place).equals(readFileSync(file.from)));
  return { made: { bytes: size, source }, same };
}

/**
 * The time that a copy gets: its source's, cut to a whole second. Who edits it gives it another one, with a fraction, so a
 * thousand reports need not be read to see that they are the same.
 */
function wholeSecond(mtimeMs: number): number {
  return Math.floor(mtimeMs / 1000) * 1000;
}

/** What is put in a file's place, or its folder's, may replace nothing that others put there. */
function refuseForeign({ path: site, made }: SiteFolder, path: string): void {
  const there = entryOf(join(site, path));
  const held = foldersOf(path).findLast((folder) => !(entryOf(join(site, folder))?.isDirectory() ?? true)) ??
    (there !== null && !(there.isFile() && made.has(path)) ? path : null);
  if (held === null) return;
  throw new UsageError(
    `Cannot publish into ${site}: what lies at ${held} there is not Benchbook's`,
    "Nothing was touched. Move it away, or name another folder.",
  );
}

/** What stands there, be it a link; null: nothing does. */
function entryOf(path: string) {
  try {
    return lstatSync(path);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code!)) return null;
    throw error;
  }
}

function stage(place: string, file: SiteFile): void {
  if ("text" in file) writeFileSync(place, file.text);
  else {
    copyFileSync(file.from, place);
    const seconds = wholeSecond(statSync(file.from).mtimeMs) / 1000;
    utimesSync(place, seconds, seconds);
  }
  // A web server is another user.
  chmodSync(place, 0o644);
}

function put(site: SiteFolder, staged: string, path: string): void {
  const place = join(site.path, path);
  mkdirSync(dirname(place), { recursive: true });
  renameSync(join(site.stage, staged), place);
}

/** A file that we made goes; its folders too, where nothing else lies in them. */
function remove(site: SiteFolder, path: string): void {
  const folders = foldersOf(path);
  if (folders.some((folder) => !entryOf(join(site.path, folder))?.isDirectory())) return;
  const place = join(site.path, path);
  // What others put in its place stays.
  if (entryOf(place)?.isFile()) rmSync(place);
  for (const folder of folders) {
    try {
      rmdirSync(join(site.path, folder));
    } catch {
      // Other files lie there.
      return;
    }
  }
}
