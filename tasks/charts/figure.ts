import { formatCount } from "../model/units.ts";
import { escapeHtml, unbroken } from "./html.ts";
import type { SeriesStyle } from "./palette.ts";

/** The head of a column; the cells of a `numeric` one are set flush right. */
export interface Column {
  /** What stands in it. */
  readonly title: string;
  /** Whether its cells are numbers. */
  readonly numeric: boolean;
}

/** The numbers behind a chart, already written for people. */
export interface DataTable {
  /** The heads, from left to right. */
  readonly columns: readonly Column[];
  /** One text a column in each row; the first cell is the row's head. */
  readonly rows: readonly (readonly string[])[];
}

/** Heads of columns that hold words. */
export function words(...titles: string[]): Column[] {
  return titles.map((title) => ({ title, numeric: false }));
}

/** Heads of columns that hold numbers. */
export function numbers(...titles: string[]): Column[] {
  return titles.map((title) => ({ title, numeric: true }));
}

/** One entry of a chart's key. */
export interface LegendItem {
  /** The series' name as the reader sees it, e.g. `sql+cache`. */
  readonly name: string;
  /** Colour, dash and symbol of the series in the drawing. */
  readonly style: SeriesStyle;
  /** How the series is drawn, so that the key looks like the chart. */
  readonly shape: "line" | "dot" | "area";
}

/** Entries of series that are drawn alike. */
export function styleLegend(
  styles: Iterable<readonly [string, SeriesStyle]>,
  shape: LegendItem["shape"],
): LegendItem[] {
  return Array.from(styles, ([name, style]) => ({ name, style, shape }));
}

/** A chart with everything that a reader needs beside it. */
export interface FigureParts {
  /** Unique in the page; prefixes every id inside. */
  readonly id: string;
  /** Heading above the chart, plain text. */
  readonly title: string;
  /** One sentence that stands for the picture where it cannot be seen: what it shows and finds. */
  readonly label: string;
  /** One drawing, or small multiples. */
  readonly svg: string | readonly string[];
  /** How several drawings stand: side by side where there is room (the default), or under one another. */
  readonly layout?: "grid" | "stack";
  /** Where it does not fit, which end is seen before anybody scrolls: the left one (`start`, the default), or the newest. */
  readonly scrolledTo?: "start" | "end";
  /** The key, in order; none where the drawing names its series itself. */
  readonly legend?: readonly LegendItem[];
  /** Two sentences on how to read it. */
  readonly reading: string;
  /** The chart's numbers, folded away below it. */
  readonly table: DataTable;
}

/** Tables longer than this are cut: the whole is in the store, and the page stays small enough to send. */
export const TABLE_ROWS = 240;

/**
 * The little styling that a figure needs where no stylesheet of the report is present, i.e. in Jupyter.
 * `:where()` has no specificity: any page's own rule wins.
 */
export const NOTEBOOK_STYLE = "<style>" +
  ":where(.bb-figure figure){margin:0;max-width:760px;overflow-x:auto}" +
  ":where(.bb-figure svg.bb-plot){display:block;max-width:100%;height:auto}" +
  ":where(.bb-legend){display:flex;flex-wrap:wrap;gap:.2em 1.2em;list-style:none;margin:.3em 0;padding:0}" +
  ":where(.bb-legend svg){vertical-align:-.15em;margin-right:.4em}" +
  ":where(.bb-multiples){display:grid;grid-template-columns:repeat(2,1fr);gap:.6em 1.2em}" +
  ":where(.bb-figure table){border-collapse:collapse;font-variant-numeric:tabular-nums}" +
  ":where(.bb-figure :is(th,td)){padding:.1em .6em;text-align:left}" +
  ":where(.bb-figure .num){text-align:right}" +
  "</style>";

/** A figure that shows itself in Jupyter when it is the last value of a cell. */
export type Figure = Required<FigureParts>;

/** Takes over the parts; `layout` becomes `grid`, `scrolledTo` `start`, and `legend` empty where they are left out. */
export function makeFigure(parts: FigureParts): Figure {
  const made: Figure = { layout: "grid", scrolledTo: "start", legend: [], ...parts };
  /** What the Deno kernel displays. */
  const display = () => ({
    "text/html": NOTEBOOK_STYLE + figure(made),
    "text/plain": `${made.title}. ${made.label}`,
  });
  return Object.defineProperty(made, Symbol.for("Jupyter.display"), { value: display });
}

