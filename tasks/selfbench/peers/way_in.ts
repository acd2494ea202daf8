/**
 * The way into a database as PostgreSQL's clients read it from the environment. A command line can be seen by
 * everyone; the environment tells it, password included, only to the same user.
 */
export function wayIn(url: string): Record<string, string> {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  const sslmode = searchParams.get("sslmode");
  return {
    PGHOST: hostname || "localhost",
    PGPORT: port || "5432",
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: decodeURIComponent(pathname.slice(1)),
    ...sslmode === null ? {} : { PGSSLMODE: sslmode },
  };
}
