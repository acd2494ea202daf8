import { graphqlTable } from "../graphql_table.ts";
import { plainSection } from "./section.ts";

export const GRAPHQL = plainSection({
  of: "bench",
  title: "GraphQL against SQL",
  figures: [],
  tables: ({ summary, footnotes }) => [graphqlTable(summary, footnotes)],
});
