import assert from "node:assert/strict";
import fc from "fast-check";
import pg from "pg";
import { counter, gauge } from "../model/metric.ts";
import { type ConnectionPurpose, sessionName } from "../model/session_name.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { cpuLimit, hostFacts, memoryLimit } from "./host.ts";
import { explain } from "./plans.ts";
import { parseCpu, parseDisks, parseMeminfo, parsePressure, parseProcess, parseStatm } from "./proc.ts";
import { SAMPLE_SOURCES } from "./sample_sources.ts";
import { PostgresReader, sampleQueries } from "./postgres_reader.ts";
import { POSTGRES_QUERIES } from "./sources/postgres.ts";
import { parseInfo } from "./redis_reader.ts";
import { Meter, Rates } from "./meter.ts";

Deno.test("CPU ticks add nice to user and interrupts to system, and leave guest time out", () => {
  assert.deepEqual(parseCpu("cpu  10 2 5 100 7 1 2 3 4 0\ncpu0 1 1 1 1\n"), {
    user: 12,
    system: 8,
    iowait: 7,
    steal: 3,
    total: 130,
  });
  assert.equal(parseCpu("intr 1"), null);
});

Deno.test("memory, pressure, disks and processes are read from the kernel's texts", () => {
  assert.deepEqual(parseMeminfo("MemTotal:  1000 kB\nHugePages_Total: 0\nDirty: 3 kB\n"), {
    MemTotal: 1_024_000,
    Dirty: 3072,
  });
  assert.deepEqual(parsePressure("some avg10=2.79 avg60=4.12 avg300=3.04 total=30236255\n"), {
    some: 30236255,
    full: null,
  });
  assert.deepEqual(
    parseDisks(
      "  254 0 vda 11 16 100 43 32 104 200 23 0 77 68\n 254 1 vda1 1 1 50 1 1 1 50 1 1 1 1",
      new Set(["vda"]),
    ),
    { readBytes: 51_200, writtenBytes: 102_400, busyMs: { vda: 77 } },
  );
  const stat = "42 (a b) c) S 1 42 42 0 -1 4194304 57 0 0 0 30 12 5 3 20 0 1 0 86680 2703360 309";
  assert.deepEqual(parseProcess(stat), { own: 42, endedChildren: 8 });
  assert.equal(parseProcess("nothing"), null);
  assert.deepEqual(parseStatm("1000 300 200 1 0 2 0"), { resident: 300, shared: 200 });
});

Deno.test("a rate is a counter's growth per second, and none where the counter shrank", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1_000_000), { minLength: 2, maxLength: 20 }), (values) => {
      const rates = new Rates();
      values.forEach((value, index) => {
        const before = values[index - 1];
        const expected = before === undefined || value < before ? null : (value - before) / 0.5;
        assert.equal(rates.perSecond("counter", value, index * 500_000), expected);
      });
    }),
  );
});

Deno.test("a series that is not read again is 0 where its metric says so, and gone where not", () => {
  const meter = new Meter([
    gauge("waits", "count", "", { labels: ["type"], absent: 0 }),
    gauge("sessions", "count", "", { labels: ["state"] }),
  ]);
  const waits = { metric: "waits", labels: { type: "Lock" }, value: 3 };
  const sessions = { metric: "sessions", labels: { state: "idle" }, value: 5 };
  assert.deepEqual(meter.values([waits, sessions], 0), [waits, sessions]);
  assert.deepEqual(meter.values([], 1e6), [{ ...waits, value: 0 }]);
  assert.deepEqual(meter.values([{ ...waits, value: 1 }], 2e6), [{ ...waits, value: 1 }]);
});

Deno.test("no rate is made of the counters of two connections, and no metric comes undeclared", () => {
  const meter = new Meter([counter("bytes", "bytes per second", "")]);
  const bytes = (value: number) => [{ metric: "bytes", labels: {}, value }];
  assert.deepEqual(meter.values(bytes(100), 1e6, 1), []);
  assert.deepEqual(meter.values(bytes(300), 2e6, 1), bytes(200));
  assert.deepEqual(meter.values(bytes(9000), 3e6, 2), []);
  assert.deepEqual(meter.values(bytes(9500), 4e6, 2), bytes(500));
  assert.throws(
    () => meter.values([{ metric: "byte", labels: {}, value: 1 }], 5e6, 2),
    /byte, which is not declared/,
  );
});

Deno.test("no share of time is above 1, whatever the clocks say", () => {
  const meter = new Meter(SAMPLE_SOURCES.find(({ name }) => name === "host")!.metrics);
  const read = (value: number, atUs: number) =>
    meter.values([{ metric: "pressure_cpu_some", labels: {}, value }], atUs).map(({ value }) => value);
  assert.deepEqual(read(0, 0), []);
  assert.deepEqual(read(0.5, 1_000_000), [0.5]);
  assert.deepEqual(read(1.51, 2_000_000), [1]);
});

