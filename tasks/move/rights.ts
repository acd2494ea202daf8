import type { Client } from "pg";
import { transaction } from "../seed/sql.ts";
import { listed } from "./check_content.ts";
import { type MoveNames, moveSql } from "./move_sql.ts";

/** A statement that makes a role the owner of something, or gives it a right. */
export interface Right {
  readonly kind: string;
  /** Of what it is given for. */
  readonly name: string;
  /** Null: everybody. */
  readonly role: string | null;
  readonly text: string;
}

/** The owners and rights of what stands in some schemas of the source. */
export function readRights(source: Client, schemas: readonly string[]): Promise<readonly Right[]> {
  return transaction(source, async () => {
    await source.query("SET LOCAL search_path = ''");
    return (await source.query<Right>(moveSql("rights.sql"), [schemas])).rows;
  }, "BEGIN READ ONLY");
}

/** Which of some roles a server has. */
export async function rolesAt(target: Client, roles: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await target.query<{ name: string }>(
    "SELECT rolname AS name FROM pg_roles WHERE rolname = ANY ($1)",
    [roles],
  );
  return new Set(rows.map(({ name }) => name));
}

/**
 * Gives the copies at the target the owners and rights of their originals, as far as their roles are there: who logs in at
 * the new server is to find what they may do at the old one. A schema that was there before stays as it was.
 * @returns what was not carried and why, a sentence each
 */
export async function carryRights(
  target: Client,
  rights: readonly Right[],
  { schema }: MoveNames,
): Promise<string[]> {
  const { rows } = await target.query<{ name: string }>(moveSql("made_schemas.sql", { schema }));
  const made = new Set(rows.map(({ name }) => name));
  const there = await rolesAt(target, [...new Set(rights.flatMap(({ role }) => role ?? []))]);
  const refused: string[] = [];
  for (const { kind, name, role, text } of rights) {
    if (role !== null && !there.has(role) || kind === "SCHEMA" && !made.has(name)) continue;
    try {
      await target.query(text);
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      // Not a member of the role, or not the owner any more.
      if (code !== "42501") throw error;
      refused.push(`${text} (${message})`);
    }
  }
  return [
    ...missingRoles(rights, there),
    ...refused.length === 0 ? [] : [`Rights that the target's role may not give: ${listed(refused)}.`],
  ];
}

/** A sentence for each role that the target lacks. */
export function missingRoles(rights: readonly Right[], there: ReadonlySet<string>): string[] {
  const lacking = rights.filter(({ role }) => role !== null && !there.has(role));
  return [...Map.groupBy(lacking, ({ role }) => role!)].map(([role, of]) =>
    `The target has no role ${role}: what it owns or may do at the source is not carried, of ${
      listed([...new Set(of.map(({ name }) => name))])
    }. Make it there before the move: pg_dumpall --roles-only has it.`
  );
}
