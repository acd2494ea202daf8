import { cacheTable } from "../tables.ts";
import { plainSection } from "./section.ts";

export const CACHE = plainSection({
  of: "bench",
  title: "Cache",
  figures: ["cache-states"],
  tables: ({ summary }) => [cacheTable(summary)],
});
