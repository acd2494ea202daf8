import { closest, distance } from "fastest-levenshtein";

/**
 * The known name nearest to what was typed, or undefined when none is near enough to be meant.
 * @param mostWrong characters that may be wrong; without it half of the name
 */
export function nearest(typed: string, known: readonly string[], mostWrong?: number): string | undefined {
  if (known.length === 0) return undefined;
  const best = closest(typed.toLowerCase(), known.map((name) => name.toLowerCase()));
  const match = known.find((name) => name.toLowerCase() === best)!;
  const near =
    distance(typed.toLowerCase(), best) <= (mostWrong ?? Math.max(2, Math.floor(best.length / 2))) ||
    best.startsWith(typed.toLowerCase());
  return near ? match : undefined;
}

/** A hint for an unknown name: the nearest one, and all there are. */
export function hint(typed: string, known: readonly string[]): string {
  if (known.length === 0) return "There are none.";
  const best = nearest(typed, known);
  const all = `Known: ${known.join(", ")}.`;
  return best === undefined ? all : `Did you mean "${best}"? ${all}`;
}
