import { readPgOptions } from "../../postgres/options.ts";
import { postgresVariables } from "../../stack/child_environment.ts";

/** What a peer must ask of the server, as Benchbook does: otherwise it could give the password to another. */
const DEMANDS: Readonly<Record<string, string>> = {
  sslmode: "PGSSLMODE",
  sslrootcert: "PGSSLROOTCERT",
  sslcert: "PGSSLCERT",
  sslkey: "PGSSLKEY",
  sslnegotiation: "PGSSLNEGOTIATION",
  require_auth: "PGREQUIREAUTH",
  channel_binding: "PGCHANNELBINDING",
};

/**
 * The way into a database as PostgreSQL's clients read it from the environment. A command line can be seen by
 * everyone; the environment tells it, password included, only to the same user.
 */
export function wayIn(url: string): Record<string, string> {
  const { host, port, user, session } = readPgOptions(url, "");
  const { password, searchParams } = new URL(url);
  // Peers give their sessions other names where they are not told one, and so are not known again.
  const mark = searchParams.get("application_name");
  const demands = Object.entries(DEMANDS).flatMap(([name, variable]) => {
    const value = searchParams.get(name);
    return value === null ? [] : [[variable, value]];
  });
  const secret = decodeURIComponent(password) || searchParams.get("password");
  return {
    // What the URL leaves out.
    ...postgresVariables(),
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: user,
    ...secret ? { PGPASSWORD: secret } : {},
    PGDATABASE: session.database ?? "",
    ...mark === null ? {} : { PGAPPNAME: mark },
    ...Object.fromEntries(demands),
  };
}
