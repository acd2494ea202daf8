import { method, reproduce } from "../method.ts";
import type { Section } from "./section.ts";

export const METHOD: Section<
  { readonly method: readonly string[]; readonly command: string; readonly query: string }
> = {
  title: "Method and how to reproduce",
  figures: [],
  template: "sections/method",
  view: ({ summary }) => ({
    method: method(summary),
    command: reproduce(summary.run),
    query: `SELECT * FROM timing WHERE run_id = '${summary.run.runId}';`,
  }),
};
