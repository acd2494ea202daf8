import { Client } from "pg";
import { NO_DEBIAN_POSTGRES, withDebianPostgres } from "../stack/testing_debian_postgres.ts";
import { TWO_PHASE } from "./testing_changes.ts";
import { provoke } from "./testing_provoke.ts";

Deno.test("every kind of change to Debian's PostgreSQL shows", { ignore: NO_DEBIAN_POSTGRES }, async () => {
  await withDebianPostgres(async ({ url }) => {
    const admin = new Client({ connectionString: url });
    await admin.connect();
    await admin.query("CREATE DATABASE test");
    await admin.end();
    const test = new URL(url);
    test.pathname = "/test";
    await provoke(test.href, [TWO_PHASE]);
  }, { max_prepared_transactions: "5" });
});
