import assert from "node:assert/strict";
import { join } from "node:path";
import { Client } from "pg";
import type { RunSummary } from "../model/summary.ts";
import { embeddedDatabaseUrl } from "../stack/postgres.ts";
import { isAlive } from "../stack/process.ts";
import { readRecords } from "../stack/state.ts";
import { openStore } from "../store/open.ts";
import { SHORT, until, withWorkbench, type Workbench } from "./testing.ts";

/** Long enough to be caught in the middle. */
const LONG = ["--scale", "tiny", "--duration", "30s", "--warmup", "600ms"];

async function outcomes(
  bench: Workbench,
): Promise<{ status: string; outcome: string; error: string | null; n: number }[]> {
  const store = await openStore(bench.db, { mode: "read" });
  try {
    return await store.rows(
      `SELECT r.status::VARCHAR AS status, t.outcome::VARCHAR AS outcome, t.error::VARCHAR AS error, count(*)::INT AS n
       FROM timing t JOIN run r USING (run_id) GROUP BY ALL ORDER BY ALL`,
    );
  } finally {
    store.close();
  }
}

function services(bench: Workbench) {
  return readRecords(bench.home);
}

/** Every file below a folder, read as bytes that are letters where they are letters. */
async function contents(folder: string): Promise<string[]> {
  const texts: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) texts.push(...await contents(path));
    else texts.push(new TextDecoder("latin1").decode(await Deno.readFile(path)));
  }
  return texts;
}

/** Orders with a reserved key that lie in the data set's database. */
async function reservedOrders(bench: Workbench): Promise<number> {
  const postgres = services(bench).find(({ name }) => name === "postgres")!;
  const client = new Client({
    connectionString: embeddedDatabaseUrl(bench.home, postgres.port, "northwind_tiny_42"),
  });
  await client.connect();
  try {
    const { rows } = await client.query(
      "SELECT count(*)::int AS n FROM northwind.orders WHERE order_id >= 1000000000",
    );
    return rows[0].n as number;
  } finally {
    await client.end();
  }
}

Deno.test("Ctrl-C in mid-run ends with 130, stops the stack within 5 s and keeps what was measured", async () => {
  await withWorkbench(async (bench) => {
    const running = bench.start("bench", LONG);
    await bench.measuring();
    const started = services(bench);
    assert.equal(started.length, 3);
    const before = performance.now();
    running.kill("SIGINT");
    const { code, stdout, stderr } = await running.result;
    assert.equal(code, 130, stdout + stderr);
    assert.ok(performance.now() - before < 5000, "within 5 s");
    assert.ok(started.every(({ process }) => !isAlive(process)), "every service is stopped");
    const kept = await outcomes(bench);
    assert.ok(kept.length > 0 && kept.every(({ status }) => status === "interrupted"));
    assert.match(stdout, /interrupted/i);
    const report = await bench.run("report", ["latest", "--no-pdf"]);
    assert.equal(report.code, 0, report.stderr);
  });
});

Deno.test("PostgreSQL killed in mid-run: failed rows with SQLSTATE, a crashed run, exit 3, and its report", async () => {
  await withWorkbench(async (bench) => {
    const running = bench.start("bench", [...LONG, "--no-pdf"]);
    await bench.measuring();
    const postgres = services(bench).find(({ name }) => name === "postgres")!;
    Deno.kill(postgres.process.pid, "SIGKILL");
    const { code, stdout, stderr } = await running.result;
    assert.equal(code, 3, stdout + stderr);
    const rows = await outcomes(bench);
    assert.ok(rows.every(({ status }) => status === "crashed"));
    const codes = rows.filter(({ outcome }) => outcome === "failed").map(({ error }) => error);
    assert.ok(
      codes.some((error) => /^(57P0\d|0800\d)$/.test(error ?? "")),
      `SQLSTATE among ${codes.join(", ")}`,
    );
    assert.match(stdout, /postgres process .* ended during the run/);
    const html = /^Report {2}(.*)$/m.exec(stdout)![1]!;
    assert.match(await Deno.readTextFile(html), /crashed/i);
  });
});

Deno.test("kill -9 of bench: the next start stops the orphans, loads the spooled rows and undoes the writes", async () => {
  await withWorkbench(async (bench) => {
    const running = bench.start("bench", [...LONG, "--paths", "sql", "--rate", "400"]);
    const spool = await bench.measuring();
    await until(async () => await reservedOrders(bench) > 0 || null, "no order was inserted");
    running.kill("SIGKILL");
    await running.result;
    const orphans = services(bench);
    assert.ok(
      orphans.length > 0 && orphans.every(({ process }) => isAlive(process)),
      "the services are orphans now",
    );
    const next = await bench.run("bench", [...SHORT, "--paths", "sql", "--no-report", "--json"]);
    assert.ok([0, 4].includes(next.code), next.stderr);
    assert.match(next.stderr, /Recovered run \S+ \(crashed\): [\d,]+ requests/);
    assert.ok(orphans.every(({ process }) => !isAlive(process)), "the orphans are gone");
    await assert.rejects(Deno.stat(spool));
    const rows = await outcomes(bench);
    assert.ok(rows.some(({ status, n }) => status === "crashed" && n > 0));
    const up = await bench.run("up", ["--scale", "tiny"]);
    assert.equal(up.code, 0, up.stderr);
    assert.equal(await reservedOrders(bench), 0);
    const seed = await bench.run("seed", ["--scale", "tiny"]);
    assert.match(seed.stdout, new RegExp((JSON.parse(next.stdout) as RunSummary).environment.dataset.hash));
  });
});

