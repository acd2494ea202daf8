import { readFileSync } from "node:fs";

/** The text of a file of the system's; null where it cannot be read. */
export function optional(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
