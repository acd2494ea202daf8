import assert from "node:assert/strict";
import { openClient } from "../seed/connect.ts";
import { freePort } from "../stack/ports.ts";
import { connectionError } from "../stack/postgres_server.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { placeOf } from "../undo/place.ts";

/** The same way in, said by parameters alone. */
function byParameters(url: string, more: Readonly<Record<string, string>> = {}): string {
  const { hostname, port, username, password, pathname } = new URL(url);
  const query = new URLSearchParams({ host: hostname, port, user: username, password, ...more });
  return `postgres://${pathname}?${query}`;
}

Deno.test("a server that parameters lead to is called by its own name", () =>
  withDatabase(async (url) => {
    const { hostname, port, username, password } = new URL(url);
    const client = await openClient(byParameters(url), "test");
    const { host, port: found } = await placeOf(client, byParameters(url), false);
    await client.end();
    assert.deepEqual([host, found], [hostname, Number(port)]);

    const wrong = byParameters(url, { password: "s3cr3t" });
    await assert.rejects(openClient(wrong), {
      message: `Cannot log in to PostgreSQL at ${hostname}:${port} as "${username}": the server refused it`,
    });
    const told = connectionError(Object.assign(new Error("no"), { code: "28P01" }), wrong, "DATABASE_URL");
    assert.equal(
      told.message,
      `Cannot connect to DATABASE_URL: wrong password for user "${username}" at ${hostname}:${port}`,
    );
    // It has answered: a statement took longer than a limit of the role.
    const hurried = connectionError(
      Object.assign(new Error("canceling statement due to statement timeout"), { code: "57014" }),
      wrong,
      "DATABASE_URL",
    );
    assert.match(hurried.message, /cancelled a short statement/);
    const repeated = connectionError(new Error(`odd: ${password}`), byParameters(url), "DATABASE_URL");
    assert.ok(!repeated.message.includes(password), repeated.message);

    const closed = String(freePort());
    await assert.rejects(openClient(byParameters(url, { port: closed })), {
      message: `Cannot connect to PostgreSQL at ${hostname}:${closed}: nothing listens there`,
    });
  }));
