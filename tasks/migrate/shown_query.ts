import { HIDDEN } from "../model/hidden_statement.ts";
import { mayHoldSecretText } from "../load/change_statements.ts";
import type { SessionRole } from "../model/migration.ts";

/** Of a statement as it is shown. */
const SHOWN_CHARACTERS = 400;

/**
 * Strings of all kinds, comments, quoted names and numbers. The server cuts off what is long: any of them may have no end.
 */
const TOKENS =
  /(?<string>\be'(?:\\[^]|''|[^'\\])*(?:'|$)|'(?:''|[^'])*(?:'|$)|\$(?<tag>(?:[a-z_]\w*)?)\$[^]*?(?:\$\k<tag>\$|$))|(?<comment>--[^\n]*|\/\*[^]*?(?:\*\/|$))|(?<name>"(?:""|[^"])*(?:"|$))|(?<number>(?<![\w$])\.?\d[\w.]*)/gi;

/**
 * What a session runs, as pg_stat_activity has it, in one line as it may be shown: the load's statements as they are, for
 * their values are parameters; others without comments, and only their kind where they may hold a password; anybody else's
 * without what they say in strings and numbers.
 * @returns null where the server tells none, or not to this role
 */
export function shownQuery(role: SessionRole, query: string | null): string | null {
  if (query === null || query.trim() === "" || query === "<insufficient privilege>") return null;
  if (role === "load") return shortened(oneLine(query));
  const words = oneLine(replaceTokens(query, (token, kind) => kind === "comment" ? " " : token));
  if (mayHoldSecretText(words)) {
    return `${words.split(" ", 2).join(" ")} ${HIDDEN}`;
  }
  if (role !== "other") return shortened(words);
  return shortened(
    replaceTokens(words, (token, kind) => kind === "string" || kind === "number" ? "?" : token),
  );
}

type TokenKind = "string" | "comment" | "name" | "number";

function replaceTokens(text: string, replaced: (token: string, kind: TokenKind) => string): string {
  return text.replace(TOKENS, (token: string, ...rest: unknown[]) => {
    const groups = rest.at(-1) as Readonly<Record<TokenKind, string | undefined>>;
    const kind = (["string", "comment", "name", "number"] as const).find((kind) =>
      groups[kind] !== undefined
    );
    return replaced(token, kind!);
  });
}

function oneLine(text: string): string {
  return text.trim().replace(/\s+/g, " ").replace(/\s*;$/, "");
}

function shortened(text: string): string {
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)} …` : text;
}
