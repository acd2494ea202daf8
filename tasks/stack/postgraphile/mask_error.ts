import { GraphQLError } from "graphql";
import { defaultMaskError } from "postgraphile/grafserv";

/** Class and code of an SQLSTATE. */
const SQLSTATE = /^[0-9A-Z]{5}$/;

/**
 * Hides an error's text as PostGraphile does, and passes on which kind it was: without its SQLSTATE a run could not
 * tell a duplicate key from a deadlock, nor whether a row that stands there is its own.
 */
export function maskError(error: GraphQLError): GraphQLError {
  const masked = defaultMaskError(error);
  const { code } = (error.originalError ?? {}) as { code?: unknown };
  if (typeof code !== "string" || !SQLSTATE.test(code)) return masked;
  const { message, nodes, source, positions, path, originalError, extensions } = masked;
  return new GraphQLError(message, {
    nodes,
    source,
    positions,
    path,
    originalError,
    extensions: { ...extensions, errcode: code },
  });
}
