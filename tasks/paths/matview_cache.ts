import { cached } from "./cached.ts";
import { matview } from "./matview.ts";

/** Rows from a materialised view, kept in Redis. */
export const matviewCache = cached(matview);
