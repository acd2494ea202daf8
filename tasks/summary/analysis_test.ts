import assert from "node:assert/strict";
import { openRun, type RunReader } from "../store/read.ts";
import { withTempDir } from "../store/testing.ts";
import { estimable } from "../stats/quantile.ts";
import { groupQuantiles, KINDS } from "./block_pairs.ts";
import { FIXTURE_ARMS, type FixtureOptions, fixtureRun } from "./testing.ts";

/** The analyses that notebooks and reports draw, checked on one run against each other and the raw rows. */
async function withFixture(
  body: (bench: RunReader) => Promise<void>,
  options: FixtureOptions = {},
): Promise<void> {
  await withTempDir(async (dir) => {
    const { db, runId } = await fixtureRun(dir, { blocks: 4, ...options });
    await body(await openRun(runId, { db }));
  });
}

type Row = Record<string, number> & { arm: string; operation: string | null; segment: string; state: string };

function total(rows: readonly Row[], of = "n"): number {
  return rows.reduce((sum, row) => sum + row[of]!, 0);
}

Deno.test("the analyses of one run agree with its rows and with each other", () =>
  withFixture(async (bench) => {
    const [raw] = await bench.rows<Row>(
      `SELECT count(*) AS n, count(*) FILTER (measured) AS steady,
         count(*) FILTER (outcome IN ('ok', 'timeout')) AS timed,
         count(*) FILTER (outcome IN ('ok', 'timeout') AND measured) AS "steadyTimed",
         count(cache) AS cached, count(*) FILTER (outcome <> 'ok' AND measured) AS errors
       FROM request WHERE run_id = $run`,
    );
    assert.equal(raw!.n, bench.run.slots);
    assert.equal(total(await bench.rows<Row>("slots")), raw!.n);
    assert.equal(total(await bench.rows<Row>("heatmap")), raw!.timed);
    assert.equal(total(await bench.rows<Row>("histogram")), raw!.steadyTimed);
    assert.equal(total(await bench.rows<Row>("cache_states")), raw!.cached);
    assert.equal(total(await bench.rows<Row>("errors")), raw!.errors);
    assert.equal(total(await bench.rows<Row>("lag")), raw!.n);
    assert.equal(total(await bench.rows<Row>("blocks")), raw!.steady);

    const timeline = await bench.rows<Row>("timeline");
    assert.equal(total(timeline), raw!.n);
    assert.equal(total(timeline, "ok") + total(timeline, "errors"), raw!.n);
    const seconds = 3 + 4 * 3 * 1.4;
    const measured = timeline.filter(({ n }) => n! > 0);
    assert.ok(Math.abs(total(measured, "seconds") - seconds) < 1e-6);
    assert.deepEqual([...new Set(timeline.slice(0, 3).map(({ segment }) => segment))], ["warmup"]);
    for (const { segment, warmup } of timeline) assert.equal(warmup, segment === "warmup");

    const latency = await bench.rows<Row>("latency");
    assert.equal(total(latency.filter(({ operation }) => operation === null)), raw!.steady);
    assert.equal(total(latency.filter(({ operation }) => operation !== null)), raw!.steady);
    const view = await bench.rows<Row>("SELECT * FROM latency WHERE run_id = $run AND measured");
    assert.equal(total(view), raw!.steady);
    assert.equal(total(view, "errors"), raw!.errors);
    assert.equal(total(await bench.rows<Row>("SELECT * FROM timeline WHERE run_id = $run")), raw!.n);
  }));

Deno.test("a second in which nothing was answered shows no answers, whatever fell due in it", () =>
  withFixture(async (bench) => {
    const due = await bench.rows<Row>(
      "SELECT count(*) AS n FROM request WHERE run_id = $run AND intended_us // 1000000 IN (6, 7)",
    );
    assert.ok(due[0]!.n! > 100);
    const seconds = (await bench.rows<Row>("timeline")).filter(({ second }) => second === 6 || second === 7);
    assert.ok(total(seconds) > 100);
    assert.equal(total(seconds, "ok"), 0);
    const after = (await bench.rows<Row>("timeline")).filter(({ second }) => second === 8);
    assert.ok(total(after, "ok") > total(after));
  }, {
    change: (row) => {
      const stands = row.doneUs >= 6_000_000 && row.doneUs < 8_000_000;
      return stands ? { ...row, doneUs: 8_000_000 + (row.slot % 1000) } : row;
    },
  }));

Deno.test("a quantile curve rises, ends where few are left, and passes through the table's values", () =>
  withFixture(async (bench) => {
    const curve = await bench.rows<Row>("quantiles");
    const table = await bench.rows<Row>("latency");
    for (const arm of FIXTURE_ARMS) {
      const own = curve.filter((row) => row.arm === arm && row.operation === null);
      const { n, errors, ...quantiles } = table.find((row) => row.arm === arm && row.operation === null)!;
      own.slice(1).forEach((row, at) => assert.ok(row.ms! >= own[at]!.ms! && row.level! > own[at]!.level!));
      assert.ok(!estimable(n! - errors!, 1 - (1 - own.at(-1)!.level!) / 10));
      for (const [level, name] of [[0.5, "p50"], [0.9, "p90"], [0.95, "p95"], [0.99, "p99"]] as const) {
        assert.equal(own.find((row) => row.level === level)!.ms, quantiles[name]);
      }
    }
  }));

