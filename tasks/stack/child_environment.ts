/** Who serves what, as which user and with which password. */
const SERVICES =
  /^(DATABASE_URL|REDIS_URL|GRAPHQL_URL)$|^(PG[A-Z]|HASURA_)|_(DATABASE|REDIS|POSTGRES|GRAPHQL)_URL$/;
const POSTGRES = /^PG[A-Z]/;

/** Variables that say what a PostgreSQL URL leaves out. */
export function postgresVariables(): Record<string, string> {
  return Object.fromEntries(Object.entries(Deno.env.toObject()).filter(([name]) => POSTGRES.test(name)));
}

/** Those of our variables alone that a program needs; the rest may hold secrets, such as a URL with its password. */
export function onlyVariables(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(Deno.env.toObject()).filter(([name]) => names.includes(name)));
}

/** What keeps a task of ours from the user's services, also from those that a file `.env` names: unset beats the file. */
export const EMBEDDED_ALONE: Readonly<Record<string, string>> = {
  DATABASE_URL: "",
  TARGET_DATABASE_URL: "",
  REDIS_URL: "",
  GRAPHQL_URL: "",
};

/**
 * The environment of a program that we start, for `clearEnv`: ours without what leads to the user's services, since
 * everybody may look into a program that needs no password, and any program may hand its environment on.
 * @param more what it is told besides
 * @param needs.postgres it connects to PostgreSQL, and reads from PG* variables what its URL leaves out
 */
export function childEnvironment(
  more: Readonly<Record<string, string>> = {},
  { postgres = false }: { readonly postgres?: boolean } = {},
): Record<string, string> {
  const ours = Object.entries(Deno.env.toObject())
    .filter(([name]) => !SERVICES.test(name) || postgres && POSTGRES.test(name));
  return { ...Object.fromEntries(ours), ...more };
}
