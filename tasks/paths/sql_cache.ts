import { cached } from "./cached.ts";
import { sql } from "./sql.ts";

/** Rows kept in Redis. */
export const sqlCache = cached(sql);
