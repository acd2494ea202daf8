import { cacheAgeTable, cacheCheckTable } from "../cache_tables.ts";
import { cacheTable } from "../tables.ts";
import { plainSection } from "./section.ts";

export const CACHE = plainSection({
  of: "bench",
  title: "Cache",
  figures: ["cache-states", "cache-map"],
  tables: ({ summary }) => [cacheTable(summary), cacheAgeTable(summary), cacheCheckTable(summary)],
});
