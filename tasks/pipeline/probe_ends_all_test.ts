import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ProbeProxy } from "../selfbench/probe/probe_proxy.ts";
import { asked, withStandby } from "../probe/testing_standby.ts";
import { run as clean } from "../clean.ts";
import { inProcess } from "../terminal/testing_in_process.ts";
import { withTempHome } from "../stack/testing.ts";
import { withUserPostgres } from "../stack/testing_user_postgres.ts";
import { withWorkbench } from "./testing.ts";
import { probeChild, probedOf, startProbe, untilTrue, writesAt } from "./testing_probe.ts";

async function schemasAt(url: string): Promise<string[]> {
  const rows = await asked<{ name: string }>(
    url,
    "SELECT nspname AS name FROM pg_namespace WHERE nspname LIKE 'benchbook_probe_%' ORDER BY 1",
  );
  return rows.map(({ name }) => name);
}

const oneLine = (text: string) => text.replaceAll(/\s+/g, " ");

Deno.test("a probe that is killed leaves a record, by which the next one drops its table; Ctrl-C ends that one with a verdict", () =>
  withUserPostgres((server) =>
    withWorkbench(async (bench) => {
      const env = { DATABASE_URL: server.url };
      const words = [
        "probe",
        "--no-pdf",
        "--db",
        join(bench.folder, "probes.duckdb"),
        "--rate",
        "100",
        "--slo",
        "stall<5s",
        "--markdown",
        join(bench.folder, "probe.md"),
      ];
      const killed = bench.start("migrate", words, env);
      await untilTrue("writes", async () => await writesAt(server.url) > 20);
      killed.kill("SIGKILL");
      await killed.result;
      const [left] = await schemasAt(server.url);
      assert.ok(left !== undefined);
      // Every other start names it.
      const named = await bench.call("clean", ["-y"], { DATABASE_URL: "" });
      assert.equal(named.code, 3, named.stderr);
      assert.match(oneLine(named.stderr), new RegExp(`only it knows of what probes have left .*${left}`));
      const probing = bench.start("migrate", words, env);
      await untilTrue("its own table alone", async () => {
        const [found, ...others] = await schemasAt(server.url);
        return others.length === 0 && found !== left && await writesAt(server.url) > 20;
      });
      probing.kill("SIGINT");
      const { code, stdout, stderr } = await probing.result;
      const said = oneLine(`${stdout} ${stderr}`);
      assert.match(said, new RegExp(`Dropped the schema ${left} that an earlier probe had left`));
      assert.match(said, /Ending: looking for every write/);
      assert.match(said, /All \d+ acknowledged writes are present exactly once|generator shaped the result/);
      assert.ok([0, 4].includes(code), `${code}: ${said}`);
      assert.deepEqual(await schemasAt(server.url), []);
      assert.match(
        Deno.readTextFileSync(join(bench.folder, "probe.md")),
        /^### Probe of `127\.0\.0\.1:\d+\/postgres`: \*\*/,
      );
    })
  ));

Deno.test("a server that stays away leaves the ledger unverified and named, and the next start there drops it", () =>
  withUserPostgres((server) =>
    withTempHome(async (home) => {
      await using proxy = new ProbeProxy(Number(new URL(server.url).port));
      const url = proxy.through(server.url);
      const probing = probeChild(url, home, ["--rate", "100"]);
      await untilTrue("writes", async () => await writesAt(server.url) > 20);
      proxy.refuse();
      await probing.told(/new connections fail: ECONNREFUSED/);
      const { code, stderr, summary } = await probing.enough();
      assert.equal(code, 3, stderr);
      const { ledger } = summary.probe;
      assert.deepEqual([ledger!.complete, ledger!.problems], [false, []]);
      assert.match(
        oneLine(stderr),
        /The ledger could not be looked at: no server let it in when the probe had ended: ECONNREFUSED \(connection refused\)/,
      );
      assert.match(
        oneLine(stderr),
        /A probe's schema benchbook_probe_\w+ may still be in the database "postgres"/,
      );
      const [left] = await schemasAt(server.url);
      await proxy.accept();
      const cleaned = await inProcess(() => clean(["--writes"]), {
        DATABASE_URL: url,
        GRAPHQL_URL: "",
        BENCHBOOK_HOME: home,
        BENCHBOOK_REPORTS: join(home, "reports"),
      });
      assert.match(oneLine(cleaned.stderr + cleaned.stdout), new RegExp(`Dropped the schema ${left}`));
      assert.equal(cleaned.code, 0, cleaned.stderr);
      assert.deepEqual(await schemasAt(server.url), []);
      assert.ok(!readdirSync(home).includes("probes"));
    })
  ));

Deno.test("who may not make a schema, or names a replica, is told of --no-ledger, and with it reads are watched", () =>
  withUserPostgres((server) =>
    withStandby(server.url, (standby) =>
      withTempHome(async (home) => {
        await asked(server.url, "CREATE ROLE reader LOGIN PASSWORD 'r'");
        const reader = new URL(server.url);
        reader.username = "reader";
        reader.password = "r";
        const cases: [string, RegExp][] = [
          [
            reader.href,
            /reader may not make a schema there.* Grant it \(GRANT CREATE ON DATABASE "postgres" TO "reader"\), or give --no-ledger/,
          ],
          [
            standby.url,
            /it takes no writes, as a replica does not.* Name the primary in DATABASE_URL, or give --no-ledger/,
          ],
        ];
        for (const [url, said] of cases) {
          const refused = await startProbe(url, home, ["--duration", "1s"]);
          assert.match(oneLine(refused.stderr), said);
          assert.equal(refused.code, 2, refused.stderr);
          const { summary, code, stderr } = probedOf(
            await startProbe(url, home, ["--no-ledger", "--duration", "1s", "--slo", "stall<5s"]),
          );
          assert.ok([0, 4].includes(code), stderr);
          assert.equal(summary.probe.ledger, null);
          assert.deepEqual(summary.run.config.operations.map(({ name }) => name), ["read"]);
        }
        // Who would hear of the ledger: a subscriber that lacks its table would stop for good.
        const heard: [string, string, RegExp][] = [
          [
            "CREATE PUBLICATION everything FOR ALL TABLES",
            "DROP PUBLICATION everything",
            /publication everything \(FOR ALL TABLES\) would carry its table to others, or act on it/,
          ],
          [
            "CREATE FUNCTION noted() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; " +
            "CREATE EVENT TRIGGER noting ON ddl_command_end EXECUTE FUNCTION noted()",
            "DROP EVENT TRIGGER noting",
            /event trigger noting \(ddl_command_end\) would carry its table to others, or act on it/,
          ],
        ];
        for (const [make, drop, said] of heard) {
          await asked(server.url, make);
          const refused = await startProbe(server.url, home, ["--duration", "1s"]);
          assert.match(oneLine(refused.stderr), said);
          assert.equal(refused.code, 2, refused.stderr);
          await asked(server.url, drop);
        }
        assert.deepEqual(await schemasAt(server.url), []);
      }))
  ));