Deno.test("a metric is declared once for its source, and what shares a panel shares a unit", () => {
  const units = new Map<string, string>();
  for (const { name: source, metrics } of SAMPLE_SOURCES) {
    const names = metrics.map(({ name }) => name);
    assert.deepEqual(names, [...new Set(names)], source);
    for (const { panel, unit, labels } of metrics) {
      if (panel === undefined) continue;
      assert.equal(unit, units.get(panel.title) ?? unit, panel.title);
      units.set(panel.title, unit);
      if (typeof panel.series !== "string") assert.ok(labels.includes(panel.series.label), panel.title);
    }
  }
  assert.ok(units.size > 10);
});

Deno.test("INFO's numeric fields are read and its words left out", () => {
  assert.deepEqual(
    parseInfo("# Stats\r\nkeyspace_hits:12\r\nredis_version:7.0.15\r\nused_cpu_user:0.25\r\nrole:master\r\n"),
    {
      keyspace_hits: 12,
      used_cpu_user: 0.25,
    },
  );
});

Deno.test("a container's limits are its cores and its memory", () => {
  assert.equal(cpuLimit("150000 100000\n"), 1.5);
  assert.equal(cpuLimit("max 100000\n"), null);
  assert.equal(cpuLimit(null), null);
  assert.equal(memoryLimit("1073741824\n"), 1_073_741_824);
  assert.equal(memoryLimit("max\n"), null);
  const facts = hostFacts();
  assert.ok(facts.cores > 0 && facts.memoryBytes > 0 && facts.cpu !== "" && facts.os !== "");
});

Deno.test("each server version gets the views that it has", () => {
  const names = (version: number) => sampleQueries(POSTGRES_QUERIES, version).map(({ name }) => name);
  assert.deepEqual(names(140_012), ["activity", "wait events", "WAL", "checkpoints", "progress"]);
  assert.deepEqual(names(160_004), ["activity", "wait events", "WAL", "checkpoints", "I/O", "progress"]);
  assert.match(sampleQueries(POSTGRES_QUERIES, 160_004)[3]!.text, /checkpoints_timed/);
  assert.match(sampleQueries(POSTGRES_QUERIES, 170_000)[3]!.text, /pg_stat_checkpointer/);
  assert.match(sampleQueries(POSTGRES_QUERIES, 170_000)[4]!.text, /op_bytes/);
  assert.match(sampleQueries(POSTGRES_QUERIES, 180_000)[4]!.text, /read_bytes/);
});

Deno.test("a plan is of the statement as it ran, and a write's plan changes nothing", async () => {
  await withClient(async (client) => {
    await client.query("CREATE TABLE item (id int PRIMARY KEY); INSERT INTO item VALUES (1), (2)");
    const read = (text: string) => ({ text, write: false });
    const plan = await explain(client, read("SELECT * FROM item WHERE id = $1::integer"), [2]) as Found;
    assert.equal(plan.Plan["Actual Rows"], 1);
    assert.ok("Shared Hit Blocks" in plan.Plan);
    assert.ok(await explain(client, { text: "INSERT INTO item VALUES ($1::integer)", write: true }, [3]));
    await assert.rejects(explain(client, read("DELETE FROM item"), []), /read-only transaction/);
    await assert.rejects(explain(client, { text: "SELECT broken", write: true }, []), /broken/);
    assert.deepEqual((await client.query("SELECT count(*)::int AS n FROM item")).rows, [{ n: 2 }]);
    assert.deepEqual((await client.query("SELECT name FROM pg_prepared_statements")).rows, []);
  });
});

Deno.test("a plan is the one that a connection has settled on, under the settings of its sessions", async () => {
  await withClient(async (client) => {
    await client.query(`
      CREATE TABLE item (id int PRIMARY KEY, names text[], made date);
      INSERT INTO item SELECT n, ARRAY['it''s', 'a \\ b'], '2026-01-01' FROM generate_series(1, 1000) AS n;
      ANALYZE item`);
    const text = "SELECT * FROM item WHERE id = $1::integer AND names = $2::text[] AND made = $3::date";
    const values = [7, ["it's", "a \\ b"], "2026-01-01"];
    const found = async (settings: Record<string, string>, times: number) => {
      const before = Array.from({ length: times }, () => values);
      const { Plan: plan } = await explain(client, { text, write: false, settings }, values, before) as Found;
      assert.equal(plan["Actual Rows"], 1);
      return [plan["Node Type"], /\$1/.test(JSON.stringify(plan)) ? "for any values" : "for its values"];
    };
    assert.deepEqual(await found({}, 0), ["Index Scan", "for its values"]);
    assert.deepEqual(await found({}, 5), ["Index Scan", "for any values"]);
    assert.deepEqual(await found({ plan_cache_mode: "force_custom_plan" }, 5), [
      "Index Scan",
      "for its values",
    ]);
    assert.deepEqual(await found({ plan_cache_mode: "force_generic_plan" }, 0), [
      "Index Scan",
      "for any values",
    ]);
    const noIndex = { enable_indexscan: "off", enable_bitmapscan: "off" };
    assert.deepEqual((await found(noIndex, 5))[0], "Seq Scan");
  });
});

