import { significant } from "./units.ts";

/** The smallest change that a comparison could have shown, from a ratio above 1: `8.2 %`, `3.1×` from twice on. */
export function detectableText(ratio: number | null | undefined): string {
  if (ratio === null || ratio === undefined) return "—";
  return ratio >= 2 ? `${significant(ratio, 2)}×` : `${significant((ratio - 1) * 100, 2)} %`;
}
