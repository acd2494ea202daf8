import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import type { ProcessId } from "../stack/process.ts";
import { withPostgres } from "../stack/testing.ts";
import { assertSettledAsFound } from "../testing/facts.ts";
import { lookAtPostgres } from "../testing/look_at_postgres.ts";
import { SHORT, until, withWorkbench, type Workbench } from "./testing.ts";
import { poolingProxy } from "./testing_pooling_proxy.ts";

/** Reads and writes, by SQL alone: no other service is needed. */
const RUN = ["smoke", ...SHORT, "--paths", "sql", "--no-report"];
/** Dashboards from the tables and from a tier, with a cache before it and without. */
const TIERED = ["sales-analytics", ...SHORT, "--paths", "sql,matview,matview+cache", "--no-report"];
/** Vacuums of what was written into; the statistics of who was refused are nobody's loss. */
const OURS = [/maintenance of table northwind\./];
const INDEX = "CREATE INDEX CONCURRENTLY ON northwind.orders (freight);\n";

interface Theirs {
  readonly bench: Workbench;
  readonly server: ProcessId;
  readonly admin: Client;
  readonly url: string;
  /** As a superuser. */
  readonly theirs: string;
  readonly env: Record<string, string>;
  /** Writes a change. @returns it as an option */
  readonly change: (sql: string) => readonly string[];
  /** Whether all is as it was before anything was cloned. */
  readonly asFound: () => Promise<void>;
  readonly clones: () => Promise<readonly string[]>;
}

/** A database with data whose owner is an ordinary role that may create databases. */
async function withTheirs(use: (theirs: Theirs) => Promise<void>): Promise<void> {
  await withPostgres(async (adminUrl, { process: server }) => {
    const at = (name: string) => {
      const url = new URL(adminUrl);
      url.pathname = `/${name}`;
      return url;
    };
    // The first that clones are made from.
    const admin = new Client({ connectionString: at("postgres").href });
    // Where the server is ended, that is meant.
    admin.on("error", () => {});
    await admin.connect();
    try {
      await admin.query("CREATE ROLE plain LOGIN PASSWORD 'plain' CREATEDB");
      await admin.query("CREATE DATABASE mine OWNER plain");
      await admin.query("REVOKE CONNECT ON DATABASE mine FROM PUBLIC");
      const url = at("mine");
      url.username = url.password = "plain";
      await withWorkbench(async (bench) => {
        const env = { DATABASE_URL: url.href };
        const seeded = await bench.call("seed", ["--scale", "tiny"], env);
        assert.equal(seeded.code, 0, seeded.stderr);
        const theirs = at("mine");
        const look = () => lookAtPostgres(theirs.href, { databases: ["mine"] });
        const before = await look();
        await use({
          bench,
          server,
          admin,
          url: url.href,
          theirs: theirs.href,
          env,
          change(sql) {
            const file = join(bench.folder, "change.sql");
            Deno.writeTextFileSync(file, sql);
            return ["--arm", `changed=${file}`];
          },
          asFound: () => assertSettledAsFound(before, look, { except: OURS }),
          clones: async () =>
            (await admin.query("SELECT datname FROM pg_database WHERE datname LIKE 'benchbook_clone%'"))
              .rows.map(({ datname }) => datname),
        });
      }, { untouched: true });
    } finally {
      await admin.end();
    }
  });
}

