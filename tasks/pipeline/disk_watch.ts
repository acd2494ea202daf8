import { statSync } from "node:fs";
import { join } from "node:path";
import { runtimeNetwork } from "../net/runtime_channel.ts";
import { formatBytes } from "../model/units.ts";
import { existingPart, freeBytes, onOneDisk } from "../stack/places.ts";

/** What must stay free while a run is measured, for the last rows and the services. */
const RESERVE_BYTES = 64_000_000;
/** Of a spool's bytes: what the store takes of the same disk before the spool is removed. */
const STORE_SHARE = 0.3;
const PERIOD_MS = 500;

/**
 * Ends a run in order before it fills the disk: what is measured by then can still be written, and stored.
 * @param places the run's spool, and the store that takes it when the run has ended
 * @param onFull called once, with what is full as a sentence's part
 * @param free bytes of a folder's disk
 */
export function watchDisk(
  { spool, db }: { readonly spool: string; readonly db: string },
  onFull: (why: string) => void,
  free: (path: string) => number = freeBytes,
  later = runtimeNetwork.later,
): Disposable {
  const look = () => {
    const found = findFull(spool, existingPart(db), free);
    if (found === null) return void (forget = later(PERIOD_MS, look));
    onFull(`the disk is full, but for ${formatBytes(found.left)} to store the run, at ${found.disk}`);
  };
  let forget = later(PERIOD_MS, look);
  return { [Symbol.dispose]: () => forget() };
}

/** The disk that the run must not fill further; null where each has room. */
function findFull(spool: string, store: string, free: (path: string) => number) {
  try {
    const stored = STORE_SHARE * sizeOf(spool);
    const needs = onOneDisk(spool, store)
      ? [{ disk: spool, bytes: stored }]
      : [{ disk: spool, bytes: 0 }, { disk: store, bytes: stored }];
    return needs.map(({ disk, bytes }) => ({ disk, bytes, left: free(disk) }))
      .find(({ bytes, left }) => left < RESERVE_BYTES + bytes) ?? null;
  } catch {
    // A disk that cannot be asked is not known to be full; a write to it will tell.
    return null;
  }
}

function sizeOf(dir: string): number {
  // One may be renamed or removed after it was listed.
  const sizeAt = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return [...Deno.readDirSync(dir)].reduce((sum, { name }) => sum + sizeAt(join(dir, name)), 0);
}
