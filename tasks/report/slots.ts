import { NOTEBOOK_STYLE } from "../charts/figure.ts";
import { ServiceError } from "../model/errors.ts";
import type { NotebookRun, RunCell } from "../notebook/run.ts";
import { basename } from "node:path";
import { markdown } from "./markdown.ts";

/** What notebooks put into the report: a figure or prose by the name of its slot. */
export type Slots = Readonly<Record<string, string>>;

/**
 * How notebooks and report meet: a cell's tag names the place of what it makes.
 *
 * - A code cell tagged `figure:NAME` shows the HTML that it displays in the section of sections/ that has this figure.
 * - A Markdown cell tagged `prose:SECTION` becomes the first paragraphs of the section of that id.
 *
 * Cells without such a tag are for whoever opens the notebook, and leave no trace in the report.
 *
 * @throws {ServiceError} when a tagged cell displayed no HTML or two cells fill one place.
 */
export function slotsOf(runs: readonly NotebookRun[]): Slots {
  const slots: Record<string, string> = {};
  for (const run of runs) {
    for (const cell of run.cells) {
      for (const [name, html] of filled(run, cell)) {
        if (slots[name] !== undefined) {
          throw new ServiceError(
            `Cannot place the output of ${place(run, cell)}: another cell fills "${name}" already`,
            "Give each place in the report one cell.",
          );
        }
        slots[name] = html;
      }
    }
  }
  return slots;
}

function filled(run: NotebookRun, cell: RunCell): [string, string][] {
  return cell.tags.flatMap((tag): [string, string][] => {
    const [kind, name] = split(tag);
    if (kind === "figure" && cell.kind === "code") return [[name, displayed(run, cell)]];
    if (kind === "prose" && cell.kind === "markdown") return [[tag, markdown(cell.source)]];
    return [];
  });
}

function displayed(run: NotebookRun, cell: RunCell): string {
  const html = cell.outputs.flatMap((output) => {
    if (!("mime" in output)) return [];
    const text = output.mime["text/html"];
    // The format allows a text in lines.
    return Array.isArray(text) ? [text.join("")] : typeof text === "string" ? [text] : [];
  });
  if (html.length === 0) {
    throw new ServiceError(
      `Cannot place the output of ${place(run, cell)}: it displayed no HTML`,
      "Let the figure be the last expression of the cell.",
    );
  }
  // The page has a stylesheet of its own.
  return html.join("\n").replaceAll(NOTEBOOK_STYLE, "");
}

function split(tag: string): [string, string] {
  const colon = tag.indexOf(":");
  return colon < 0 ? ["", tag] : [tag.slice(0, colon), tag.slice(colon + 1)];
}

function place(run: NotebookRun, cell: RunCell): string {
  return `${basename(run.file)}, cell ${cell.index + 1}`;
}
