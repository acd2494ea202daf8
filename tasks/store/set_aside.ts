import { basename, join } from "node:path";
import { isThere } from "../files/entry.ts";

const FOLDER = "set-aside";
/** More of one name are not made; the next is refused, as any rename may be. */
const MOST = 1000;

/**
 * Moves a spool, or what stands in its place, out of the way of later starts: into `HOME/set-aside/`. Nothing of
 * it is changed or removed.
 * @returns where it is now
 * @throws when it cannot be moved
 */
export function setAside(home: string, path: string): string {
  const folder = join(home, FOLDER);
  Deno.mkdirSync(folder, { recursive: true });
  for (let number = 1; number <= MOST; number++) {
    const to = join(folder, number === 1 ? basename(path) : `${basename(path)}-${number}`);
    if (isThere(to)) continue;
    Deno.renameSync(path, to);
    return to;
  }
  throw new Error(`${folder} has ${MOST} of that name`);
}