Deno.test("no analysis gives a quantile that so few requests cannot tell, and each gives all others", () =>
  withFixture(async (bench) => {
    const LEVELS = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, p999: 0.999 };
    const counts = "count(response_ms) AS timed FROM request WHERE run_id = $run";
    const sources = {
      latency: `SELECT arm, operation, ${counts} AND measured
        GROUP BY GROUPING SETS ((arm), (arm, operation)) ORDER BY arm, operation NULLS FIRST`,
      timeline: `SELECT arm, block, intended_us // 1000000 AS second, ${counts}
        GROUP BY ALL ORDER BY second, block`,
      lag: `SELECT intended_us // 1000000 AS second, count(lag_ms) AS timed FROM request WHERE run_id = $run
        GROUP BY ALL HAVING timed > 0 ORDER BY second`,
    };
    for (const [name, source] of Object.entries(sources)) {
      const given = (await bench.rows<Record<string, number | null>>(name)).filter(({ n }) => n! > 0);
      const timed = (await bench.rows<Row>(source)).map(({ timed }) => timed!);
      assert.equal(given.length, timed.length, name);
      const known = given.map((row, at) =>
        Object.entries(LEVELS).filter(([key]) => key in row).map(([key, level]) => {
          assert.equal(row[key] !== null, estimable(timed[at]!, level), `${name} ${key} of ${timed[at]}`);
          return row[key] !== null;
        })
      ).flat();
      assert.ok(known.includes(true) && known.includes(false), name);
    }
    const curve = await bench.rows<Row>("quantiles");
    const levels = [...new Set(curve.map(({ level }) => level!))];
    for (const { arm, operation, timed } of await bench.rows<Row>(sources.latency)) {
      const own = curve.filter((row) => row.arm === arm && row.operation === operation).map(({ level }) =>
        level
      );
      assert.deepEqual(own, levels.filter((level) => level === 0 || estimable(timed!, level)).sort());
    }
  }, { rate: 300 }));

Deno.test("bins are bounded by powers of two and hold what lies between", () =>
  withFixture(async (bench) => {
    const bins = await bench.rows<Row>("histogram");
    for (const { lowMs, highMs } of bins) assert.ok(Math.abs(Math.log2(highMs! / lowMs!) - 1 / 8) < 1e-9);
    const { arm, lowMs, highMs, n } = bins[Math.floor(bins.length / 2)]!;
    const [row] = await bench.rows<Row>(
      `SELECT count(*) AS n FROM request
       WHERE run_id = $run AND measured AND arm = $arm AND response_ms >= $low AND response_ms < $high`,
      { arm, low: lowMs!, high: highMs! },
    );
    assert.equal(row!.n, n);
  }));

Deno.test("rounds pair the k-th measured block of each arm", () =>
  withFixture(async (bench) => {
    const blocks = await bench.rows<Row>("blocks");
    for (let round = 1; round <= 4; round++) {
      const own = blocks.filter((row) => row.round === round);
      assert.deepEqual([...new Set(own.map(({ arm }) => arm))].sort(), [...FIXTURE_ARMS].sort());
      assert.equal(new Set(own.map(({ block }) => block)).size, 3);
      const numbers = own.map(({ block }) => block!);
      assert.equal(Math.max(...numbers) - Math.min(...numbers), 2);
    }
  }));

Deno.test("groups of neighbouring blocks hold every answered request once, and have its times", () =>
  withFixture(async (bench) => {
    const operations = bench.run.config.operations.map(({ name }) => name);
    const groups = await groupQuantiles(bench, bench.run.runId, FIXTURE_ARMS, operations, { adjust: false });
    const raw = await bench.rows<{ round: number; arm: string; operation: string; ms: number }>(
      `SELECT r.arm, r.operation, r.response_ms AS ms,
         dense_rank() OVER (PARTITION BY r.arm ORDER BY r.block) AS round
       FROM request r
       WHERE run_id = $run AND measured AND response_ms IS NOT NULL ORDER BY ms`,
    );
    for (const kind of KINDS) {
      for (const operation of operations) {
        for (const arm of FIXTURE_ARMS) {
          const of = groups.filter((row) =>
            row.kind === kind && row.operation === operation && row.arm === arm
          );
          of.forEach(({ round, n, p95, times }, at) => {
            const until = of[at + 1]?.round ?? Infinity;
            const own = raw.filter((row) =>
              row.operation === operation && row.arm === arm && row.round >= round && row.round < until
            ).map(({ ms }) => ms);
            assert.equal(n, own.length);
            assert.equal(p95, kind === "p95" ? own[Math.ceil(0.95 * n) - 1] : null);
            assert.ok(kind !== "p95" || n >= 40);
            if (kind === "p95") assert.equal(times, null);
            else if (n <= 16) assert.deepEqual(times!.toSorted((a, b) => a - b), own);
            else assert.ok(times!.length === 16 && times!.every((time) => own.includes(time)));
          });
        }
      }
    }
    assert.ok(groups.some(({ kind }) => kind === "p95"));
  }));

