import { readPgOptions } from "../postgres/options.ts";
import { rowEntries } from "../targets/cache_entries.ts";
import { SqlTarget } from "../targets/sql.ts";
import type { Path } from "./path.ts";

/** Direct SQL: prepared statements at PostgreSQL. */
export const sql: Path = {
  name: "sql",
  language: "sql",
  suffix: ".sql",
  cached: false,
  needs: [],
  explain: "prepared",
  entries: rowEntries,
  targetAt: ({ postgres }) => ({ path: "sql", ...postgres }),
  make: ({ url, movesTo, session, settings, inTurn }, options) =>
    new SqlTarget({ ...options, url, movesTo, session, settings, inTurn }),
  hasTls: ({ url, movesTo = url }) =>
    [url, movesTo].some((each) => readPgOptions(each, "").ways[0] !== "plain"),
};