/**
 * A figure as HTML: title, key, picture, how to read it, and its numbers.
 *
 * Caption and data table stand beside `<figure role="img">`, not in it: an image's children are hidden
 * from assistive technology, and a `<details>` inside could not be reached.
 */
export function figure(parts: FigureParts): string {
  const id = escapeHtml(parts.id);
  const drawings = typeof parts.svg === "string" ? [parts.svg] : parts.svg;
  const picture = drawings.length === 0
    ? `<p>There is nothing to draw.</p>`
    : drawings.length === 1 || parts.layout === "stack"
    ? drawings.join("")
    : `<div class="bb-multiples">${drawings.join("")}</div>`;
  const label = escapeHtml(`${parts.title}. ${parts.label}`);
  return `<div class="bb-figure" id="${id}">` +
    `<p class="bb-title"><strong>${escapeHtml(parts.title)}</strong></p>` +
    legend(parts.legend ?? []) +
    // Focusable because it scrolls sideways on a narrow screen, and a keyboard must be able to do that.
    `<figure${
      parts.scrolledTo === "end" ? ` class="bb-newest"` : ""
    } role="img" tabindex="0" aria-label="${label}" aria-describedby="${id}-reading">${picture}</figure>` +
    `<p class="bb-reading" id="${id}-reading">${escapeHtml(unbroken(parts.reading))}</p>` +
    dataTable(parts.title, parts.table) +
    `</div>`;
}

function legend(items: readonly LegendItem[]): string {
  if (items.length === 0) return "";
  const keys = items.map((item) => `<li>${key(item)}${escapeHtml(item.name)}</li>`);
  return `<ul class="bb-legend">${keys.join("")}</ul>`;
}

const MARKS: Readonly<Record<SeriesStyle["symbol"], string>> = {
  circle: `<circle cx="14" cy="6" r="3.6"/>`,
  square: `<rect x="10.6" y="2.6" width="6.8" height="6.8"/>`,
  triangle: `<path d="M14 1.6L18.4 9.6H9.6Z"/>`,
  diamond: `<path d="M14 1L18 6L14 11L10 6Z"/>`,
  star: `<path d="M14 .8L15.3 4.5L19.2 4.6L16.1 7L17.2 10.8L14 8.5L10.8 10.8L11.9 7L8.8 4.6L12.7 4.5Z"/>`,
  cross: `<path d="M12.4 1.5h3.2v3h3v3h-3v3h-3.2v-3h-3v-3h3z"/>`,
};

function key({ style, shape }: LegendItem): string {
  const line = `<path d="M0 6H28" fill="none" stroke="${style.colour}" stroke-width="2" ` +
    `stroke-dasharray="${style.dash}"/>`;
  const inside = {
    line: line,
    dot: `<g fill="${style.colour}">${MARKS[style.symbol]}</g>`,
    area: `<rect x="4" y="1" width="20" height="10" fill="${style.colour}"/>`,
  }[shape];
  return `<svg width="28" height="12" viewBox="0 0 28 12" aria-hidden="true" focusable="false">${inside}</svg>`;
}

function dataTable(title: string, table: DataTable): string {
  if (table.rows.length === 0) return "";
  const numeric = (index: number) => table.columns[index]?.numeric ? ` class="num"` : "";
  const head = table.columns.map((column, index) =>
    `<th scope="col"${numeric(index)}>${escapeHtml(column.title)}</th>`
  );
  const shown = table.rows.slice(0, TABLE_ROWS);
  const body = shown.map((row) =>
    `<tr>${
      row.map((cell, index) =>
        index === 0
          ? `<th scope="row"${numeric(0)}>${escapeHtml(cell)}</th>`
          : `<td${numeric(index)}>${escapeHtml(cell)}</td>`
      ).join("")
    }</tr>`
  );
  const cut = table.rows.length > shown.length
    ? `<p>The first ${formatCount(shown.length)} of ${
      formatCount(table.rows.length)
    } rows; all are in the store.</p>`
    : "";
  return `<details class="bb-data"><summary>Data: ${escapeHtml(title)}</summary>` +
    `<div class="bb-scroll" tabindex="0" role="region" aria-label="${escapeHtml(`Data: ${title}`)}"><table>` +
    `<caption>${escapeHtml(title)}</caption><thead><tr>${head.join("")}</tr></thead>` +
    `<tbody>${body.join("")}</tbody></table></div>${cut}</details>`;
}
