import { cached } from "./cached.ts";
import { graphql } from "./graphql.ts";

/** GraphQL answers kept in Redis. */
export const graphqlCache = cached(graphql);
