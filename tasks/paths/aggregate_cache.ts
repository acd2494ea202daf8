import { aggregate } from "./aggregate.ts";
import { cached } from "./cached.ts";

/** Rows from totals that writes add to, kept in Redis. */
export const aggregateCache = cached(aggregate);
