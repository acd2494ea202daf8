/** Direct SQL: the answers of all others are held against its, and it is the baseline where it takes part. */
export const REFERENCE = "sql";

/**
 * The access paths, in the order in which they are shown and have their colours: a list of its own, so that charts need
 * not load what sends requests.
 */
export const PATHS: readonly string[] = [
  REFERENCE,
  "graphql",
  "sql+cache",
  "graphql+cache",
  "aggregate",
  "matview",
  "aggregate+cache",
  "matview+cache",
];

/** Whether a path looks into a cache first: each that does is named so, for who need not load it to know. */
export function isCachedName(path: string): boolean {
  return path.endsWith("+cache");
}
