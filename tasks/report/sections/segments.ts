import { operationsTable } from "../tables.ts";
import { plainSection } from "./section.ts";

/** Each measured segment by itself; most runs have only one. */
export const SEGMENTS = plainSection({
  title: "Segment by segment",
  figures: [],
  tables: ({ summary: { segments = [] }, footnotes }) =>
    segments.map(({ segment, operations }) => operationsTable(operations, footnotes, segment)),
});
