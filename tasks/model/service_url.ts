import { UsageError } from "./errors.ts";

const ADVICE = "Percent-encode the password: @ as %40, # as %23, / as %2F, ? as %3F, % as %25.";

/**
 * What stands against a service's URL, null where nothing does. A password that was not percent-encoded would be
 * taken for a host, a path or a fragment in part, and that part be shown: so `@` may stand once and only before
 * the host, and `#` nowhere. Nothing of the URL is in the answer.
 */
export function urlFault(text: string): string | null {
  const rest = text.slice(text.indexOf("://") + 3);
  const authority = rest.split(/[/?#\\]/, 1)[0]!;
  if (text.includes("#")) return "it holds a # that is not percent-encoded";
  if (rest.includes("\\")) return "it holds a \\ that is not percent-encoded";
  if (rest.split("@").length > 2 || rest.includes("@") && !authority.includes("@")) {
    return "it holds an @ that is not percent-encoded";
  }
  // deno-lint-ignore no-control-regex
  if (/[\s\x00-\x1f]/.test(authority)) return "it holds a space that is not percent-encoded";
  try {
    decodeURIComponent(authority);
  } catch {
    return "it holds a % that is not percent-encoded";
  }
  return null;
}

/**
 * Looks at a service's URL before anything is made of it.
 * @param name how the user knows it: "DATABASE_URL"
 * @param protocols those that it may begin with, as "postgres:"
 * @returns the URL; of PostgreSQL's with the database where all look for it, see `withDatabaseInPath`
 * @throws {UsageError} that repeats nothing of it
 */
export function checkedUrl(name: string, text: string, protocols: readonly string[]): string {
  const wanted = `Begin it with ${protocols.map((protocol) => `${protocol}//`).join(" or ")}.`;
  if (!protocols.some((protocol) => text.toLowerCase().startsWith(`${protocol}//`))) {
    throw new UsageError(`Cannot use ${name} as a URL: it begins with something else`, wanted);
  }
  const fault = urlFault(text);
  if (fault !== null) throw new UsageError(`Cannot use ${name} as a URL: ${fault}`, ADVICE);
  if (!URL.canParse(text)) {
    throw new UsageError(`Cannot use ${name} as a URL: it cannot be parsed`, `${wanted} ${ADVICE}`);
  }
  return withDatabaseInPath(text);
}

/**
 * A connection string whose database is in its path: libpq takes a parameter `dbname` for that as well, and it counts
 * before the path; of two the last one does.
 */
export function withDatabaseInPath(url: string): string {
  const at = url.indexOf("?");
  if (at < 0 || !/^postgres(ql)?:/i.test(url)) return url;
  const query = new URLSearchParams(url.slice(at + 1));
  if (!query.has("dbname")) return url;
  const named = query.getAll("dbname").at(-1)!;
  query.delete("dbname");
  const before = url.slice(0, at);
  const [, server] = /^([a-z]+:\/\/[^/]*)/i.exec(before)!;
  const path = named === "" ? before.slice(server!.length) : `/${encodeURIComponent(named)}`;
  return `${server}${path}${query.size === 0 ? "" : `?${query}`}`;
}

/** A sentence with the passwords of URLs in it hidden: a driver, a file or a command line may repeat one. */
export function withoutPasswords(text: string): string {
  return text
    .replaceAll(/(:\/\/[^\s:@/]*):[^\s/]+@/g, "$1:***@")
    // Of the web's a name alone is a token, and keys stand in the query.
    .replaceAll(/(\bhttps?:\/\/)[^\s:@/?#]+@/gi, "$1***@")
    .replaceAll(/(\bhttps?:\/\/[^\s?#"'`<>]*\?)[^\s"'`<>]+/gi, "$1***")
    .replaceAll(/\b(\w*password\s?=\s?)(?:'[^']+'|[^\s&"',;)]+)/gi, "$1***");
}
