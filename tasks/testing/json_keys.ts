/**
 * Whether V8 parses a JSON text as it is written, and those after it. Once it has met a key that ends in a backslash, it takes a
 * later key with an escape at that place for the same (https://github.com/nodejs/node/issues/63785, V8 15.0).
 */
export function isParsedAsWritten(json: string): boolean {
  return !/\\\\"\s*:/.test(json);
}
