import { existsSync } from "node:fs";
import { ServiceError } from "../model/errors.ts";
import { formatBytes } from "../model/units.ts";
import { placeOfUrl } from "../postgres/place.ts";
import { freeForData } from "../stack/postgres_cluster.ts";
import { freeBytes } from "../stack/places.ts";
import type { Cloneable } from "../clone/cloneable.ts";

const THIS_MACHINE = /^(localhost|127\.\d+\.\d+\.\d+|::1|\/.*)$/;

/** Where a database lies that is to be cloned. */
export interface CloneDisk {
  readonly home: string;
  readonly url: string;
  readonly embedded: boolean;
  readonly database: Pick<Cloneable, "folder">;
}

/** Bytes that are free where a clone would lie; null where that is not known. */
export function freeForClone({ home, url, embedded, database: { folder } }: CloneDisk): number | null {
  if (embedded) return freeForData(home);
  if (folder === null || !THIS_MACHINE.test(placeOfUrl(url).host)) return null;
  // A server in a container has paths of its own.
  if (!existsSync(folder)) return null;
  try {
    return freeBytes(folder);
  } catch {
    return null;
  }
}

/**
 * A server whose disk has no room for its write-ahead log stops, with all of its databases: so there must be room for what
 * the copy adds to it too.
 * @param free see `freeForClone`
 * @throws {ServiceError} where a clone does not fit
 */
export function refuseWithoutRoomForClone(
  { bytes, logBytes, place }: Pick<Cloneable, "bytes" | "logBytes" | "place">,
  free: number | null,
): void {
  if (free === null || free >= bytes + logBytes) return;
  const log = logBytes === 0 ? "" : `, and the write-ahead log of the copy up to ${formatBytes(logBytes)}`;
  throw new ServiceError(
    `Cannot clone the database "${place.database}": the clone takes ${formatBytes(bytes)}${log}: ${
      formatBytes(free)
    } are free on the server's disk`,
    "Nothing was cloned. Free some space there, or take less data.",
  );
}
