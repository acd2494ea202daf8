import { Client } from "pg";
import { admitted, serveTls } from "../postgres/testing_tls.ts";
import { withPostgres } from "../stack/testing.ts";
import { moveThereAndBack } from "./testing_gate.ts";

Deno.test("over TLS, where Deno's loop waits, a load moves to another server and back too", () =>
  withPostgres(async (url, { database }) => {
    const admin = new Client({ connectionString: url });
    await admin.connect();
    await serveTls(admin).finally(() => admin.end());
    const [source, target] = [url, await database("target")].map((plain) => {
      const secured = new URL(plain);
      secured.searchParams.set("sslmode", "no-verify");
      return secured.href;
    }) as [string, string];
    await admitted(source);
    await moveThereAndBack(source, target);
  }));