Deno.test("adjusted for the gaps between requests, what depends on them alone is the same everywhere", () => {
  let before = 0;
  return withFixture(async (bench) => {
    const operations = bench.run.config.operations.map(({ name }) => name);
    const groups = async (adjust: boolean) =>
      await groupQuantiles(bench, bench.run.runId, FIXTURE_ARMS, operations, { adjust });
    const [raw, adjusted] = [await groups(false), await groups(true)];
    const deviation = (rows: typeof raw, arm: string) => {
      const logs = rows.filter((row) => row.kind === "all" && row.arm === arm)
        .flatMap(({ times }) => times!.map(Math.log));
      const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
      return { mean, sd: Math.sqrt(logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / logs.length) };
    };
    for (const arm of FIXTURE_ARMS) {
      const [from, to] = [deviation(raw, arm), deviation(adjusted, arm)];
      assert.ok(to.sd < from.sd / 2, `${arm}: ${from.sd} to ${to.sd}`);
      assert.ok(Math.abs(to.mean - from.mean) < 0.1, `${arm}: ${from.mean} to ${to.mean}`);
    }
    // A p95 is of what was measured.
    const tails = (rows: typeof raw) => rows.filter(({ kind }) => kind === "p95").map(({ p95 }) => p95);
    assert.deepEqual(tails(adjusted), tails(raw));
  }, {
    rate: 300,
    change(row) {
      const gapUs = row.intendedUs - before;
      before = row.intendedUs;
      const ms = 10 * (1 + Math.max(0, Math.min(4, 2 + Math.log2(gapUs / 3333))));
      return { ...row, outcome: "ok", error: null, doneUs: row.intendedUs + ms * 1000 };
    },
  });
});

Deno.test("what differs by the generator's lag alone is compared as the same, at the typical lag", () => {
  const lagMs = (slot: number) => slot % 10 === 0 ? 8 : 0.5 + slot % 3 / 4;
  return withFixture(async (bench) => {
    const operations = bench.run.config.operations.map(({ name }) => name);
    const times = async (adjust: boolean) =>
      (await groupQuantiles(bench, bench.run.runId, FIXTURE_ARMS, operations, { adjust }))
        .filter(({ kind }) => kind === "p50").flatMap((row) => row.times!);
    assert.ok((await times(false)).some((ms) => ms > 9));
    // 2 ms each, and the median lag of 0.75 ms.
    for (const ms of await times(true)) assert.ok(Math.abs(ms - 2.75) < 0.01, `${ms}`);
  }, {
    rate: 300,
    change(row) {
      const wokeUs = row.intendedUs + lagMs(row.slot) * 1000;
      return { ...row, outcome: "ok", error: null, wokeUs, doneUs: wokeUs + 2000 };
    },
  });
});

Deno.test("a block shorter than a second is a bin of its own", () =>
  withFixture(async (bench) => {
    const bins = await bench.rows<Row>("summary/series");
    const [raw] = await bench.rows<Row>(
      "SELECT count(*) FILTER (outcome = 'ok') AS ok FROM request WHERE run_id = $run AND measured",
    );
    assert.equal(bins.length, 10 * FIXTURE_ARMS.length);
    assert.ok(bins.every(({ seconds }) => Math.abs(seconds! - 0.27) < 1e-6));
    assert.equal(total(bins, "ok"), raw!.ok);
  }, { blocks: 10, blockSeconds: 0.3, washoutSeconds: 0.03 }));

Deno.test("where blocks are shorter than a second the timeline has a row a second and arm, for the time it had", () =>
  withFixture(async (bench) => {
    const rows = await bench.rows<Row>("timeline");
    const keys = rows.map(({ arm, second }) => `${arm} ${second}`);
    assert.equal(new Set(keys).size, keys.length);
    assert.equal(new Set(rows.map(({ arm, block }) => `${arm} ${block}`)).size, FIXTURE_ARMS.length);
    assert.equal(total(rows), bench.run.slots);
    const end = Math.max(...rows.map(({ second }) => second!));
    for (let second = 0; second < end; second++) {
      const covered = total(rows.filter((row) => row.second === second), "seconds");
      assert.ok(Math.abs(covered - 1) < 1e-6 || covered < 1, `second ${second}: ${covered}`);
    }
  }, { blocks: 10, blockSeconds: 0.3, washoutSeconds: 0.03, warmupSeconds: 0.9, rate: 300 }));

Deno.test("a fixture is the same each time it is made", () =>
  withTempDir(async (dir) => {
    const rows: unknown[] = [];
    for (const runId of ["A", "B"]) {
      const { db } = await fixtureRun(dir, { runId, blocks: 1 });
      const bench = await openRun(runId, { db });
      rows.push(await bench.rows("SELECT * EXCLUDE (run_id) FROM timing WHERE run_id = $run ORDER BY slot"));
    }
    assert.deepEqual(rows[0], rows[1]);
  }));
