import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import pg from "pg";
import { InterruptedError, ServiceError, UsageError } from "../model/errors.ts";
import { clean, planClean } from "./clean.ts";
import { diagnose } from "./doctor.ts";
import { down } from "./down.ts";
import { followLog, listLogs, logEnd, readLog } from "./logs.ts";
import { acquireLock } from "./lock.ts";
import { identify, isAlive, type ProcessId, stopProcess } from "./process.ts";
import { openStack } from "./stack.ts";
import { readRecords } from "./state.ts";
import { testConfig, withTempHome } from "./testing.ts";
import { placeCluster } from "./testing_cluster.ts";
import { up } from "./up.ts";

const NOTHING = { redis: false, graphql: false };

Deno.test("up leaves the stack running, a second up and a bench use it, and down stops it", async () => {
  await withTempHome(async (home) => {
    const config = await testConfig(home);
    try {
      const first = await up(config, { database: "shop", schemas: ["public"] });
      assert.deepEqual(first.endpoints.map(({ name }) => name), [
        "PostgreSQL",
        "Redis",
        "GraphQL",
        "GraphiQL",
      ]);
      assert.ok(first.endpoints.every(({ address }) => address !== null));
      const secret = readFileSync(join(home, "secrets", "postgres"), "utf8").trim();
      assert.ok(!JSON.stringify(first).includes(secret));
      assert.equal(statSync(first.urlsFile).mode & 0o777, 0o600);
      assert.ok(readFileSync(first.urlsFile, "utf8").includes(secret));
      const graphiql = await fetch(first.endpoints[3]!.address!, { headers: { accept: "text/html" } });
      assert.match(await graphiql.text(), /<html/i);

      const records = readRecords(home);
      assert.deepEqual(records.map(({ name }) => name).sort(), ["graphql", "postgres", "redis"]);
      assert.deepEqual(
        (await up(config, { database: "shop", schemas: ["public"] })).endpoints,
        first.endpoints,
      );

      const bench = await openStack(config, { owner: "bench", need: { redis: true, graphql: true } });
      assert.equal(bench.pids().postgres, records.find(({ name }) => name === "postgres")!.process.pid);
      const own = await bench.graphql(await bench.databaseUrl("shop"), ["public"]);
      assert.ok(own.available && own.name === "graphql-2", "a run measures a GraphQL service of its own");
      await bench.stop();
      assert.deepEqual(readRecords(home).map(({ name }) => name).sort(), ["graphql", "postgres", "redis"]);

      const lock = acquireLock(home, "bench");
      await assert.rejects(down(config), ServiceError);
      await assert.rejects(up(config, { database: "shop", schemas: ["public"] }), ServiceError);
      lock.release();

      assert.deepEqual(listLogs(config), ["graphql", "graphql-2", "postgres", "redis"]);
      assert.match(readLog(config, "postgres", 50), /ready to accept connections/);
      assert.throws(
        () => readLog(config, "postgers"),
        (error) => error instanceof UsageError && error.next!.includes('"postgres"'),
      );

      assert.deepEqual((await down(config)).sort(), ["graphql", "postgres", "redis"]);
      assert.ok(records.every((record) => !isAlive(record.process)));
      assert.ok(!existsSync(first.urlsFile));
      assert.deepEqual(await down(config), []);
    } finally {
      await down(config);
    }
  });
});

Deno.test("an up that fails half-way stops what it started", async () => {
  await withTempHome(async (home) => {
    await placeCluster(home);
    const config = await testConfig(home);
    await assert.rejects(
      up(config, { database: "shop", schemas: ["public"], seed: () => Promise.reject(new Error("no data")) }),
      /no data/,
    );
    assert.deepEqual(readRecords(home), []);
    acquireLock(home, "bench").release();
  });
});

