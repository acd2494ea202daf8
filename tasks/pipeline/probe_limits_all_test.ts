import assert from "node:assert/strict";
import { withPgbouncer, withPgbouncerPackages } from "../probe/testing_pgbouncer.ts";
import { asked } from "../probe/testing_standby.ts";
import { hasApt } from "../stack/debian_packages.ts";
import { withTempHome } from "../stack/testing.ts";
import { type UserPostgres, withUserPostgres } from "../stack/testing_user_postgres.ts";
import { probeChild, type Probed, probedOf, startProbe, untilTrue, writesAt } from "./testing_probe.ts";

const oneLine = (text: string) => text.replaceAll(/\s+/g, " ");

/** A role with settings, and what it may. @returns its URL */
async function roleAt(server: UserPostgres, name: string, settings: readonly string[]): Promise<string> {
  await asked(
    server.url,
    `CREATE ROLE ${name} LOGIN PASSWORD 'r'; GRANT CREATE ON DATABASE postgres TO ${name}`,
  );
  for (const setting of settings) await asked(server.url, `ALTER ROLE ${name} SET ${setting}`);
  const url = new URL(server.url);
  url.username = name;
  url.password = "r";
  return url.href;
}

/** A probe of a second. */
function probing(url: string): Promise<Probed> {
  return withTempHome(async (home) =>
    probedOf(await startProbe(url, home, ["--rate", "200", "--slo", "stall<10s", "--duration", "1s"]))
  );
}

/** A probe beside which something is done once it writes, and that ends once it has told that and has gone on. */
function probingUntil(
  url: string,
  { server, work, told }: { server: UserPostgres; work: string; told: RegExp },
): Promise<Probed> {
  return withTempHome(async (home) => {
    const probe = probeChild(url, home, ["--rate", "200", "--slo", "stall<10s"]);
    try {
      await untilTrue("writes", async () => await writesAt(server.url) > 20);
      await asked(server.url, work);
      await probe.told(told);
      const written = await writesAt(server.url);
      await untilTrue("more writes", async () => await writesAt(server.url) > written + 20);
      return await probe.enough();
    } finally {
      await probe.end();
    }
  });
}

/** That nothing failed, all writes are there, and nothing is left. */
function assertClean({ summary, stderr }: Probed): void {
  const { errors, ledger } = summary.probe;
  assert.deepEqual([errors, ledger!.problems, ledger!.complete], [[], [], true], stderr);
  assert.ok(ledger!.ok > 50, stderr);
}

async function assertNothingLeft({ url }: UserPostgres): Promise<void> {
  const left = await asked(url, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'benchbook%'");
  assert.deepEqual(left, []);
}

Deno.test({
  name:
    "behind a pooler that lends sessions, by session or by transaction, nothing fails; a small pool is told",
  ignore: !hasApt(),
  fn: () =>
    withPgbouncerPackages((root) =>
      withUserPostgres(async (server) => {
        const through = (settings: Readonly<Record<string, string>>) =>
          withPgbouncer(root, server.url, settings, ({ url }) => probing(url));
        // So many clients over two sessions that all are lent to all.
        assertClean(await through({ pool_mode: "transaction", default_pool_size: "2" }));
        const small = await through({ pool_mode: "session", default_pool_size: "4" });
        assertClean(small);
        assert.equal(small.summary.run.config.connections, 3);
        assert.match(
          oneLine(small.stderr),
          /The load keeps 3 connections instead of 8, as only 4 of 9 were served at once/,
        );
        await assertNothingLeft(server);
      })
    ),
});

Deno.test("short limits of a role, a changed password and a full server are told, and none of them is taken for a fault", async (t) => {
  await withUserPostgres(async (server) => {
    await t.step("limits of statements, transactions and idle sessions", async () => {
      const url = await roleAt(server, "limited", [
        "statement_timeout = '300ms'",
        "idle_in_transaction_session_timeout = '50ms'",
        "idle_session_timeout = '300ms'",
      ]);
      const probed = await probing(url);
      assertClean(probed);
      assert.equal(probed.summary.probe.connections.lost, 0, probed.stderr);
    });

    await t.step(
      "a password that changes: sessions go on, new ones are refused, and the ledger stays named",
      async () => {
        const url = await roleAt(server, "changing", []);
        const work = "ALTER ROLE changing PASSWORD 'other'";
        const probed = await probingUntil(url, { server, work, told: /new connections fail: 28P01/ });
        const { probe } = probed.summary;
        assert.deepEqual(probe.errors, [], probed.stderr);
        assert.ok(
          probe.changes.some(({ kind, text }) => kind === "away" && /28P01 \(wrong password\)/.test(text)),
        );
        assert.match(
          oneLine(probed.stderr),
          /no server let it in when the probe had ended: 28P01 \(wrong password\)/,
        );
        assert.match(
          oneLine(probed.stderr),
          /A probe's schema benchbook_probe_\w+ may still be in the database/,
        );
        assert.equal(probed.code, 3);
        await asked(server.url, "DROP OWNED BY changing CASCADE");
      },
    );

    await t.step("no connection that is free: refused before anything is made", async () => {
      const url = await roleAt(server, "crowded", []);
      await asked(server.url, "ALTER ROLE crowded CONNECTION LIMIT 4");
      const refused = await withTempHome((home) => startProbe(url, home, ["--duration", "1s"]));
      assert.equal(refused.code, 2, refused.stderr);
      assert.match(oneLine(refused.stderr), /only 3 of its connections are free for this role/);
      await asked(server.url, "ALTER ROLE crowded CONNECTION LIMIT 9");
      const some = await probing(url);
      assertClean(some);
      assert.equal(some.summary.run.config.connections, 3, some.stderr);
    });

    await t.step(
      "a server that is full meanwhile: new connections are refused, and requests go on",
      async () => {
        const url = await roleAt(server, "full", []);
        const work = 'ALTER ROLE "full" CONNECTION LIMIT 1';
        const probed = await probingUntil(url, { server, work, told: /new connections fail: 53300/ });
        const { changes, errors } = probed.summary.probe;
        assert.deepEqual(errors, [], probed.stderr);
        assert.ok(
          changes.some(({ kind, text }) => kind === "away" && /53300 \(too many connections\)/.test(text)),
        );
      },
    );
    await assertNothingLeft(server);
  });
});
