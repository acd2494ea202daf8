import assert from "node:assert/strict";
import { wayIn } from "./way_in.ts";

Deno.test("PostgreSQL's clients read the way in from the environment", () => {
  assert.deepEqual(
    wayIn("postgres://me:p%40ss@db:6000/my%20data?sslmode=require&sslrootcert=/root.pem&require_auth=!md5"),
    {
      PGHOST: "db",
      PGPORT: "6000",
      PGUSER: "me",
      PGPASSWORD: "p@ss",
      PGDATABASE: "my data",
      PGSSLMODE: "require",
      PGSSLROOTCERT: "/root.pem",
      PGREQUIREAUTH: "!md5",
    },
  );
  assert.equal(wayIn("postgres://me@db/data").PGSSLMODE, undefined);
});
