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
  explained: false,
  entries: bodyEntries,
  targetAt: ({ graphql }) => ({ path: "graphql", url: graphql!.url, headers: graphql!.headers }),
  make: ({ url, headers = {} }, options) => new GraphqlTarget({ ...options, url, headers }),
  hasTls: ({ url }) => endpointOf(url).tls,
};
