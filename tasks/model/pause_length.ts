import type { Pause } from "./probe.ts";
import { formatCount } from "./units.ts";

/** How long a pause lasted, and how long at least where the load generator itself was late at one end of it: `1,204 ms (1,180 at least)`. */
export function pauseLength({ ms, leastMs }: Pick<Pause, "ms" | "leastMs">): string {
  const least = ms - leastMs >= 1 ? ` (${formatCount(Math.floor(leastMs))} at least)` : "";
  return `${formatCount(Math.round(ms))} ms${least}`;
}
