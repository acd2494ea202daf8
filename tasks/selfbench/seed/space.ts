import { ServiceError } from "../../model/errors.ts";
import { existingPart, freeBytes, MIN_FREE_BYTES } from "../../stack/places.ts";
import { formatBytes, formatCount } from "../../model/units.ts";

/** Something that will take room on a disk. */
export interface Need {
  readonly what: string;
  readonly path: string;
  readonly bytes: number;
}

/**
 * Refuses to begin what a disk cannot hold: a measurement on a full disk is none. Needs on one disk are added.
 * @throws {ServiceError} with the bytes that are needed and those that are free
 */
export function refuseLittleSpace(needs: readonly Need[], free: (path: string) => number = freeBytes): void {
  // The server's own folders may be closed to us: the one above them is on the same disk, as a rule.
  const existing = needs.map((need) => ({ ...need, path: existingPart(need.path) }));
  for (const together of Map.groupBy(existing, ({ path }) => Deno.statSync(path).dev).values()) {
    const { path } = together[0]!;
    const needed = together.reduce((sum, { bytes }) => sum + bytes, MIN_FREE_BYTES);
    const left = free(path);
    if (left >= needed) continue;
    const parts = together.map(({ what, bytes }) => `${formatBytes(bytes)} for ${what}`).join(", ");
    throw new ServiceError(
      `Cannot measure the seeding on a disk with too little room: ${exactly(needed)} are needed at ${path}, ${
        exactly(left)
      } are free`,
      `It takes ${parts}, and ${
        formatBytes(MIN_FREE_BYTES)
      } must stay free. Free some space, or give a smaller --scale.`,
    );
  }
}

function exactly(bytes: number): string {
  return `${formatCount(Math.ceil(bytes))} bytes`;
}
