/** What a connection of a run is for. */
export type SessionRole = "load" | "proof" | "graphql" | "plans";

/**
 * What the connections of a run are called at the server, as `application_name`: by it pg_stat_activity tells whose
 * they are, and what a run left behind is found. No role's name is longer than PostgreSQL's 63 bytes allow.
 */
export function sessionName(runId: string, role: SessionRole): string {
  return `${sessionPrefix(runId)}${role}`;
}

/** What the names of all connections of a run begin with, those of no other run. */
export function sessionPrefix(runId: string): string {
  return `benchbook ${runId} `;
}