Deno.test("how far a long command has come is told while it runs", async () => {
  await withDatabase(async (url) => {
    const theirs = new pg.Client({ connectionString: url });
    const changing = new pg.Client({ connectionString: url });
    const reader = new PostgresReader(url, 10_000, POSTGRES_QUERIES);
    await Promise.all([theirs.connect(), changing.connect()]);
    try {
      await theirs.query("CREATE TABLE item AS SELECT 1 AS id");
      // The index waits for whoever may still see the table as it was.
      await theirs.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1");
      const made = changing.query("CREATE INDEX CONCURRENTLY item_id ON item (id)");
      const progress = async () =>
        (await reader.read()).filter(({ metric, labels }) =>
          metric === "progress" && labels.unit === "lockers"
        );
      let found = await progress();
      while (found.length === 0) found = await progress();
      const labels = { command: "CREATE INDEX CONCURRENTLY", relation: "public.item", unit: "lockers" };
      assert.deepEqual(found, [{
        metric: "progress",
        labels: { ...labels, phase: found[0]!.labels.phase },
        value: 0,
      }]);
      assert.match(found[0]!.labels.phase!, /^waiting for /);
      await theirs.query("COMMIT");
      await made;
      assert.deepEqual(await progress(), []);
      assert.deepEqual(reader.unavailable, []);
    } finally {
      await Promise.all([theirs.end(), changing.end(), reader.close()]);
    }
  });
});

Deno.test("how much of a run's pools is in use is told by their sessions' names", async () => {
  await withDatabase(async (url) => {
    const reader = new PostgresReader(url, 10_000, POSTGRES_QUERIES);
    const opened = ["load", "load", "load", "graphql", "plans"].map((role) =>
      new pg.Client({
        connectionString: url,
        application_name: sessionName("20261130-120000-ab12", role as ConnectionPurpose),
      })
    );
    try {
      await Promise.all(opened.map((client) => client.connect()));
      await opened[0]!.query("BEGIN");
      const pools = (await reader.read()).filter(({ metric }) => metric.startsWith("pool_"))
        .map(({ metric, labels, value }) => `${metric} ${labels.pool} ${value}`);
      assert.deepEqual(pools.sort(), [
        "pool_connections graphql 1",
        "pool_connections load 3",
        "pool_in_use graphql 0",
        "pool_in_use load 1",
      ]);
    } finally {
      await Promise.all([...opened.map((client) => client.end()), reader.close()]);
    }
  });
});

Deno.test("an index of a table that nobody else sees yet has its progress too", async () => {
  await withDatabase(async (url) => {
    const theirs = new pg.Client({ connectionString: url });
    const changing = new pg.Client({ connectionString: url });
    const reader = new PostgresReader(url, 10_000, POSTGRES_QUERIES);
    try {
      await Promise.all([theirs.connect(), changing.connect()]);
      await theirs.query("SELECT pg_advisory_lock(42)");
      await changing.query(`
        BEGIN;
        CREATE TABLE item AS SELECT 1 AS id;
        CREATE FUNCTION waited(id integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE
          AS 'BEGIN PERFORM pg_advisory_xact_lock(42); RETURN id; END'`);
      const made = changing.query("CREATE INDEX ON item (waited(id))");
      made.catch(() => {});
      const progress = async () =>
        (await reader.read()).filter(({ metric, labels }) =>
          metric === "progress_done" && labels.command === "CREATE INDEX"
        );
      let found = await progress();
      while (found.length === 0) {
        assert.deepEqual(reader.unavailable, []);
        found = await progress();
      }
      assert.equal(found[0]!.labels.relation, "");
      await theirs.query("SELECT pg_advisory_unlock(42)");
      await made;
    } finally {
      await Promise.all([theirs.end(), changing.end(), reader.close()]);
    }
  });
});

Deno.test("what is not for each tick of a migration is asked once in so many", async () => {
  await withDatabase(async (url) => {
    const reader = new PostgresReader(url, 10_000, POSTGRES_QUERIES, 3);
    try {
      const told: string[] = [];
      for (let tick = 0; tick < 7; tick++) {
        const metrics = (await reader.read()).map(({ metric }) => metric);
        assert.ok(metrics.includes("wal_bytes") && metrics.includes("active_sessions"));
        told.push(metrics.includes("connections") ? "all" : "some");
      }
      assert.deepEqual(told, ["all", "some", "some", "all", "some", "some", "all"]);
    } finally {
      await reader.close();
    }
  });
});

/** What EXPLAIN gives. */
interface Found {
  readonly Plan: Readonly<Record<string, unknown>>;
}

async function withClient(use: (client: pg.Client) => Promise<void>): Promise<void> {
  await withDatabase(async (url) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await use(client);
    } finally {
      await client.end();
    }
  });
}
