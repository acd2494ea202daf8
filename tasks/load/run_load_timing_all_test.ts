import assert from "node:assert/strict";
import { Client } from "pg";
import { admitted, serveTls } from "../postgres/testing_tls.ts";
import { oneArmPlan, readRecords } from "../selfbench/one_arm.ts";
import { withPostgres } from "../stack/testing.ts";
import { runLoad } from "./run_load.ts";

Deno.test("over TLS, where Deno's loop waits, a closed loop does not rest between answers", () =>
  withPostgres(async (url) => {
    const admin = new Client({ connectionString: url });
    await admin.connect();
    await serveTls(admin).finally(() => admin.end());
    const secured = new URL(url);
    secured.searchParams.set("sslmode", "no-verify");
    await admitted(secured.href);
    const dir = Deno.makeTempDirSync();
    try {
      const plan = oneArmPlan({
        target: { path: "sql", url: secured.href },
        text: "SELECT $1::int AS n",
        params: { n: { kind: "integer", min: 1, max: 9 } },
        load: { clients: 2 },
        warmup: 0,
        seconds: 1,
        connections: 2,
      }, dir);
      await runLoad({ plan, signal: new AbortController().signal });
      const { rows } = readRecords(plan);
      // One that rests would make 100 requests a client.
      assert.ok(rows > 250, `${rows} rows`);
    } finally {
      Deno.removeSync(dir, { recursive: true });
    }
  }));
