import { PATHS } from "../paths/names.ts";
import { armOf, segmentOf } from "./segments.ts";

/** How one series is told apart: by colour, and as well by dash and symbol for whoever sees no colour. */
export interface SeriesStyle {
  /** A CSS colour: a variable of the page with a fallback, e.g. `var(--bb-blue, #4269d0)`. */
  readonly colour: string;
  /** The line's `stroke-dasharray`, e.g. `6 3`; empty: solid. */
  readonly dash: string;
  /** The shape of its dots. */
  readonly symbol: "circle" | "square" | "triangle" | "diamond" | "star" | "cross";
}

/**
 * Observable's ten, in an order in which the first ones differ most in hue and lightness. Each is a CSS
 * variable with the light page's colour as fallback, so that a stylesheet can restyle a drawn chart and
 * a notebook shows it without one.
 */
const COLOURS = [
  ["blue", "#4269d0"],
  ["coral", "#ff725c"],
  ["green", "#3ca951"],
  ["purple", "#a463f2"],
  ["amber", "#efb118"],
  ["cyan", "#6cc5b0"],
  ["brown", "#9c6b4e"],
  ["pink", "#ff8ab7"],
  ["sky", "#97bbf5"],
  ["grey", "#9498a0"],
] as const;

const DASHES = ["", "6 3", "2 3", "8 3 2 3", "12 4", "4 2 1 2 1 2"];
const SYMBOLS = ["circle", "square", "triangle", "diamond", "star", "cross"] as const;

export type ColourName = typeof COLOURS[number][0];

/** A colour of the palette as a CSS value. */
export function colour(name: ColourName): string {
  const hex = COLOURS.find(([known]) => known === name)![1];
  return `var(--bb-${name}, ${hex})`;
}

/** Muted ink for rules, bands and notes, on light and on dark paper. */
export const MUTED = "var(--bb-muted, #6b7280)";
/** The paper, for halos and hollow marks. */
export const PAPER = "var(--bb-paper, #fff)";

/** The style of the series at `index`; repeats after ten colours, with another dash and symbol. */
export function seriesStyle(index: number): SeriesStyle {
  const [name] = COLOURS[index % COLOURS.length]!;
  return {
    colour: colour(name),
    dash: DASHES[index % DASHES.length]!,
    symbol: SYMBOLS[index % SYMBOLS.length]!,
  };
}

/** Styles for these series in order of first appearance; the same name gets one style. */
export function stylesOf(names: readonly string[]): Map<string, SeriesStyle> {
  const unique = [...new Set(names)];
  return new Map(unique.map((name, index) => [name, seriesStyle(index)]));
}

/** Colours from here on are for arms of other names than a path's: the first are those of the paths that most runs have. */
const FIRST_OF_OTHERS = 3;

/**
 * Styles for arms, the access paths first and in their own order. A path has the same style in every
 * chart of every run, whichever of them a chart shows; an arm of another name has the colour that its name comes to, so
 * that report, comparison and history show it alike, or the next one that none beside it has. In each segment of a run an
 * arm keeps its colour and symbol, and its dash says which segment it is.
 */
export function armStyles(names: readonly string[]): Map<string, SeriesStyle> {
  const unique = [...new Set(names)];
  const arms = [...new Set(unique.map(armOf))];
  const segments = [...new Set(unique.map(segmentOf))];
  const known = PATHS.filter((path) => arms.includes(path));
  const others = arms.filter((arm) => !PATHS.includes(arm));
  const places = placesOf(others, known.map((path) => PATHS.indexOf(path)));
  const styleOf = (arm: string) => seriesStyle(places.get(arm) ?? PATHS.indexOf(arm));
  return new Map(
    [...known, ...others].flatMap((arm) =>
      unique.filter((name) => armOf(name) === arm).map((name): [string, SeriesStyle] => {
        const dash = DASHES[segments.indexOf(segmentOf(name)) % DASHES.length]!;
        return [name, segmentOf(name) === null ? styleOf(arm) : { ...styleOf(arm), dash }];
      })
    ),
  );
}

/** A place among the styles for each name, by its letters and not by where it is first met. */
function placesOf(names: readonly string[], taken: readonly number[]): Map<string, number> {
  const used = new Set(taken);
  const count = COLOURS.length - FIRST_OF_OTHERS;
  const places = names.toSorted().map((name, at): [string, number] => {
    const wanted = [...name].reduce((sum, letter) => (31 * sum + letter.codePointAt(0)!) % 65_521, 7);
    const tried = Array.from({ length: count }, (_, step) => FIRST_OF_OTHERS + (wanted + step) % count);
    // Where all are taken, colours repeat with another symbol.
    const place = tried.find((each) => !used.has(each)) ?? COLOURS.length + at;
    used.add(place);
    return [name, place];
  });
  return new Map(places);
}
