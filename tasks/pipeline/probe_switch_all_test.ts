import assert from "node:assert/strict";
import { ProbeProxy } from "../selfbench/probe/probe_proxy.ts";
import { withOwnHosts } from "../probe/testing_hosts.ts";
import { asked, withStandby } from "../probe/testing_standby.ts";
import { withTempHome } from "../stack/testing.ts";
import { type UserPostgres, withUserPostgres } from "../stack/testing_user_postgres.ts";
import { type ProbeChild, probeChild, type Probed, untilTrue, writesAt } from "./testing_probe.ts";

const LOGICAL = { settings: { wal_level: "logical" } };
/** Requests in doubt at the moment of a switch: one a connection. */
const IN_DOUBT = 8;

function portOf(url: string): number {
  return Number(new URL(url).port);
}

async function slotsAt(url: string, schema: string): Promise<Set<number>> {
  const rows = await asked<{ slot: string }>(url, `SELECT slot FROM ${schema}.ledger`);
  return new Set(rows.map(({ slot }) => Number(slot)));
}

async function schemaAt(url: string): Promise<string | undefined> {
  const [found] = await asked<{ name: string }>(
    url,
    "SELECT nspname AS name FROM pg_namespace WHERE nspname LIKE 'benchbook_probe_%'",
  );
  return found?.name;
}

/** Probes through a proxy until something is done. @returns what it saw */
function whileProbing(
  first: UserPostgres,
  work: (proxy: ProbeProxy, schema: string, probing: ProbeChild) => Promise<void>,
): Promise<Probed> {
  return withTempHome(async (home) => {
    await using proxy = new ProbeProxy(portOf(first.url));
    const probing = probeChild(proxy.through(first.url), home, ["--rate", "200"]);
    try {
      await untilTrue("the ledger", async () => await schemaAt(first.url) !== undefined);
      const schema = (await schemaAt(first.url))!;
      await untilTrue("writes", async () => (await slotsAt(first.url, schema)).size > 50);
      await work(proxy, schema, probing);
      return await probing.enough();
    } finally {
      await probing.end();
    }
  });
}

Deno.test("a failover to a replica that lagged: promoted, the tail is lost, each write of it, and nothing else", () =>
  withUserPostgres((primary) =>
    withStandby(primary.url, async (standby) => {
      let lagging = new Set<number>();
      const { summary } = await whileProbing(primary, async (proxy, schema, probing) => {
        await standby.detach();
        const before = (await slotsAt(primary.url, schema)).size;
        await untilTrue("a tail", async () => (await slotsAt(primary.url, schema)).size > before + 40);
        proxy.refuse();
        await standby.promote();
        const there = await slotsAt(standby.url, schema);
        lagging = (await slotsAt(primary.url, schema)).difference(there);
        await probing.told(/new connections fail/);
        await proxy.accept(portOf(standby.url));
        await probing.told(/timeline 1 → 2, before: /);
        await untilTrue("new writes", async () =>
          (await slotsAt(standby.url, schema)).difference(there).size > 20);
      });
      const { ledger, changes, connections, pauses, errors } = summary.probe;
      assert.deepEqual(
        ledger!.problems.map(({ problem }) =>
          problem
        ),
        ["lost"],
        JSON.stringify(ledger),
      );
      const { n } = ledger!.problems[0]!;
      assert.ok(n <= lagging.size && n >= lagging.size - IN_DOUBT, `${n} of ${lagging.size}`);
      assert.deepEqual([ledger!.notReplicated, ledger!.unclear], [0, 0]);
      assert.match(changes.at(-1)!.text, /timeline 1 → 2, before: /);
      assert.ok(changes.some(({ kind }) => kind === "away"), JSON.stringify(changes));
      assert.ok(connections.lost > 0 && connections.regained > 0, JSON.stringify(connections));
      const pause = pauses.find(({ path, kind, endedBy }) =>
        path === null && kind === "all" && endedBy === "new connections"
      );
      assert.ok(pause !== undefined, JSON.stringify(pauses));
      // Where the machine is so slow that the new server is seen later, it is not said what ended the pause.
      if (changes.at(-1)!.atUs < pause.untilUs + 1_000_000) assert.notEqual(pause.server, null);
      assert.ok(errors.some(({ code }) => code === "08001"), JSON.stringify(errors));
      assert.equal(summary.verdict, "fail");
      // What was at the cluster is gone with the promoted replica's; the old primary is of the same.
      assert.equal(await schemaAt(standby.url), undefined);
    })
  ));

Deno.test("a crash and a restart of the server lose nothing, and are told; so is a name that stands for another address", () =>
  withUserPostgres((server) =>
    withOwnHosts((hosts) =>
      withTempHome(async (home) => {
        const url = new URL(server.url);
        if (hosts !== null) url.hostname = hosts.name;
        const probing = probeChild(url.href, home, ["--rate", "200"], {}, hosts?.prefix);
        await untilTrue("writes", async () => await writesAt(server.url) > 50);
        await server.kill();
        await server.start();
        await probing.told(/started anew/);
        hosts?.pointTo("127.0.0.2");
        if (hosts !== null) {
          await probing.told(/stands for 127\.0\.0\.2/);
          // It is the same server by another way.
          await probing.told(/: 127\.0\.0\.2:\d+, before: 127\.0\.0\.1:\d+/);
        }
        const { ledger, changes } = (await probing.enough()).summary.probe;
        assert.deepEqual([ledger!.problems, ledger!.complete], [[], true]);
        assert.ok(changes.some(({ text }) => /started anew/.test(text)), JSON.stringify(changes));
        const named = changes.filter(({ kind }) => kind === "resolved").map(({ text }) => text);
        const expected = ["127.0.0.1", "127.0.0.2"].map((address) => `${hosts?.name} stands for ${address}`);
        assert.deepEqual(named, hosts === null ? [] : expected);
        assert.equal(await schemaAt(server.url), undefined);
      })
    ), { settings: { listen_addresses: "127.0.0.1, 127.0.0.2" } }));