Deno.test("services of a bench that was killed are stopped by the next start, and their data is kept", async () => {
  await withTempHome(async (home) => {
    await placeCluster(home);
    const config = await testConfig(home);
    const program = `
      import { openStack } from ${JSON.stringify(import.meta.resolve("./stack.ts"))};
      const config = JSON.parse(await new Response(Deno.stdin.readable).text());
      const stack = await openStack(config, { owner: "bench", need: { redis: true, graphql: false } });
      await stack.databaseUrl("kept");
      console.log(JSON.stringify(stack.pids()));
      setInterval(() => {}, 1000);`;
    const bench = new Deno.Command(Deno.execPath(), {
      args: ["eval", program],
      cwd: import.meta.dirname,
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const reader = bench.stdout.getReader();
    let orphans: ProcessId[] = [];
    try {
      const writer = bench.stdin.getWriter();
      await writer.write(new TextEncoder().encode(JSON.stringify(config)));
      await writer.close();
      const { value } = await reader.read();
      orphans = Object.values(JSON.parse(new TextDecoder().decode(value)) as Record<string, number>)
        .map((pid) => identify(pid)!);
      await assert.rejects(
        openStack(config, { owner: "bench", need: NOTHING }),
        (error) => error instanceof ServiceError && error.message.includes(String(bench.pid)),
      );
    } finally {
      bench.kill("SIGKILL");
      await bench.status;
      await reader.cancel();
    }
    assert.equal(orphans.length, 2);
    assert.ok(orphans.every(isAlive), "a detached service outlives its bench");
    const steps: string[] = [];
    const stack = await openStack(config, {
      owner: "bench",
      need: NOTHING,
      onStep: (text) => steps.push(text),
    });
    try {
      assert.ok(orphans.every((id) => !isAlive(id)));
      assert.match(steps[0]!, /^Stopping (postgres, redis|redis, postgres) of a run that was killed$/);
      const client = new pg.Client({ connectionString: stack.postgres.adminUrl });
      await client.connect();
      const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = 'kept'");
      await client.end();
      assert.equal(rowCount, 1);
    } finally {
      await stack.stop();
    }
  });
});

Deno.test("a server that no record knows of is found by its own pid file", async () => {
  await withTempHome(async (home) => {
    await placeCluster(home);
    const config = await testConfig(home);
    const first = await openStack(config, { owner: "bench", need: NOTHING });
    const lost = first.postgres.process!;
    try {
      Deno.removeSync(join(home, "stack.json"));
      const second = await openStack(config, { owner: "bench", need: NOTHING });
      try {
        assert.ok(!isAlive(lost));
        assert.notEqual(second.postgres.process!.pid, lost.pid);
      } finally {
        await second.stop();
      }
    } finally {
      await stopProcess(lost, "SIGINT");
    }
  });
});

Deno.test("a server that was killed starts again with its data", async () => {
  await withTempHome(async (home) => {
    await placeCluster(home);
    const config = await testConfig(home);
    const killed = await openStack(config, { owner: "bench", need: NOTHING });
    const client = new pg.Client({ connectionString: await killed.databaseUrl("kept") });
    client.on("error", () => {});
    try {
      await client.connect();
      await client.query("CREATE TABLE t AS SELECT 1 AS n");
      // A backend in mid-query notices late that its postmaster is gone.
      client.query("SELECT pg_sleep(1)").catch(() => {});
    } finally {
      process.kill(killed.postgres.process!.pid, "SIGKILL");
    }
    const stack = await openStack(config, { owner: "bench", need: NOTHING });
    try {
      const again = new pg.Client({ connectionString: await stack.databaseUrl("kept") });
      await again.connect();
      assert.deepEqual((await again.query("SELECT n FROM t")).rows, [{ n: 1 }]);
      await again.end();
    } finally {
      await stack.stop();
      await client.end().catch(() => {});
    }
  });
});

Deno.test("an interrupted start leaves nothing behind and says that it was interrupted", async () => {
  await withTempHome(async (home) => {
    const config = await testConfig(home);
    const interrupt = new AbortController();
    await assert.rejects(
      openStack(config, {
        owner: "bench",
        need: { redis: true, graphql: false },
        signal: interrupt.signal,
        onStep: (text) => {
          if (text === "Starting PostgreSQL") setTimeout(() => interrupt.abort(), 100);
        },
      }),
      InterruptedError,
    );
    assert.deepEqual(readRecords(home), []);
    const stack = await openStack(config, { owner: "bench", need: NOTHING });
    assert.equal(stack.postgres.settings.wal_level, "logical");
    await stack.stop();
  });
});

Deno.test("a cluster whose password was lost is a sentence, not a long wait", async () => {
  await withTempHome(async (home) => {
    await placeCluster(home);
    const config = await testConfig(home);
    await (await openStack(config, { owner: "bench", need: NOTHING })).stop();
    Deno.removeSync(join(home, "secrets", "postgres"));
    await assert.rejects(
      openStack(config, { owner: "bench", need: NOTHING }),
      (error) => error instanceof ServiceError && error.message.includes("its password is not the one kept"),
    );
    assert.deepEqual(readRecords(home), []);
  });
});

Deno.test("clean removes what Benchbook made and nothing else", async () => {
  await withTempHome(async (home) => {
    const config = {
      ...await testConfig(home),
      reports: join(home, "..", `${home.split("/").at(-1)}-reports`),
    };
    const { reports } = config;
    try {
      const summary = (run: string) => JSON.stringify({ schema: 1, run: { runId: run } });
      for (const name of ["run-1", "sample", "other"]) mkdirSync(join(reports, name), { recursive: true });
      writeFileSync(join(reports, "run-1", "summary.json"), summary("run-1"));
      writeFileSync(join(reports, "sample", "summary.json"), summary("sample"));
      writeFileSync(join(reports, "other", "summary.json"), summary("run-1"));
      writeFileSync(join(reports, "benchbook.duckdb"), `${"\0".repeat(8)}DUCK`);
      writeFileSync(join(reports, "notes.txt"), "x");
      writeFileSync(join(reports, "index.html"), "<title>Benchbook: all runs</title>");
      writeFileSync(join(home, "mine.txt"), "x");
      const stack = await openStack(config, { owner: "up", need: NOTHING });
      const running = stack.postgres.process!;
      const targets = planClean(config);
      assert.ok(targets.every(({ path, what }) => what !== "" && !path.includes("sample")));
      const { left } = await clean(config, targets);
      // Where the machine has no Redis of its own, the unpacked one is a link here, which stays.
      assert.deepEqual(left.filter((name) => name !== "redis"), ["mine.txt"]);
      assert.ok(!isAlive(running));
      assert.deepEqual([...Deno.readDirSync(reports)].map(({ name }) => name).sort(), [
        "notes.txt",
        "other",
        "sample",
      ]);
      assert.deepEqual(planClean(config), []);
    } finally {
      Deno.removeSync(reports, { recursive: true });
    }
  });
});

Deno.test("following a log hands on what is added, and ends when told", async () => {
  await withTempHome(async (home) => {
    mkdirSync(join(home, "logs"));
    const path = join(home, "logs", "redis.log");
    writeFileSync(path, "old\n");
    const stop = new AbortController();
    const heard: string[] = [];
    const following = followLog({ home }, "redis", (text) => {
      heard.push(text);
      stop.abort();
    }, stop.signal);
    writeFileSync(path, "new\n", { flag: "a" });
    await following;
    assert.deepEqual(heard, ["new\n"]);
    // What is added between the last lines and the first look comes too.
    const end = logEnd({ home }, "redis");
    writeFileSync(path, "between\n", { flag: "a" });
    assert.equal(readLog({ home }, "redis", 1, end), "new");
    await followLog({ home }, "redis", (text) => void heard.push(text), AbortSignal.timeout(1), end);
    assert.deepEqual(heard, ["new\n", "between\n"]);
  });
});

Deno.test("doctor looks at everything, starts PostgreSQL for a trial and leaves nothing", async () => {
  await withTempHome(async (home) => {
    const config = {
      ...await testConfig(home),
      graphqlUrl: "http://127.0.0.1:1/graphql",
      chromePath: "/no/browser",
    };
    const findings = await diagnose(config);
    const of = (name: string) => findings.find((finding) => finding.name === name)!;
    assert.match(of("PostgreSQL").text, /^embedded \d+\.\d+ starts \(/);
    assert.equal(of("PostgreSQL").state, "ok");
    assert.equal(of("GraphQL").state, "missing");
    assert.equal(of("Browser").state, "missing");
    for (const { state, text, fix } of findings) {
      assert.ok(text !== "");
      assert.ok(state === "ok" || fix !== null, text);
    }
    assert.equal(existsSync(join(home, "doctor")), false);
    assert.equal(of("User for PostgreSQL").text.includes("refuses to run as root"), process.getuid?.() === 0);
  });
});
