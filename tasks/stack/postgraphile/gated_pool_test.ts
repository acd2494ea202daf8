import assert from "node:assert/strict";
import { PgClient } from "../../postgres/client.ts";
import { withDatabase } from "../testing_shared.ts";
import { GatedPool, type MakeClient } from "./gated_pool.ts";

const QUESTION = { name: "question", text: "SELECT $1::int + 1 AS n" };
const PREPARED = "SELECT name, statement FROM pg_prepared_statements";

/** What makes clients of a database, as the server makes them. */
function clientsOf(url: string): MakeClient {
  return class extends PgClient {
    constructor() {
      super(url, { applicationName: "benchbook test" });
    }
  };
}

Deno.test("clients of another server have prepared what those before them have", () =>
  withDatabase(async (source, { database }) => {
    const target = await database("target");
    const pool = new GatedPool(1, clientsOf(source));
    const use = async <T>(work: (client: Awaited<ReturnType<typeof pool.connect>>) => Promise<T>) => {
      const client = await pool.connect();
      return await work(client).finally(() => client.release());
    };
    try {
      await use((client) => client.query({ name: "unwanted", text: "SHOW server_version" }));
      await use((client) => client.query({ ...QUESTION, values: [1] }));
      await pool.prepare("target", () => Promise.resolve(clientsOf(target)));
      await pool.close(new AbortController().signal);
      await pool.open("target");
      const { rows } = await use((client) => client.query(PREPARED));
      // What cannot be prepared by itself is when it is asked.
      assert.deepEqual(rows, [{ name: QUESTION.name, statement: `PREPARE "question" AS ${QUESTION.text}` }]);
      const asked = await use((client) => client.query({ ...QUESTION, values: [41] }));
      assert.deepEqual(asked.rows, [{ n: 42 }]);
      const shown = await use((client) => client.query({ name: "unwanted", text: "SHOW server_version" }));
      assert.equal(shown.rows.length, 1);
    } finally {
      await pool.end();
    }
  }));

Deno.test("who gives up closing does not open what another one has closed meanwhile", () =>
  withDatabase(async (url) => {
    const pool = new GatedPool(1, clientsOf(url));
    try {
      const used = await pool.connect();
      const stop = new AbortController();
      const givenUp = assert.rejects(pool.close(stop.signal), /^Error: gone$/);
      const closing = pool.close(new AbortController().signal);
      stop.abort(new Error("gone"));
      await givenUp;
      let handedOut = false;
      const waiting = pool.connect().then((client) => {
        handedOut = true;
        return client;
      });
      used.release();
      await closing;
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal(handedOut, false);
      await pool.open("source");
      (await waiting).release();
    } finally {
      await pool.end();
    }
  }));
