import assert from "node:assert/strict";
import process from "node:process";
import { Client } from "pg";
import { UsageError } from "../model/errors.ts";
import { pgConfig, readPgOptions } from "./options.ts";

const URLS = [
  "postgres://u:p%40ss%2F%3F@h:6543/d%20b?application_name=theirs&options=-c%20work_mem%3D1MB",
  "postgresql://h",
  "postgres:///d",
  "postgres:///d?host=/var/run/postgresql&port=5433&user=u&password=p",
  "postgres://u@%2Fvar%2Frun%2Fpostgresql/d",
  "postgres://u@[::1]:5433/d?fallback_application_name=f&replication=database",
  "postgres://u:p@h/d?statement_timeout=500&lock_timeout=7&idle_in_transaction_session_timeout=9",
  "postgres://u@h/d?sslmode=disable&host=other",
  "postgres://u@h/d?dbname=first&dbname=a%20b&sslmode=disable",
  "postgres://u@h?dbname=other",
  "postgres://u@h/d?dbname=",
];
const VARIABLES: readonly Readonly<Record<string, string>>[] = [
  {},
  { PGHOST: "eh", PGPORT: "7777", PGUSER: "eu", PGDATABASE: "ed", PGPASSWORD: "ep" },
  { PGOPTIONS: "-c geqo=off", PGAPPNAME: "ea", PGREPLICATION: "true" },
];

/** What pg's client makes of it; not all of that is in its types. */
interface ReadByPg {
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly password: string | null;
  getStartupConf(): Record<string, string | undefined>;
}

Deno.test("a connection string and PG* variables say what they say to pg", async () => {
  const before = { ...process.env };
  const names = [...new Set(VARIABLES.flatMap(Object.keys))];
  try {
    for (const variables of VARIABLES) {
      for (const name of names) delete process.env[name];
      Object.assign(process.env, { PGPASSFILE: "/nowhere" }, variables);
      for (const url of URLS) {
        const pg = new Client(pgConfig(url, { statement_timeout: 3 })) as unknown as ReadByPg;
        const { application_name: _theirs, ...startup } = pg.getStartupConf();
        const read = readPgOptions(url, "ours", { statement_timeout: "3" });
        const { application_name, ...session } = read.session;
        assert.deepEqual(
          { host: read.host, port: read.port, session, password: await read.password() },
          {
            host: pg.host,
            port: pg.port,
            session: Object.fromEntries(Object.entries(startup).filter(([, value]) => value !== undefined)),
            password: pg.password,
          },
          `${url} with ${JSON.stringify(variables)}`,
        );
        assert.match(application_name!, /^ours/);
      }
    }
  } finally {
    for (const name of [...names, "PGPASSFILE"]) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
});

Deno.test("a text that is no connection string is refused without repeating it", () => {
  for (const url of ["postgres://u:s3cr3t@h:port/d", "postgres://u:s3cr3t@h:99999/d"]) {
    assert.throws(() => readPgOptions(url, "ours"), (error) => {
      assert.ok(error instanceof UsageError, String(error));
      assert.doesNotMatch(`${error.message} ${error.next} ${error.stack}`, /s3cr3t/);
      return true;
    });
  }
});
