import { bodyEntries } from "../targets/cache_entries.ts";
import { GraphqlTarget } from "../targets/graphql.ts";
import { endpointOf } from "../targets/http_request.ts";
import type { Path } from "./path.ts";

/** GraphQL over HTTP, answered by a service over the same database. */
export const graphql: Path = {
  name: "graphql",
  language: "graphql",
  suffix: ".graphql",
  cached: false,
  needs: ["graphql"],
  explain: null,
  entries: bodyEntries,
  targetAt: ({ graphql }) => {
    const { url, headers, endpoints } = graphql!;
    return { path: "graphql", url, headers, endpoints };
  },
  make: ({ url, headers = {}, endpoints, inTurn }, options) =>
    new GraphqlTarget({ ...options, url, headers, endpoints, inTurn }),
  hasTls: ({ url }) => endpointOf(url).tls,
};
