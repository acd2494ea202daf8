import { errorCode } from "./error_code.ts";

/**
 * The SQLSTATE of a failed statement. Failures of the connection itself carry none: they get the one that
 * the standard has for them (08001 could not connect, 08006 connection lost), so that every row of a
 * report can be read with PostgreSQL's own list of codes.
 */
export function sqlErrorCode(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: string };
  if (typeof code === "string" && /^[0-9A-Z]{5}$/.test(code)) return code;
  if (code === "ECONNREFUSED" || code === "ETIMEDOUT" || code === "ENOTFOUND") return "08001";
  if (
    code === "ECONNRESET" || code === "EPIPE" || /terminat|closed|not queryable|ended/i.test(message ?? "")
  ) {
    return "08006";
  }
  return errorCode(code) ?? "XX000";
}

/** True for errors after which the connection is gone: shutdown, crash and class 08. */
export function endsConnection(code: string): boolean {
  return code.startsWith("08") || code === "57P01" || code === "57P02" || code === "57P03";
}
