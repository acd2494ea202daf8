import assert from "node:assert/strict";
import { Client } from "pg";
import { limitedOptions, refusesOptions } from "../model/session_limits.ts";
import { monotonicUs } from "../net/clock.ts";
import { eventually, overEachNetwork } from "../net/testing.ts";
import { MessageWriter } from "../postgres/wire.ts";
import { withPostgres } from "../stack/testing.ts";
import { SqlTarget } from "./sql.ts";
import { askOnce, newCall } from "./target.ts";

const LIMIT_MS = 6000;
const SHOW = "SELECT current_setting('statement_timeout') AS statement, " +
  "current_setting('idle_in_transaction_session_timeout') AS idle";

/** As PgBouncer says it. */
const REFUSAL = new MessageWriter().begin("E".charCodeAt(0))
  .string("SFATAL").string("C08P01").string("Munsupported startup parameter: options").byte(0).end().bytes;

Deno.test("a session is limited, and what the user or the server's role has said stays", async () => {
  await withPostgres(async (url) => {
    const admin = new Client({ connectionString: url });
    await admin.connect();
    await admin.query(`
      CREATE ROLE strict LOGIN CONNECTION LIMIT 2 PASSWORD 'x';
      ALTER ROLE strict SET statement_timeout = '2s';
      CREATE ROLE loose LOGIN PASSWORD 'x';
      ALTER ROLE loose SET statement_timeout = '1h'`);
    const of = (role: string | null, options?: string) => {
      const changed = new URL(url);
      if (role !== null) [changed.username, changed.password] = [role, "x"];
      if (options !== undefined) changed.searchParams.set("options", options);
      return changed.href;
    };
    try {
      await overEachNetwork((network) =>
        network.outside(async () => {
          for (
            const [from, statement, idle] of [
              [of(null), "6s", "6s"],
              [of("strict"), "2s", "6s"],
              [of("loose"), "6s", "6s"],
              [of(null, "-c statement_timeout=0 -c work_mem=7MB"), "0", "6s"],
              [of(null, "-c statement_timeout=1min"), "1min", "6s"],
            ] as const
          ) {
            // Backends end a moment after their connections, and until then have their role's places.
            const left = "SELECT FROM pg_stat_activity WHERE usename IN ('strict', 'loose')";
            await eventually(async () => (await admin.query(left)).rowCount === 0);
            // As many as the role may have: asking for its limits takes no place.
            const target = new SqlTarget({
              url: from,
              connections: 2,
              limitMs: LIMIT_MS,
              nowUs: monotonicUs,
              network,
            });
            await target.open();
            const show = { operationId: 0, name: "show", write: false, text: SHOW, parameters: [] };
            const call = newCall(show, [], true);
            await askOnce(target, call);
            await target.close();
            assert.deepEqual(call.answer, [{ statement, idle }]);
            assert.equal(target.unlimited, false);
          }
        })
      );
    } finally {
      await admin.end();
    }
  });
});

Deno.test("behind a pooler that takes no options there are sessions without limits, and it is said", async () => {
  await withPostgres(async (url) => {
    const server = new URL(url);
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const open: Deno.Conn[] = [];
    const serving = (async () => {
      for await (const client of listener) {
        open.push(client);
        const startup = new Uint8Array(4096);
        const length = await client.read(startup) ?? 0;
        if (new TextDecoder().decode(startup.subarray(0, length)).includes("\0options\0")) {
          await client.write(REFUSAL);
          continue;
        }
        const behind = await Deno.connect({ hostname: server.hostname, port: Number(server.port) });
        open.push(behind);
        await behind.write(startup.subarray(0, length));
        void client.readable.pipeTo(behind.writable).catch(() => {});
        void behind.readable.pipeTo(client.writable).catch(() => {});
      }
    })();
    const pooled = new URL(url);
    pooled.port = String(listener.addr.port);
    const target = new SqlTarget({ url: pooled.href, connections: 2, limitMs: LIMIT_MS, nowUs: monotonicUs });
    try {
      await target.open();
      assert.equal(target.unlimited, true);
      const show = { operationId: 0, name: "show", write: false, text: SHOW, parameters: [] };
      const call = newCall(show, [], true);
      await askOnce(target, call);
      assert.deepEqual(call.answer, [{ statement: "0", idle: "0" }]);
    } finally {
      await target.close();
      listener.close();
      await serving;
      for (const connection of open) {
        try {
          connection.close();
        } catch {
          // Its pipe has closed it.
        }
      }
    }
  });
});

Deno.test("limits come before the user's options, which so hold; a stricter one is left alone", () => {
  const idle = "-c idle_in_transaction_session_timeout=6000";
  assert.equal(limitedOptions([], { statementMs: LIMIT_MS }, undefined), `-c statement_timeout=6000 ${idle}`);
  const found = [{ name: "statement_timeout", setting: "500" }, {
    name: "idle_in_transaction_session_timeout",
    setting: "7000",
  }];
  assert.equal(limitedOptions(found, { statementMs: LIMIT_MS }, "-c a=b"), `${idle} -c a=b`);
  assert.equal(
    limitedOptions(found, { statementMs: LIMIT_MS, lockMs: 900 }, undefined),
    `${idle} -c lock_timeout=900`,
  );
});

Deno.test("a pooler's refusal of a session's options is told from other errors", () => {
  // As PgBouncer says it; with its own SQLSTATE since 1.12.
  assert.ok(refusesOptions({ code: "08P01", message: "unsupported startup parameter: options" }));
  assert.ok(refusesOptions(new Error("unsupported startup parameter in options: statement_timeout")));
  assert.ok(!refusesOptions({ code: "28P01", message: "password authentication failed" }));
});
