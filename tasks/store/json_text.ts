/** `JSON.stringify` escapes nothing so but halves of surrogate pairs. */
const LONE_SURROGATE = /(?<=(?:^|[^\\])(?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g;

/** A value as JSON that DuckDB takes: it refuses halves of surrogate pairs, here U+FFFD. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replaceAll(LONE_SURROGATE, "\\ufffd");
}
