import assert from "node:assert/strict";
import { Client } from "pg";
import { withPostgres } from "../stack/testing.ts";
import { lookAtPostgres } from "./look_at_postgres.ts";
import { SHOP } from "./testing_changes.ts";

Deno.test("a server is looked at in less than two seconds", () =>
  withPostgres(async (url) => {
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query(SHOP).finally(() => client.end());
    await lookAtPostgres(url);
    const begun = performance.now();
    await lookAtPostgres(url);
    const seconds = (performance.now() - begun) / 1000;
    assert.ok(seconds < 2, `it took ${seconds} s`);
  }));
