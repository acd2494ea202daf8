/** Who serves what, as which user and with which password. */
const SERVICES =
  /^(DATABASE_URL|REDIS_URL|GRAPHQL_URL)$|^(PG[A-Z]|HASURA_)|_(DATABASE|REDIS|POSTGRES|GRAPHQL)_URL$/;
const POSTGRES = /^PG[A-Z]/;

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
