import assert from "node:assert/strict";
import process from "node:process";
import pg from "pg";
import type { Sample } from "../model/run.ts";
import { withPostgres, withStack } from "../stack/testing.ts";
import { startSampler } from "./sampler.ts";
import { samplePanels } from "../charts/sample_panels.ts";
import { sleep } from "../net/sleep.ts";

/** No reading is to be given up because the machine has no time for it. */
const readingMs = 60_000;

function clock(): () => number {
  const start = performance.now();
  return () => (performance.now() - start) * 1000;
}

Deno.test("every source is sampled on the run's clock, with its rates and its own cost", async () => {
  await withStack(async (stack) => {
    assert.ok(stack.redis.available);
    const url = await stack.databaseUrl("observed");
    const samples: Sample[] = [];
    const sampler = startSampler({
      instances: [
        { name: "postgres", service: "postgres", url },
        { name: "redis", service: "redis", url: stack.redis.url },
      ],
      periodMs: 100,
      readingMs,
      nowUs: clock(),
      pids: () => ({ ...stack.pids(), benchbook: process.pid }),
      emit: (batch) => samples.push(...batch),
    });
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query("CREATE TABLE t AS SELECT generate_series(1, 20000) AS n");
    const waiting = new pg.Client({ connectionString: url });
    await waiting.connect();
    const slept = assert.rejects(waiting.query("SELECT pg_sleep(60)"), /canceling statement/);
    const sleeping = (value: number) =>
      samples.some(({ metric, labels, value: now }) =>
        metric === "wait_events" && labels.type === "Timeout" && labels.event === "PgSleep" && now === value
      );
    const ticks = (source: string, metric: string) =>
      new Set(samples.filter((one) => one.source === source && one.metric === metric).map(({ atUs }) => atUs))
        .size;
    const few = () =>
      ticks("postgres", "wal_bytes") < 3 ||
      ["host", "postgres", "redis"].some((source) => ticks(source, "observer_ms") < 3);
    while (few()) {
      await client.query("INSERT INTO t SELECT generate_series(1, 100)");
      await sleep(5);
    }
    while (!sleeping(1)) await sleep(5);
    await client.query("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'");
    await slept;
    // What nobody waits for any more is said to be none.
    while (!sleeping(0)) await sleep(5);
    await waiting.end();
    await client.end();
    const summary = await sampler.stop();
    const emitted = samples.length;
    await sleep(150);
    assert.equal(samples.length, emitted, "a stopped sampler emits nothing");

    const of = (source: string, metric: string) =>
      samples.filter((sample) => sample.source === source && sample.metric === metric);
    assert.deepEqual(summary.unavailable, []);
    assert.deepEqual(summary.sources.map(({ source }) => source), ["host", "postgres", "redis"]);
    assert.ok(
      summary.sources.every(({ ticks, meanMs, maxMs }) => ticks > 2 && meanMs > 0 && maxMs >= meanMs),
    );
    for (const source of ["host", "postgres", "redis"]) assert.ok(of(source, "observer_ms").length > 2);

    assert.ok(of("postgres", "wal_bytes").some(({ value }) => value > 0));
    for (const metric of ["transactions", "blocks_hit", "connections", "locks_waiting", "checkpoints"]) {
      assert.ok(of("postgres", metric).length > 0, metric);
    }
    assert.ok(of("postgres", "io_read_bytes").some(({ labels }) => labels.by === "client backend"));
    for (const metric of ["commands", "hits", "memory_bytes", "evicted_keys"]) {
      assert.ok(of("redis", metric).length > 0, metric);
    }
    if (Deno.build.os === "linux") {
      for (const kind of ["user", "system", "iowait", "steal"]) {
        assert.ok(of("host", `cpu_${kind}`).every(({ value }) => value >= 0 && value <= 1));
      }
      const named = new Set(of("host", "process_cpu_cores").map(({ labels }) => labels.process));
      assert.deepEqual([...named].sort(), ["benchbook", "postgres", "redis"]);
      const ours = of("host", "process_count").filter(({ labels }) => labels.process === "benchbook");
      assert.ok(
        ours.every(({ value }) => value === 1),
        "services are not counted as part of who started them",
      );
      const backends = of("host", "process_count").filter(({ labels }) => labels.process === "postgres");
      assert.ok(backends.every(({ value }) => value > 5), "a server's children count as part of it");
    }
    const rows = samples.map(({ atUs, ...sample }) => ({ ...sample, second: atUs / 1e6 }));
    const points = samplePanels(rows);
    const panels = new Set(points.map(({ panel }) => panel));
    for (const panel of ["PostgreSQL blocks", "Redis commands", "Host memory"]) {
      assert.ok(panels.has(panel), panel);
    }
    const active = points.filter(({ panel, value }) => panel === "PostgreSQL active sessions" && value > 0);
    assert.ok(["all", "Timeout"].every((name) => active.some(({ series }) => series === name)));
    assert.ok(samples.every(({ atUs, value }) => Number.isInteger(atUs) && Number.isFinite(value)));
    const times = of("host", "observer_ms").map(({ atUs }) => atUs);
    assert.deepEqual(times, [...times].sort((a, b) => a - b));
  }, { redis: true, graphql: false });
});

