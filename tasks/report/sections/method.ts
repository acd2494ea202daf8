import { method, reproduce } from "../method.ts";
import { migrationMethod } from "../migration_method.ts";
import { probeMethod } from "../probe_method.ts";
import type { Section } from "./section.ts";

export interface MethodView {
  readonly method: readonly string[];
  /** What the command does once more. */
  readonly again: string;
  readonly command: string;
  /** Whose requests the query gives. */
  readonly requestsOf: string;
  readonly query: string;
}

export const METHOD: Section<MethodView> = {
  title: "Method and how to reproduce",
  figures: [],
  template: "sections/method",
  view: ({ summary }) => ({
    ...summary.probe !== undefined
      ? { method: probeMethod(summary, summary.probe), again: "probe" }
      : summary.migration === undefined
      ? { method: method(summary), again: "run" }
      : { method: migrationMethod(summary, summary.migration), again: "migration" },
    command: reproduce(summary.run),
    requestsOf: "this run",
    query: `SELECT * FROM timing WHERE run_id = '${summary.run.runId}';`,
  }),
};
