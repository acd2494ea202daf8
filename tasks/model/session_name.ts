import type { SessionRole as Role } from "./migration.ts";

/** What a connection of a run is for; `beside`: a transaction of somebody else's that a migration meets. */
export type ConnectionPurpose =
  | "load"
  | "proof"
  | "graphql"
  | "plans"
  | "clone"
  | "migration"
  | "beside"
  | "locks"
  | "tier";

/**
 * What the connections of a run are called at the server, as `application_name`: by it pg_stat_activity tells whose
 * they are, and what a run left behind is found. No role's name is longer than PostgreSQL's 63 bytes allow.
 */
export function sessionName(runId: string, role: ConnectionPurpose): string {
  return `${sessionPrefix(runId)}${role}`;
}

/** What the names of all connections of a run begin with, those of no other run. */
export function sessionPrefix(runId: string): string {
  return `benchbook ${runId} `;
}

/** Sessions with a part of their own in a migration; all others of a run are Benchbook's. */
const ROLES: Readonly<Partial<Record<string, Role>>> = {
  load: "load",
  graphql: "load",
  migration: "migration",
  beside: "beside",
};

/** Whose session it is that the server shows as `application_name`, as seen from a run. */
export function roleOfSession(name: string | null, runId: string): Role {
  const prefix = sessionPrefix(runId);
  if (name?.startsWith(prefix)) return ROLES[name.slice(prefix.length).split(" ", 1)[0]!] ?? "benchbook";
  return name?.startsWith("benchbook") ? "benchbook" : "other";
}

/** Of one selfbench: nobody else's. */
const MARK = /^benchbook-selfbench-[0-9a-f]{8}$/;

/** What tells the sessions of one selfbench from those of all others, as the application_name of its URL. */
export function newSessionMark(): string {
  return `benchbook-selfbench-${crypto.randomUUID().slice(0, 8)}`;
}

/**
 * The name of a session as the server gets it: it ends with selfbench's mark where the URL bears one, and takes nothing
 * else from there.
 */
export function markedName(name: string, fromUrl: string | undefined): string {
  return fromUrl !== undefined && MARK.test(fromUrl) ? `${name} ${fromUrl}` : name;
}
