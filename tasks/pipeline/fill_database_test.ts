import assert from "node:assert/strict";
import { Client } from "pg";
import { withStack } from "../stack/testing.ts";
import { openTerminal } from "../terminal/terminal.ts";
import { fillDatabase } from "./prepare.ts";

async function query(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

Deno.test("in an embedded database older rows are renewed without asking, unless a user has built upon them", () =>
  withStack(async (stack, { home }) => {
    const terminal = openTerminal({ json: true });
    const fill = () =>
      fillDatabase(
        stack,
        { dataset: "northwind", scale: "tiny", seed: 42 },
        { replace: false, home },
        terminal,
        new AbortController().signal,
      );
    const { url } = await fill();
    await query(url, "UPDATE benchbook.dataset SET generator = 'older'");
    assert.equal((await fill()).dataset.alreadyThere, false);
    assert.equal((await fill()).dataset.alreadyThere, true);
    await query(
      url,
      "UPDATE benchbook.dataset SET generator = 'older'; CREATE VIEW public.mine AS SELECT * FROM northwind.orders",
    );
    await assert.rejects(fill(), { name: "UsageError", message: /did not make: view public\.mine$/ });
    await query(url, "DROP VIEW public.mine");
    assert.equal((await fill()).dataset.alreadyThere, false);
  }, { redis: false, graphql: false }));
