import assert from "node:assert/strict";
import { Client } from "pg";
import { InterruptedError } from "../model/errors.ts";
import { withPostgres } from "../stack/testing.ts";
import { seed } from "./seed.ts";
import { verify } from "./verify.ts";

Deno.test("verifying names who has locked a table, and an interruption ends its wait at the server too", async () => {
  await withPostgres(async (url) => {
    const asked = { url, dataset: "northwind", scale: "tiny", seed: 3 };
    await seed(asked);
    const theirs = new Client({ connectionString: url, application_name: "their-migration" });
    await theirs.connect();
    try {
      await theirs.query("BEGIN; LOCK TABLE northwind.orders IN ACCESS EXCLUSIVE MODE");
      const waiting = async () =>
        (await theirs.query("SELECT FROM pg_locks WHERE NOT granted")).rowCount! > 0;
      const short = new URL(url);
      short.searchParams.set("options", "-c lock_timeout=2500");
      await assert.rejects(
        verify({ ...asked, url: short.href }),
        /locks must be free within 2\.5 s: session \d+ \("their-migration".* on northwind\.orders$/,
      );
      const interrupted = new AbortController();
      const ended = assert.rejects(verify({ ...asked, signal: interrupted.signal }), InterruptedError);
      while (!await waiting());
      interrupted.abort();
      await ended;
      assert.equal(await waiting(), false);
    } finally {
      await theirs.end();
    }
  });
});