Deno.test("a switch to another cluster is told apart by what its replication carried", async (t) => {
  await withUserPostgres((old) =>
    withUserPostgres(async (next) => {
      const switchTo = async (proxy: ProbeProxy, probing: ProbeChild) => {
        proxy.refuse();
        await proxy.accept(portOf(next.url));
        await probing.told(/another cluster/);
        const answered = proxy.statements;
        await untilTrue("requests there", () => proxy.statements > answered + 100);
      };
      const cleared = async () => {
        for (const { url } of [old, next]) {
          const schema = await schemaAt(url);
          if (schema !== undefined) await asked(url, `DROP SCHEMA ${schema} CASCADE`);
        }
      };
      // What the ledger's rows came to is known whatever a busy machine did to the load: the verdict may be of that.
      const told = ({ summary: { probe, verdict } }: Probed) => ({
        lost: probe.ledger!.problems.reduce((sum, { n }) => sum + n, 0),
        notReplicated: probe.ledger!.notReplicated,
        unclear: probe.ledger!.unclear,
        verdict,
        carried: probe.ledger!.carried.join(" "),
      });

      await t.step(
        "no table there: not replicated, and never lost; the probe goes on with one of its own",
        async () => {
          const probed = await whileProbing(old, (proxy, _, probing) => switchTo(proxy, probing));
          const { lost, notReplicated, unclear, carried } = told(probed);
          assert.deepEqual([lost, unclear], [0, 0]);
          assert.ok(notReplicated > 50, `${notReplicated}`);
          assert.match(carried, /had no table of the probe's when it was met/);
          assert.match(probed.summary.probe.changes.at(-1)!.text, /another cluster/);
          assert.equal(await schemaAt(next.url), undefined);
          // The URL does not lead to the old server any more: what is there is named.
          assert.match(
            probed.stderr.replaceAll(/\s+/g, " "),
            new RegExp(`may still be in the database "postgres" at 127.0.0.1:${portOf(old.url)}`),
          );
          await cleared();
        },
      );

      await t.step("the table with a copy that nothing followed: not replicated from then on", async () => {
        const probed = await whileProbing(old, async (proxy, schema, probing) => {
          await copyLedger(old.url, next.url, schema);
          const copied = (await slotsAt(next.url, schema)).size;
          await untilTrue("more writes", async () => (await slotsAt(old.url, schema)).size > copied + 40);
          await switchTo(proxy, probing);
        });
        const { lost, notReplicated, unclear, carried } = told(probed);
        assert.deepEqual([lost, unclear], [0, 0], carried);
        assert.ok(notReplicated >= 40 - IN_DOUBT, `${notReplicated}`);
        assert.match(carried, /a copy that nothing followed/);
        await cleared();
      });

      await t.step(
        "the table in a subscription that is behind: what it had not brought is lost",
        async () => {
          const probed = await whileProbing(old, async (proxy, schema, probing) => {
            await asked(old.url, "CREATE PUBLICATION everything FOR ALL TABLES");
            await makeLedgerAt(next.url, schema);
            const { password } = new URL(old.url);
            await asked(
              next.url,
              `CREATE SUBSCRIPTION everything CONNECTION 'host=127.0.0.1 port=${
                portOf(old.url)
              } user=postgres password=${password} dbname=postgres' PUBLICATION everything`,
            );
            let copied = 0;
            await untilTrue("the copy", async () => (copied = (await slotsAt(next.url, schema)).size) > 50);
            await untilTrue("what follows it", async () =>
              (await slotsAt(next.url, schema)).size > copied + 20);
            await asked(next.url, "ALTER SUBSCRIPTION everything DISABLE");
            const before = (await slotsAt(old.url, schema)).size;
            await untilTrue("a tail", async () =>
              (await slotsAt(old.url, schema)).size > before + 40);
            await switchTo(proxy, probing);
          });
          const { lost, notReplicated, unclear, verdict, carried } = told(probed);
          assert.deepEqual([notReplicated, unclear, verdict], [0, 0, "fail"], carried);
          assert.ok(lost >= 40 - IN_DOUBT, `${lost}: ${carried}`);
          await asked(next.url, "ALTER SUBSCRIPTION everything SET (slot_name = NONE)");
          await asked(next.url, "DROP SUBSCRIPTION everything");
        },
      );
    }), LOGICAL);
});

async function makeLedgerAt(url: string, schema: string): Promise<void> {
  await asked(
    url,
    `CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.ledger (slot bigint NOT NULL, value bigint NOT NULL, ` +
      "at timestamptz NOT NULL DEFAULT clock_timestamp(), started timestamptz NOT NULL DEFAULT pg_postmaster_start_time(), " +
      "PRIMARY KEY (slot, at))",
  );
}

/** As a dump of data does: all rows by one statement. */
async function copyLedger(from: string, to: string, schema: string): Promise<void> {
  await makeLedgerAt(to, schema);
  const rows = await asked<{ row: string }>(
    from,
    `SELECT format('(%s, %s, %L, %L)', slot, value, at, started) AS row FROM ${schema}.ledger`,
  );
  await asked(to, `INSERT INTO ${schema}.ledger VALUES ${rows.map(({ row }) => row).join(", ")}`);
}