Deno.test("a connection that the server ended is opened again", async () => {
  await withPostgres(async (url) => {
    const samples: Sample[] = [];
    const ticks = () => samples.filter(({ metric }) => metric === "connections").length;
    const sampler = startSampler({
      instances: [{ name: "postgres", service: "postgres", url }],
      periodMs: 30,
      readingMs,
      nowUs: clock(),
      pids: () => ({}),
      emit: (batch) => samples.push(...batch),
    });
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      while (ticks() < 2) await sleep(5);
      const { rowCount } = await client.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'benchbook-observer'",
      );
      assert.equal(rowCount, 1);
      const before = ticks();
      while (ticks() < before + 2) await sleep(5);
    } finally {
      await client.end();
      const { unavailable } = await sampler.stop();
      assert.ok(
        unavailable.filter((text) => text.startsWith("PostgreSQL")).length <= 1,
        unavailable.join(" "),
      );
    }
  });
});

Deno.test("a server that is not there is named once and the other sources go on", async () => {
  const samples: Sample[] = [];
  const sampler = startSampler({
    instances: [
      { name: "postgres", service: "postgres", url: "postgres://nobody:secret-word@127.0.0.1:1/none" },
    ],
    periodMs: 20,
    nowUs: clock(),
    pids: () => ({}),
    emit: (batch) => samples.push(...batch),
  });
  while (samples.filter(({ metric }) => metric === "observer_ms").length < 4) await sleep(5);
  const summary = await sampler.stop();
  assert.ok(samples.every(({ source }) => source === "host"));
  assert.equal(summary.unavailable.filter((text) => text.startsWith("PostgreSQL could not")).length, 1);
  assert.ok(!JSON.stringify(summary).includes("secret-word"));
});

Deno.test("of two servers each is sampled, the samples bear its name, and the charts draw it by itself", () =>
  withPostgres(async (url, postgres) => {
    const samples: Sample[] = [];
    const other = await postgres.database("other");
    const sampler = startSampler({
      instances: Object.entries({
        postgres: url,
        "postgres-target": other,
        "postgres-gone": "postgres://a@127.0.0.1:1/b",
      }).map(([name, url]) => ({ name, service: "postgres", url })),
      periodMs: 50,
      readingMs,
      nowUs: clock(),
      pids: () => ({}),
      emit: (batch) => samples.push(...batch),
    });
    const client = new pg.Client({ connectionString: other });
    try {
      await client.connect();
      await client.query("CREATE TABLE t (n int)");
      const inserted = (instance: string) =>
        samples.filter(({ metric, labels }) => metric === "rows_inserted" && labels.instance === instance);
      const begun = samples.length;
      while (!inserted("postgres-target").some(({ value }) => value > 0) || inserted("postgres").length < 3) {
        await client.query("INSERT INTO t SELECT generate_series(1, 100)");
        await sleep(5);
      }
      assert.ok(inserted("postgres").every(({ value }) => value === 0));
      assert.ok(
        samples.slice(begun).every(({ source, labels }) => source === "host" || "instance" in labels),
      );
    } finally {
      await client.end();
    }
    const { unavailable } = await sampler.stop();
    assert.ok(unavailable.some((text) => text.startsWith("PostgreSQL (postgres-gone) could not be sampled")));
    const rows = samples.map(({ atUs, ...sample }) => ({ ...sample, second: atUs / 1e6 }));
    const panels = samplePanels(rows).map(({ panel }) => panel);
    assert.deepEqual(
      [...new Set(panels)].filter((panel) => panel.startsWith("PostgreSQL transactions")),
      ["PostgreSQL transactions (postgres)", "PostgreSQL transactions (postgres-target)"],
    );
  }));
