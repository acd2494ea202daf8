import assert from "node:assert/strict";
import { Client } from "pg";
import { withPostgres } from "../stack/testing.ts";
import { seed } from "./seed.ts";

Deno.test("tables that another session is using are waited for, but not for long", () =>
  withPostgres(async (url) => {
    const request = { url, dataset: "northwind", scale: "tiny", seed: 42 };
    await seed(request);
    const reader = new Client({ connectionString: url });
    await reader.connect();
    await reader.query("BEGIN; SELECT FROM northwind.orders LIMIT 1");
    await assert.rejects(seed({ ...request, seed: 43, replace: true }), {
      name: "ServiceError",
      message: /Cannot remove Benchbook's tables: other sessions are using them/,
    });
    await reader.end();
    assert.equal((await seed(request)).alreadyThere, true);
  }));
