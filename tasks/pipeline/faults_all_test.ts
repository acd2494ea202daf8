import assert from "node:assert/strict";
import { join } from "node:path";
import { Client } from "pg";
import type { RunSummary } from "../model/summary.ts";
import { embeddedDatabaseUrl } from "../stack/postgres.ts";
import { openStore } from "../store/open.ts";
import { SHORT, until, withWorkbench } from "./testing.ts";
import { contents, LONG, outcomes, services } from "./testing_faults.ts";

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

Deno.test("more faults around a stack that is up", async (t) => {
  await withWorkbench(async (bench) => {
    const up = await bench.run("up", ["--scale", "tiny"]);
    assert.equal(up.code, 0, up.stderr);

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
          [...SHORT, "--slo", "errors<1%", "--label", "theirs", "--no-pdf"],
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
        const other = await bench.call("bench", [...SHORT, "--seed", "8"], env);
        assert.equal(other.code, 2);
        assert.match(other.stderr, /--replace/);
      },
    );

    await t.step("a program that reads the store for a moment only delays the end", async () => {
      const running = bench.start("bench", [...SHORT, "--slo", "errors<1%", "--paths", "sql", "--no-report"]);
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
      const notebooks = await bench.call("notebook", ["--run", "latest"]);
      assert.equal(notebooks.code, 0, notebooks.stdout + notebooks.stderr);
      const { code, stdout, stderr } = await running.result;
      assert.ok(code === 0 || code === 4, stdout + stderr);
    });

    await t.step(
      "a GraphQL service that cannot be reached: its path is marked, the others are measured",
      async () => {
        const { code, stdout, stderr } = await bench.run(
          "bench",
          [...SHORT, "--slo", "errors<1%", "--paths", "sql,graphql", "--no-report", "--json"],
          { GRAPHQL_URL: "http://127.0.0.1:1/graphql" },
        );
        const summary = JSON.parse(stdout) as RunSummary;
        assert.equal(code, 3, stderr);
        assert.deepEqual(summary.run.config.unavailableArms.map(({ arm }) => arm), ["graphql"]);
        assert.match(
          summary.reasons.join("\n"),
          /^The arm graphql was requested but could not be measured: /m,
        );
      },
    );

    await t.step("no browser: the HTML is made, the PDF is not, and it says why", async () => {
      const { code, stdout, stderr } = await bench.call("report", ["latest"], {
        CHROME_PATH: "/nonexistent/chrome",
      });
      assert.equal(code, 0, stderr);
      assert.match(stdout, /PDF not made: .*CHROME_PATH/);
      assert.match(stdout, /^Report {2}/m);
      assert.doesNotMatch(stdout, /^PDF {2}/m);
    });
  });
});
