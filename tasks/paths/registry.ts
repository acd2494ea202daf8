import type { PathName } from "../model/operation.ts";
import { aggregate } from "./aggregate.ts";
import { aggregateCache } from "./aggregate_cache.ts";
import { graphql } from "./graphql.ts";
import { graphqlCache } from "./graphql_cache.ts";
import { matview } from "./matview.ts";
import { matviewCache } from "./matview_cache.ts";
import { PATHS, REFERENCE } from "./names.ts";
import type { Path } from "./path.ts";
import { sql } from "./sql.ts";
import { sqlCache } from "./sql_cache.ts";

/** All access paths, in the order of their names. */
export const paths: readonly Path[] = [
  sql,
  graphql,
  sqlCache,
  graphqlCache,
  aggregate,
  matview,
  aggregateCache,
  matviewCache,
];

export { PATHS, REFERENCE };

/** Of the files that may hold a question's statement. */
export const SUFFIXES = [...new Set(paths.map(({ suffix }) => suffix))];

const byName: ReadonlyMap<string, Path> = new Map(paths.map((path) => [path.name, path]));

/** The path of a name; undefined for one of a later or an earlier Benchbook. */
export function findPath(name: PathName | undefined): Path | undefined {
  return name === undefined ? undefined : byName.get(name);
}

/** The path of a name that was checked where it came from. */
export function pathOf(name: PathName): Path {
  const path = byName.get(name);
  if (path === undefined) throw new Error(`There is no path "${name}"`);
  return path;
}

/** The descriptor of `REFERENCE`. */
export const reference = pathOf(REFERENCE);
