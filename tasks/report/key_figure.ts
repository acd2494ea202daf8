import type { Cell } from "./cells.ts";

/** One of the figures of page one, with a row for each arm or whatever it tells apart. */
export interface KeyFigure {
  readonly title: string;
  readonly rows: readonly {
    readonly arm: string;
    readonly value: Cell;
    /** The paired estimate against the baseline with its verdict; null where nothing was compared by pairs. */
    readonly compared: { readonly text: string; readonly sense: "better" | "worse" | "same" } | null;
  }[];
}
