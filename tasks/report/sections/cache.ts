import { cacheTable } from "../tables.ts";
import { plainSection } from "./section.ts";

export const CACHE = plainSection({
  title: "Cache",
  figures: ["cache-states"],
  tables: ({ summary }) => [cacheTable(summary)],
});
