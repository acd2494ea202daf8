import Handlebars from "handlebars";
import { join } from "node:path";
import { unbroken, visibleHtml } from "../charts/html.ts";
import { singleLine } from "../terminal/safe_text.ts";
import type { Cell } from "./cells.ts";
import type { ReportView } from "./view.ts";

/** Page numbers of the printed report by the id of a heading's anchor. */
export type Pages = ReadonlyMap<string, number>;

/** Columns of the running head of a printed page. */
const MARGIN_COLUMNS = 80;

type Options = Handlebars.HelperOptions;
type Root = ReportView & { readonly pages: Pages };
type Entry = ReportView["contents"][number];

/**
 * Renders the report: one HTML file with its stylesheet and figures inside.
 * @param pages printed page numbers for the contents, once they are known.
 */
export async function renderHtml(
  view: ReportView,
  options: { readonly templates: string; readonly pages?: Pages },
): Promise<string> {
  const engine = await templates(options.templates);
  const css = await Deno.readTextFile(join(options.templates, "report.css"));
  return engine("report.hbs", { ...view, css, pages: options.pages ?? new Map() });
}

/** What a section's template has for the page's stylesheet, before its markup. */
const OWN_STYLE = /^<style>\n([\s\S]*?)<\/style>\n/;

/** The templates of a directory with the helpers they use; returns a function that renders one of them. */
export async function templates(
  directory: string,
): Promise<(name: string, context: unknown) => Promise<string>> {
  const engine = Handlebars.create();
  registerHelpers(engine);
  const styles = new Map<string, string>();
  engine.registerHelper("style", (template: string) => new engine.SafeString(styles.get(template) ?? ""));
  for (const folder of ["partials", "sections"]) {
    for await (const { name } of Deno.readDir(join(directory, folder))) {
      if (!name.endsWith(".hbs")) continue;
      const text = await Deno.readTextFile(join(directory, folder, name));
      const template = `${folder}/${name.slice(0, -".hbs".length)}`;
      engine.registerPartial(template, text.replace(OWN_STYLE, ""));
      styles.set(template, OWN_STYLE.exec(text)?.[1] ?? "");
    }
  }
  return async (name, context) => {
    const text = await Deno.readTextFile(join(directory, name));
    // Strict: a misspelt field fails the report instead of leaving a hole in it.
    // The whole page, as texts reach it by figures and helpers too.
    return visibleHtml(engine.compile(text, { strict: true, preventIndent: true })(context));
  };
}

function registerHelpers(engine: typeof Handlebars): void {
  const safe = (html: string) => new engine.SafeString(html);
  const escape = (text: string) => engine.escapeExpression(text);
  const struck = (text: string, root: Root) =>
    root.struck && /\d/.test(text) ? `<s>${escape(text)}</s>` : escape(text);
  const noteLinks = (numbers: readonly number[]) =>
    numbers.length === 0
      ? ""
      : `<sup>${numbers.map((n) => `<a href="#note-${n}" aria-label="note ${n}">${n}</a>`).join(", ")}</sup>`;

  /** A measured number; struck through when the run is invalid. */
  engine.registerHelper("num", (text: string, { data }: Options) => safe(struck(text, data.root)));
  // A line may end before an option, and not behind its hyphens.
  engine.registerHelper(
    "commandLine",
    (text: string) => safe(escape(text).replace(/(?<= )--\S+/g, '<span class="option">$&</span>')),
  );
  engine.registerHelper("unbroken", (text: string) => unbroken(text));
  engine.registerHelper("notes", (numbers: readonly number[]) => safe(noteLinks(numbers)));
  /** A table's cell: {{td cell columns index row}}; numeric when its column is, or when no columns are given. */
  engine.registerHelper("td", (cell: Cell, ...rest: unknown[]) => {
    const { data } = rest[rest.length - 1] as Options;
    const [columns, index, row] = rest as [{ numeric: boolean }[], number, string | null];
    // A table's first columns are its headings: the group's, and the row's where it has one.
    const isNumeric = rest.length === 1 || columns[index + (row ? 2 : 1)]?.numeric;
    const hint = cell.hint === "" ? "" : ` title="${escape(cell.hint)}"`;
    return safe(
      `<td${
        isNumeric ? ` class="num"` : ""
      }${hint}>${(cell.fact ? escape(cell.text) : struck(cell.text, data.root))}${
        noteLinks(cell.notes)
      }</td>`,
    );
  });
  /** A figure that a notebook made; nothing where it made none. */
  engine.registerHelper("slot", (name: string, { data }: Options) => data.root.slots[name] ?? "");
  /** A section with its heading and the notebooks' prose. */
  engine.registerHelper("section", function (this: unknown, { id, title }: Entry, options: Options) {
    const prose = options.data.root.slots[`prose:${id}`] ?? "";
    return safe(
      `<section id="${id}" aria-labelledby="${id}-title">\n<h2 id="${id}-title">${escape(title)}</h2>\n` +
        `${prose}${options.fn(this)}</section>`,
    );
  });
  engine.registerHelper("page", (id: string, { data }: Options) => data.root.pages.get(id) ?? "");
  engine.registerHelper("sign", (tone: string) => ({ good: "✓", bad: "✗", unsure: "?", neutral: "" })[tone]);
  engine.registerHelper("one", (rows: readonly unknown[]) => rows.length === 1);
  engine.registerHelper("concat", (...parts: unknown[]) => parts.slice(0, -1).join(""));
  /** Text as a CSS string inside a style element, as long as the margin of a page has room for. */
  engine.registerHelper(
    "cssString",
    (text: string) =>
      `"${
        singleLine(text, MARGIN_COLUMNS).replace(
          /[^\w .,:·-]/gu,
          (c) => `\\${c.codePointAt(0)!.toString(16)} `,
        )
      }"`,
  );
}