Deno.test("faults around a stack that is up", async (t) => {
  await withWorkbench(async (bench) => {
    const up = await bench.run("up", ["--scale", "tiny"]);
    assert.equal(up.code, 0, up.stderr);

    await t.step("a second bench is refused with who holds the place, and the first goes on", async () => {
      // Longer than any machine takes to start the second one.
      const first = bench.start("bench", [...SHORT, "--duration", "10m", "--paths", "sql", "--no-report"]);
      const spool = await bench.measuring();
      const second = await bench.run("bench", [...SHORT, "--no-report"]);
      assert.equal(second.code, 3);
      assert.match(second.stderr, /"bench access-paths" \(process \d+, since /);
      const size = () => Deno.statSync(join(spool, "timing-0.seg")).size;
      const before = size();
      await until(() => size() > before ? true : null, "the first wrote no more rows");
      first.kill("SIGINT");
      const { code, stderr } = await first.result;
      assert.equal(code, 130, stderr);
      assert.equal(services(bench).length, 3, "what `up` started runs on");
    });

    await t.step("a program that holds the store: a wait, a clear message, and nothing is lost", async () => {
      const before = (await outcomes(bench)).reduce((sum, { n }) => sum + n, 0);
      const holder = await openStore(bench.db, { mode: "read" });
      let refused;
      try {
        refused = await bench.run("bench", [...SHORT, "--paths", "sql", "--no-report"]);
      } finally {
        holder.close();
      }
      assert.equal(refused.code, 3, refused.stdout);
      assert.match(refused.stdout, /Waiting for the store/);
      assert.match(refused.stderr, /nothing is lost/i);
      const next = await bench.run("bench", [...SHORT, "--paths", "sql", "--no-report"]);
      assert.match(next.stdout, /Recovered run \S+ \(complete\)/);
      const after = (await outcomes(bench)).reduce((sum, { n }) => sum + n, 0);
      assert.ok(after > before + 400, `${before} rows, then ${after}`);
    });

    await t.step("a program that reads the store for a moment only delays the end", async () => {
      const running = bench.start("bench", [...SHORT, "--paths", "sql", "--no-report"]);
      await bench.measuring();
      const holder = await openStore(bench.db, { mode: "read" });
      const released = until(
        async () => (await Deno.readTextFile(join(await bench.measuring(), "end.json")).catch(() => null)),
        "the run did not end",
      ).finally(() => holder.close());
      const { code, stdout, stderr } = await running.result;
      await released;
      assert.ok(code === 0 || code === 4, stdout + stderr);
    });

    await t.step("notebooks can be run while a bench measures, and neither disturbs the other", async () => {
      const running = bench.start("bench", [...LONG, "--duration", "6s", "--paths", "sql", "--no-report"]);
      await bench.measuring();
      const notebooks = await bench.run("notebook", ["--run", "latest"]);
      assert.equal(notebooks.code, 0, notebooks.stdout + notebooks.stderr);
      const { code, stdout, stderr } = await running.result;
      assert.ok(code === 0 || code === 4, stdout + stderr);
    });

    await t.step(
      "a server of the user's, by an ordinary role: all paths, what is missing named, no password left",
      async () => {
        const { port } = services(bench).find(({ name }) => name === "postgres")!;
        const admin = new Client({ connectionString: embeddedDatabaseUrl(bench.home, port, "postgres") });
        await admin.connect();
        try {
          await admin.query("CREATE ROLE plain LOGIN PASSWORD 'hunter2secret'");
          await admin.query("CREATE DATABASE theirs OWNER plain");
        } finally {
          await admin.end();
        }
        const env = { DATABASE_URL: `postgres://plain:hunter2secret@127.0.0.1:${port}/theirs` };
        const { code, stdout, stderr } = await bench.run(
          "bench",
          [...SHORT, "--label", "theirs", "--no-pdf"],
          env,
        );
        assert.ok(code === 0 || code === 4, stdout + stderr);
        const runId = /^Run (\S+) \(theirs\)$/m.exec(stdout)![1]!;
        const file = join(bench.reports, runId, "summary.json");
        const summary = JSON.parse(await Deno.readTextFile(file)) as RunSummary;
        assert.deepEqual(summary.run.config.arms, ["sql", "graphql", "sql+cache"]);
        assert.ok(summary.environment.unavailable.some((text) => /pg_stat_statements/.test(text)));
        const left = [
          stdout,
          stderr,
          ...await contents(bench.reports),
          ...await contents(join(bench.home, "logs")),
        ];
        assert.ok(left.every((text) => !text.includes("hunter2secret")));
        const other = await bench.run("bench", [...SHORT, "--seed", "8"], env);
        assert.equal(other.code, 2);
        assert.match(other.stderr, /--replace/);
      },
    );

    await t.step(
      "paths that answer differently: nothing is timed, operation and first difference are named",
      async () => {
        const workload = join(bench.home, "workload");
        await Deno.mkdir(workload);
        for (const extension of ["sql", "graphql"]) {
          const file = `product-by-id.${extension}`;
          const text = await Deno.readTextFile(
            join(import.meta.dirname!, "../../queries/workloads/access-paths", file),
          );
          await Deno.writeTextFile(
            join(workload, file),
            text.replace("p.unit_price,", "p.unit_price + 1 AS unit_price,"),
          );
        }
        const file = join(bench.home, "differs.ts");
        await Deno.writeTextFile(
          file,
          `export default { name: "differs", title: "Differs", dataset: "northwind", workload: "./workload",
          arrivals: "poisson", rate: 10, duration: 3, warmup: 0, block: 1, washout: 0.1, timeout: 5,
          paths: ["sql", "graphql"], settings: {},
          operations: [{ name: "product-by-id", weight: 1, params: { product_id: { kind: "zipf", keys: "products", s: 1 } } }] }`,
        );
        const { code, stderr } = await bench.run("bench", [file, "--scale", "tiny"]);
        assert.equal(code, 4);
        assert.match(
          stderr,
          /product-by-id answers differently over graphql than over sql: \[0\]\.unit_price is [\d.]+, and [\d.]+ by SQL/,
        );
      },
    );

    await t.step("Redis that cannot be reached: its path is marked, the others are measured", async () => {
      const { code, stdout, stderr } = await bench.run(
        "bench",
        [...SHORT, "--paths", "sql,sql+cache", "--no-report", "--json"],
        { REDIS_URL: "redis://127.0.0.1:1" },
      );
      const summary = JSON.parse(stdout) as RunSummary;
      assert.equal(code, summary.verdict === "invalid" ? 4 : 0, stderr);
      assert.deepEqual(summary.run.config.arms, ["sql"]);
      assert.deepEqual(summary.run.config.unavailableArms.map(({ arm }) => arm), ["sql+cache"]);
      assert.match(stderr, /Path sql\+cache not available: .*127\.0\.0\.1:1/);
    });

    await t.step(
      "a GraphQL service that cannot be reached: its path is marked, the others are measured",
      async () => {
        const { code, stdout, stderr } = await bench.run(
          "bench",
          [...SHORT, "--paths", "sql,graphql", "--no-report", "--json"],
          { GRAPHQL_URL: "http://127.0.0.1:1/graphql" },
        );
        const summary = JSON.parse(stdout) as RunSummary;
        assert.equal(code, summary.verdict === "invalid" ? 4 : 0, stderr);
        assert.deepEqual(summary.run.config.unavailableArms.map(({ arm }) => arm), ["graphql"]);
      },
    );

    await t.step("a DATABASE_URL where nothing listens: exit 3, and no password anywhere", async () => {
      const { code, stdout, stderr } = await bench.run("bench", SHORT, {
        DATABASE_URL: "postgres://me:hunter2secret@127.0.0.1:1/mine",
      });
      assert.equal(code, 3);
      assert.match(stderr, /127\.0\.0\.1:1.*refused|refused.*127\.0\.0\.1:1/);
      assert.doesNotMatch(stdout + stderr, /hunter2secret/);
    });

    await t.step("a wrong password: exit 3, and not shown", async () => {
      const { port } = services(bench).find(({ name }) => name === "postgres")!;
      const { code, stdout, stderr } = await bench.run("bench", SHORT, {
        DATABASE_URL: `postgres://postgres:hunter2secret@127.0.0.1:${port}/postgres`,
      });
      assert.equal(code, 3);
      assert.match(stderr, /password/);
      assert.doesNotMatch(stdout + stderr, /hunter2secret/);
    });

    await t.step("no browser: the HTML is made, the PDF is not, and it says why", async () => {
      const { code, stdout, stderr } = await bench.run("report", ["latest"], {
        CHROME_PATH: "/nonexistent/chrome",
      });
      assert.equal(code, 0, stderr);
      assert.match(stdout, /PDF not made: .*CHROME_PATH/);
      assert.match(stdout, /^Report {2}/m);
      assert.doesNotMatch(stdout, /^PDF {2}/m);
    });
  });
});
