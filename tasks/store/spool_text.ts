import { crc32 } from "node:zlib";

/**
 * A value as a spool keeps it: one line, a checksum and JSON. The checksum is over the run's id too, so that a file
 * of another run is none of this one's.
 */
export function sealText(runId: string, value: unknown): string {
  const json = JSON.stringify(value);
  return `${checksum(runId, json)} ${json}`;
}

/** What came of reading a line. */
export type Unsealed = {
  readonly value: unknown;
  /** Whether a checksum bears it out. */
  readonly sealed: boolean;
} | null;

/** The value of a line, or null when it is not as it was written. Older spools had JSON alone. */
export function unsealText(runId: string, text: string): Unsealed {
  const line = text.trimEnd();
  const older = line.startsWith("{") || line.startsWith("[");
  const json = older ? line : line.slice(CHECKSUM_LENGTH + 1);
  if (!older && line.slice(0, CHECKSUM_LENGTH + 1) !== `${checksum(runId, json)} `) return null;
  try {
    return { value: JSON.parse(json) as unknown, sealed: !older };
  } catch {
    return null;
  }
}

const CHECKSUM_LENGTH = 8;

function checksum(runId: string, json: string): string {
  return crc32(json, crc32(runId)).toString(16).padStart(CHECKSUM_LENGTH, "0");
}
