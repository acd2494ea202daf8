import Handlebars from "handlebars";
import { join } from "node:path";
import { unbroken, visibleHtml } from "../charts/html.ts";
import { ServiceError } from "../model/errors.ts";
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
  const render = await templates(options.templates);
  return await render("report.hbs", { ...view, pages: options.pages ?? new Map() });
}

/** What a section's template has for the page's stylesheet, before its markup. */
const OWN_STYLE = /^<style>\n([\s\S]*?)<\/style>\n/;

/**
 * The templates of a directory with the helpers they use; returns a function that renders one of them.
 * @throws {ServiceError} that names the template, where one is missing or has a mistake, as does what is returned
 */
export async function templates(
  directory: string,
): Promise<(name: string, context: object) => Promise<string>> {
  const engine = Handlebars.create();
  registerHelpers(engine);
  const styles = new Map<string, string>();
  engine.registerHelper("style", (template: string) => new engine.SafeString(styles.get(template) ?? ""));
  const read = (name: string) => within(name, () => Deno.readTextFile(join(directory, name)));
  for (const folder of ["partials", "sections"]) {
    const names = await within(folder, () => Array.fromAsync(Deno.readDir(join(directory, folder))));
    for (const { name } of names) {
      if (!name.endsWith(".hbs")) continue;
      const file = `${folder}/${name}`;
      const text = await read(file);
      const template = file.slice(0, -".hbs".length);
      engine.registerPartial(template, compiled(engine, file, text.replace(OWN_STYLE, remark)));
      styles.set(template, OWN_STYLE.exec(text)?.[1] ?? "");
    }
  }
  const css = await read("report.css");
  return async (name, context) => {
    const render = compiled(engine, name, await read(name));
    // The whole page, as texts reach it by figures and helpers too.
    return visibleHtml(render({ css, ...context }));
  };
}

/** A template, compiled when it is first used, whose mistakes are told with its name. */
function compiled(engine: typeof Handlebars, file: string, text: string): HandlebarsTemplateDelegate {
  // Strict: a misspelt field fails the report instead of leaving a hole in it.
  const render = engine.compile(text, { strict: true, preventIndent: true });
  return (context, options) => {
    try {
      return render(context, options);
    } catch (error) {
      throw mistakeIn(file, error);
    }
  };
}

/** A remark of as many lines in its place: a mistake is told with the number of its line. */
function remark(text: string): string {
  return `{{!--${"\n".repeat(text.split("\n").length - 2)}--}}\n`;
}

async function within<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw mistakeIn(name, error);
  }
}

/** A template is the user's to edit, and so may be a mistake in it. */
function mistakeIn(file: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof ServiceError) return error;
  // Handlebars shows the place under its first line.
  const what = error.message.split("\n")[0]!.replace(/:$/, "");
  return new ServiceError(
    `Cannot render templates/${file}: ${what}`,
    "Correct the template, or put it back as it came: git diff templates. The former report is as it was.",
    { cause: error },
  );
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