Deno.test("a change is measured on a clone of a database of the user's, and nothing is left", async (t) => {
  await withTheirs(async ({ bench, server, admin, url, theirs, env, change, asFound, clones }) => {
    const refused = async (args: readonly string[], said: RegExp, more: Record<string, string> = {}) => {
      const { code, stdout, stderr } = await bench.call("bench", [...RUN, ...args], { ...env, ...more });
      assert.equal(code, 2, stdout + stderr);
      assert.match(stderr, said);
      assert.deepEqual(await clones(), []);
      assert.ok(!existsSync(join(bench.home, "clones")));
      return stdout;
    };

    await t.step("while the run lasts, nobody else may connect to it", async () => {
      const running = bench.start("bench", [...RUN, ...change(INDEX), "--clone", "--duration", "4s"], env);
      await bench.measuring();
      const [name] = await clones();
      const { rows: [may] } = await admin.query(
        "SELECT has_database_privilege('public', $1, 'CONNECT') AS public",
        [name],
      );
      assert.equal(may.public, false);
      const { code, stdout, stderr } = await running.result;
      assert.ok(code === 0 || code === 4, stdout + stderr);
      assert.match(
        stdout,
        /Clone the database: [\d.]+ MiB on the server, [\d.]+ GiB are free|how much is free is not/,
      );
      assert.deepEqual(await clones(), []);
      await asFound();
    });

    await t.step("without --clone: exit 2, with its size and its name", async () => {
      const said = /which takes [\d.]+ MiB.*--clone is not given\n.*makes benchbook_clone_\w+_1 /;
      await refused(change(INDEX), said);
      await asFound();
    });

    await t.step("a path over a tier without --clone: exit 2, with what would be made", async () => {
      const said =
        /Cannot measure the path matview: the migration add-matview is made on a clone of .*--clone is not given\n.*makes benchbook_clone_\w+_1 on that server .* and drops it\. Nothing was changed/;
      const { code, stderr } = await bench.call("bench", TIERED, env);
      assert.equal(code, 2, stderr);
      assert.match(stderr, said);
      assert.deepEqual(await clones(), []);
      await asFound();
    });

    await t.step(
      "a tier has one clone, whatever arms ask it, and a killed run's goes with the next",
      async () => {
        const running = bench.start("bench", [...TIERED, "--clone", "--duration", "60s"], env);
        await bench.measuring();
        const made = await clones();
        assert.equal(made.length, 1);
        running.kill("SIGKILL");
        await running.result;
        assert.deepEqual(await clones(), made);
        const { code, stdout, stderr } = await bench.call("bench", [...TIERED, "--clone", "--json"], env);
        assert.ok(code === 0 || code === 4, stderr);
        assert.match(stderr, new RegExp(`Dropped the clone "${made}"`));
        assert.match(stderr, /Make the tier matview by add-matview: \d+ statements/);
        const { operations } = JSON.parse(stdout);
        assert.ok(operations.some(({ arm }: { arm: string }) => arm === "matview+cache"));
        assert.deepEqual(await clones(), []);
        await asFound();
      },
    );

    await t.step("one that fails: exit 2, with line, statement and PostgreSQL's message", async () => {
      const failing = `${INDEX}\n-- Next.\nALTER TABLE northwind.orders\n  ADD CHECK (freight > 1e9);`;
      const stdout = await refused(
        [...change(failing), "--clone"],
        /Cannot apply the change \S+change\.sql:4: check constraint .* is violated by some row.*23514\)\n.*The statement: ALTER TABLE northwind\.orders ADD CHECK/,
      );
      assert.match(stdout, /^The clone that the change was tried on is dropped\.$/m);
      await asFound();
    });

    await t.step("one that alters what is answered: exit 4", async () => {
      const given = [
        ...change("UPDATE northwind.products SET unit_price = unit_price + 1"),
        "--clone",
      ];
      const { code, stdout, stderr } = await bench.call("bench", [...RUN, ...given], env);
      assert.equal(code, 4, stdout + stderr);
      assert.match(stderr, /answers differently over changed than over sql/);
      assert.match(
        stderr,
        /The change \S+change\.sql changes what \S+ returns: .* --no-prove changed; nothing was/,
      );
      assert.deepEqual(await clones(), []);
      await asFound();
    });

    await t.step("behind a pooler: exit 2", async () => {
      await using proxy = poolingProxy(url);
      await refused(
        [...change(INDEX), "--clone"],
        /leads to a pooler, whose connections keep the database in use/,
        { DATABASE_URL: proxy.url },
      );
      await asFound();
    });

    await t.step("others are in it, and the role may not see who: exit 2, and they stay", async () => {
      const other = new Client({ connectionString: theirs });
      await other.connect();
      // What a role may see is told in each database.
      const inBoth = (sql: string) => Promise.all([admin, other].map((client) => client.query(sql)));
      try {
        await inBoth("REVOKE SELECT ON pg_stat_activity FROM PUBLIC");
        await refused([...change(INDEX), "--clone"], /there are some that the role may not see/);
      } finally {
        await inBoth("GRANT SELECT ON pg_stat_activity TO PUBLIC");
        await other.end();
      }
      await asFound();
    });

    await t.step("somebody drops it: the run ends with exit 3 and says whose it was", async () => {
      const running = bench.start("bench", [...RUN, ...change(INDEX), "--clone", "--duration", "60s"], env);
      await bench.measuring();
      await admin.query(`DROP DATABASE ${await clones()} WITH (FORCE)`);
      const { code, stdout, stderr } = await running.result;
      assert.equal(code, 3, stdout + stderr);
      assert.match(stdout, /The run ended early: PostgreSQL at \S+, of the arm changed, stopped accepting/);
      assert.ok(!existsSync(join(bench.home, "clones")));
      await asFound();
    });

    await t.step("Ctrl-C: it is dropped, exit 130", async () => {
      const running = bench.start("bench", [...RUN, ...change(INDEX), "--clone", "--duration", "60s"], env);
      await bench.measuring();
      running.kill("SIGINT");
      const { code, stdout, stderr } = await running.result;
      assert.equal(code, 130, stdout + stderr);
      assert.deepEqual(await clones(), []);
      await asFound();
    });

    await t.step(
      "kill -9: the next start drops it, and whoever removes the home before is told",
      async () => {
        const running = bench.start("bench", [
          "spike",
          ...RUN.slice(1),
          ...change(INDEX),
          "--clone",
          "--duration",
          "60s",
        ], env);
        await bench.measuring();
        const [name] = await clones();
        running.kill("SIGKILL");
        await running.result;
        assert.deepEqual(await clones(), [name]);
        const cleaned = await bench.call("clean", ["--yes"], env);
        assert.equal(cleaned.code, 3, cleaned.stdout);
        assert.match(
          cleaned.stderr,
          /only it knows of the clone "benchbook_clone_\w+" of the database "mine"/,
        );
        const next = await bench.call("seed", ["--scale", "tiny"], env);
        assert.equal(next.code, 0, next.stderr);
        assert.ok(next.stdout.includes(`Dropped the clone "${name}" of the database "mine"`), next.stdout);
        assert.deepEqual(await clones(), []);
        await until(async () => await asFound().then(() => true, () => null), "rows are left");
      },
    );

    await t.step("without CREATEDB, or of a database that is not the role's own: exit 2", async () => {
      await admin.query("ALTER ROLE plain NOCREATEDB");
      await refused(
        [...change(INDEX), "--clone"],
        /the role "plain" may not create databases \(CREATEDB\)\n.*ALTER ROLE "plain" CREATEDB .*databaseUrl/,
      );
      await admin.query("ALTER ROLE plain CREATEDB");
      await admin.query("ALTER DATABASE mine OWNER TO CURRENT_USER; GRANT ALL ON DATABASE mine TO plain");
      const { code, stderr } = await bench.call("bench", [...RUN, ...change(INDEX), "--clone"], env);
      assert.equal(code, 2, stderr);
      assert.match(stderr, /the role "plain" must own the database to copy it/);
      assert.deepEqual(await clones(), []);
    });

    await t.step("the server fails meanwhile: exit 3, and the clone is left, not dropped", async () => {
      await admin.query("ALTER DATABASE mine OWNER TO plain");
      const running = bench.start("bench", [...RUN, ...change("SELECT pg_sleep(60)"), "--clone"], env);
      await until(async () => {
        const { rowCount } = await admin.query(
          "SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'",
        );
        return rowCount === 1 || null;
      }, "the change is not under way");
      Deno.kill(server.pid, "SIGQUIT");
      const { code, stdout, stderr } = await running.result;
      assert.equal(code, 3, stdout + stderr);
      assert.match(
        stdout + stderr,
        /! The clone "benchbook_clone_\w+" of the database "mine" at \S+ is left: /,
      );
      assert.match(stderr, /Cannot apply the change \S+change\.sql:1: /);
      assert.doesNotMatch(stdout + stderr, /is dropped/);
    });
  });
});

Deno.test("a change is asked about over GraphQL and caches too, by services of its clone's own", async () => {
  await withWorkbench(async (bench) => {
    const file = join(bench.folder, "change.sql");
    Deno.writeTextFileSync(file, INDEX);
    const paths = [
      "smoke",
      ...SHORT,
      "--no-report",
      "--json",
      "--slo",
      "errors<1%",
      "--arm",
      `changed=${file}`,
    ];
    for (const path of ["graphql", "sql+cache"]) {
      const { code, stdout, stderr } = await bench.call("bench", [...paths, "--paths", path]);
      assert.ok(code === 0 || code === 4, stderr);
      const { run, operations } = JSON.parse(stdout);
      assert.deepEqual(run.config.arms, [path, "changed"]);
      for (const { errorRate, operation } of operations) {
        if (operation === null) assert.equal(errorRate.value, 0);
      }
      assert.equal(/Start GraphQL for changed: PostGraphile/.test(stderr), path === "graphql", stderr);
    }
  });
});
