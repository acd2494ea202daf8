import assert from "node:assert/strict";
import { ratioChart } from "../charts/ratios.ts";
import { verdictWord } from "../model/comparison_text.ts";
import { UsageError } from "../model/errors.ts";
import type { RunSummary, Summary } from "../model/summary.ts";
import { QUANTILES } from "../model/summary.ts";
import { quantile } from "../stats/quantile.ts";
import { Footnotes } from "../report/cells.ts";
import { decision } from "../report/decision.ts";
import { openStore } from "../store/open.ts";
import { openRun } from "../store/read.ts";
import { withTempDir } from "../store/testing.ts";
import { summaryText } from "../terminal/summary_text.ts";
import { summarise } from "./summarise.ts";
import {
  FIXTURE_ARMS,
  type FixtureOptions,
  type FixtureRow,
  fixtureRun,
  withoutLastDigits,
} from "./testing.ts";

/** The summary of a fixture made with these options. */
async function summaryOf(options: FixtureOptions = {}): Promise<RunSummary> {
  return await withTempDir(async (dir) => {
    const { db, runId } = await fixtureRun(dir, options);
    return await summarise(await openRun(runId, { db }), runId);
  });
}

function armOf(summary: RunSummary, arm: string): Summary {
  return summary.operations.find((each) => each.arm === arm && each.operation === null)!;
}

const SHORT = { blocks: 3, blockSeconds: 0.6, warmupSeconds: 0.6, rate: 300 } as const;

Deno.test("a summary's quantiles and counts are those of the raw rows", () =>
  withTempDir(async (dir) => {
    const { db, runId } = await fixtureRun(dir);
    const reader = await openRun(runId, { db });
    const summary = await summarise(reader, runId);
    interface Raw {
      readonly arm: string;
      readonly outcome: string;
      readonly response: number;
      readonly service: number;
      readonly cache: string | null;
    }
    const raw = await reader.rows<Raw>(
      `SELECT phase.arm, outcome, cache, (done_us - intended_us) / 1000 AS response, (done_us - sent_us) / 1000 AS service
       FROM timing JOIN phase USING (run_id, phase_id) WHERE run_id = $run AND phase.measured`,
    );
    for (const arm of FIXTURE_ARMS) {
      const rows = raw.filter((row) => row.arm === arm);
      const found = armOf(summary, arm);
      assert.equal(found.n, rows.length);
      assert.equal(found.outcomes.ok, rows.filter(({ outcome }) => outcome === "ok").length);
      const counted = rows.filter(({ outcome }) => outcome !== "failed");
      for (const measure of ["response", "service"] as const) {
        const ascending = counted.map((row) => row[measure]).sort((a, b) => a - b);
        for (const level of QUANTILES) {
          const { value, low, high, warnings } = found[measure][String(level)]!;
          assert.equal(value, quantile(ascending, level), `${arm} ${measure} ${level}`);
          assert.ok(low! <= value! && value! <= (high ?? Infinity));
          // Of twelve blocks not every high quantile can be bounded from above: that is then said.
          assert.equal(high === null, warnings.some(({ code }) => code === "wide-interval"));
        }
      }
      const measuredSeconds = 12 * 1.2;
      assert.ok(Math.abs(found.throughput - found.outcomes.ok / measuredSeconds) < 1e-9);
      assert.equal(found.errorRate.value, (found.n - found.outcomes.ok) / found.n);
      const hits = rows.filter(({ cache }) => cache === "hit").length;
      const looked = rows.filter(({ cache }) => cache !== null).length;
      assert.equal(found.cache?.hitRate ?? null, looked === 0 ? null : hits / looked);
    }
    assert.equal(summary.verdict, "pass");
    assert.equal(summary.run.verdict, "pass");
    assert.equal(summary.files.store, db);
    assert.equal(summary.operations.length, 3 + 3 * 7);
    assert.deepEqual(summary.operations.slice(0, 3).map(({ arm }) => arm), [...FIXTURE_ARMS]);
    assert.equal(summary.accounting.scheduled, reader.run.slots);
    // An open store and a reader give the same, and JSON loses nothing of it.
    const store = await openStore(db, { mode: "read" });
    try {
      assert.deepEqual(withoutLastDigits(await summarise(store, runId)), withoutLastDigits(summary));
    } finally {
      store.close();
    }
    const reread = JSON.parse(JSON.stringify(summary)) as RunSummary;
    assert.deepEqual({ ...reread, run: null }, { ...summary, run: null });
  }));

Deno.test("a request that succeeds when it is retried is a success at its whole response time, and said to be retried", async () => {
  const answered = (row: FixtureRow): FixtureRow => {
    return { ...row, outcome: "ok", error: null, doneUs: row.intendedUs + 5000 };
  };
  const summary = await summaryOf({
    ...SHORT,
    change(row) {
      if (row.phase.arm !== "sql") return answered(row);
      const failed: FixtureRow = { ...row, outcome: "failed", error: "40001" };
      return [failed, { ...answered(row), attempt: 1, doneUs: row.intendedUs + 80_000 }];
    },
  });
  const { n, outcomes, response, errors, warnings } = armOf(summary, "sql");
  assert.deepEqual([outcomes.ok, response["0.5"]!.value, errors], [n, 80, []]);
  assert.ok(
    warnings.some(({ code, text }) => code === "retried" && text.startsWith(`${n} of ${n} requests of sql `)),
  );
  assert.ok(summary.warnings.some(({ code }) => code === "retried"));
  assert.deepEqual(armOf(summary, "graphql").warnings, []);
  assert.equal(summary.validity.checks.find(({ name }) => name === "slots")!.ok, true);
});

Deno.test("an arm that takes twice as long is slower with ratio 2; one that takes as long is equivalent", async () => {
  const summary = await summaryOf({
    change(row) {
      const ms = (row.phase.arm === "graphql" ? 2 : 1) * (10 + row.slot % 7 / 10);
      return { ...row, outcome: "ok", error: null, doneUs: row.intendedUs + ms * 1000 };
    },
  });
  for (const each of summary.comparisons) {
    assert.equal(each.baseline, "sql");
    assert.ok(each.n <= 12 && (each.operation !== null || each.n === 12));
    const [verdict, ratio] = each.candidate === "graphql" ? ["slower", 2] : ["equivalent", 1];
    if (each.warnings.length > 0) continue;
    assert.equal(each.verdict, verdict, `${each.operation} ${each.statistic}`);
    assert.ok(Math.abs(each.ratio! / Number(ratio) - 1) < 0.03);
    assert.ok(each.low! <= each.ratio! && each.ratio! <= each.high!);
  }
  // Two candidates: all operations together, and seven operations by two quantiles.
  assert.equal(summary.comparisons.length, 2 * (1 + 7 * 2));
});

Deno.test("fewer than eight pairs of blocks give ratios without verdicts, and eight cannot decide all at once", async () => {
  const few = await summaryOf({ ...SHORT, blocks: 5 });
  assert.ok(few.comparisons.every(({ verdict, p }) => verdict === "inconclusive" && p === null));
  assert.ok(few.comparisons.every(({ warnings }) => warnings.some(({ code }) => code === "few-pairs")));
  assert.ok(few.comparisons.some(({ ratio }) => ratio !== null));
  const eight = await summaryOf({ ...SHORT, blocks: 8 });
  const warned = eight.comparisons.filter(({ warnings }) =>
    warnings.some(({ code }) => code === "few-pairs-for-all")
  );
  assert.ok(warned.length > 0);
  assert.match(warned[0]!.warnings.find(({ code }) => code === "few-pairs-for-all")!.text, /9 are needed/);
});

Deno.test("timeouts bound a quantile from below, shed and unsent requests put it out of reach, failures do not count", async () => {
  const summary = await summaryOf({
    ...SHORT,
    slo: "p50<1s,p90<1s,p95<1s",
    change(row) {
      const plain = { ...row, outcome: "ok" as const, error: null, doneUs: row.intendedUs + 5000 };
      // Of ten: sql 2 time out, graphql 1 is shed and 1 never sent, sql+cache 5 fail.
      const digit = row.slot % 10;
      if (row.phase.arm === "sql" && digit < 2) {
        return { ...plain, outcome: "timeout", doneUs: row.intendedUs + 2e6 };
      }
      if (row.phase.arm === "graphql" && digit < 2) {
        return {
          ...plain,
          outcome: digit === 0 ? "shed" : "unsent",
          acquiredUs: NaN,
          sentUs: NaN,
          doneUs: NaN,
        };
      }
      if (row.phase.arm === "sql+cache" && digit < 5) {
        return { ...plain, outcome: "failed", error: "40001", doneUs: row.intendedUs + 9e6 };
      }
      return plain;
    },
  });
  const codes = (arm: string, level: string) =>
    armOf(summary, arm).response[level]!.warnings.map(({ code }) => code);
  const value = (arm: string, level: string) => armOf(summary, arm).response[level]!.value;
  assert.equal(value("sql", "0.5"), 5);
  assert.ok(!codes("sql", "0.5").includes("lower-bound"));
  assert.equal(value("sql", "0.95"), 2000);
  assert.ok(codes("sql", "0.95").includes("lower-bound"));
  assert.equal(value("graphql", "0.5"), 5);
  assert.equal(value("graphql", "0.95"), null);
  assert.deepEqual(codes("graphql", "0.95"), ["unbounded"]);
  assert.equal(value("sql+cache", "0.95"), 5);
  const failing = armOf(summary, "sql+cache");
  assert.ok(Math.abs(failing.errorRate.value! - 0.5) < 0.08);
  assert.deepEqual(failing.errors.map(({ code }) => code), ["40001"]);
  // What cannot be bounded misses its limit; the median of each arm holds.
  const missed = summary.slo.filter(({ ok }) => !ok).map(({ arm, text }) => `${arm} ${text}`);
  assert.deepEqual(missed, ["sql p90<1s", "graphql p90<1s", "sql p95<1s", "graphql p95<1s"]);
  assert.equal(summary.verdict, "fail");
  assert.ok(summary.warnings.some(({ code, text }) => code === "overloaded" && text.startsWith("graphql")));
  // Service time is of those sent.
  assert.ok(armOf(summary, "graphql").service["0.95"]!.value! < 5.01);
});

Deno.test("an arm without any request is shown with nothing measured, and cannot be judged", async () => {
  let slot = 0;
  const summary = await summaryOf({
    ...SHORT,
    change: (row) => row.phase.arm === "graphql" ? null : { ...row, slot: slot++, outcome: "ok" },
  });
  const arm = armOf(summary, "graphql");
  assert.equal(arm.n, 0);
  assert.equal(arm.response["0.5"]!.value, null);
  assert.equal(arm.errorRate.value, null);
  assert.deepEqual(arm.warnings.map(({ code }) => code), ["no-data"]);
  assert.ok(summary.warnings.some(({ text }) => text.startsWith("The arm graphql")));
  assert.equal(summary.verdict, "inconclusive");
  assert.ok(
    summary.comparisons.filter(({ candidate }) => candidate === "graphql").every(({ ratio }) =>
      ratio === null
    ),
  );
});

Deno.test("when every request fails nothing has a quantile and the error limit is missed", async () => {
  const summary = await summaryOf({
    ...SHORT,
    slo: "errors<1%",
    change: (row) => ({ ...row, outcome: "failed", error: "57P01" }),
  });
  for (const arm of FIXTURE_ARMS) {
    const { errorRate, response, throughput, errors, n } = armOf(summary, arm);
    assert.equal(errorRate.value, 1);
    assert.equal(response["0.5"]!.value, null);
    assert.equal(throughput, 0);
    assert.deepEqual(errors, [{ code: "57P01", n }]);
  }
  assert.equal(summary.verdict, "fail");
  assert.match(summary.reasons[0]!, /^sql misses errors < 1 %: 100 %/);
});

Deno.test("runs that ended early have no verdict, whatever the numbers say, and say so first", async () => {
  for (const status of ["interrupted", "crashed"] as const) {
    const summary = await summaryOf({
      ...SHORT,
      status,
      slo: "p50<1us",
      change: (row) => row.slot > 400 ? null : row,
      samples: (samples) => samples.filter(({ atUs }) => atUs < 1.2e6),
    });
    assert.equal(summary.verdict, null);
    assert.equal(summary.run.status, status);
    assert.match(summary.reasons[0]!, new RegExp(`^The run (was )?${status}`));
    assert.equal(summary.accounting.scheduled, 401);
    // Rates divide by the time that was, not by the time that was planned.
    const rates = FIXTURE_ARMS.map((arm) => armOf(summary, arm)).filter(({ n }) => n > 50);
    assert.ok(
      rates.length > 0 && rates.every(({ throughput }) => throughput > 200),
      String(rates.map((r) => r.throughput)),
    );
  }
});

Deno.test("in a closed loop waiting is named as such and arrivals are not judged", async () => {
  const summary = await summaryOf({ ...SHORT, loop: "closed" });
  assert.equal(summary.warnings.filter(({ code }) => code === "closed-loop").length, 1);
  assert.doesNotMatch(summary.reasons.join(), /closed loop/i, "said once");
  const arrivals = summary.validity.checks.find(({ name }) => name === "arrivals")!;
  assert.equal(arrivals.ok, true);
  assert.match(arrivals.measured, /^closed loop/);
});

Deno.test("quantiles that are not ten times the generator's lag are marked", async () => {
  const summary = await summaryOf({
    ...SHORT,
    change: (row) => ({
      ...row,
      wokeUs: row.intendedUs + 80,
      sentUs: row.intendedUs + 90,
      doneUs: row.intendedUs + 700,
      outcome: "ok",
    }),
  });
  const marked = armOf(summary, "sql").response["0.5"]!;
  assert.ok(marked.warnings.some(({ code }) => code === "generator-limited"));
  const said = summary.warnings.filter(({ code }) => code === "generator-limited").map(({ text }) => text);
  assert.equal(said.length, 1);
  assert.match(
    said[0]!,
    /^The load generator's own lag \(p99 0\.08 ms\) can be more than 10 % of response times below 0\.8 ms: p50 in \d+ of 24 rows, p90 in \d+/,
  );
  assert.match(said[0]!, /\. Such a value may be up to 0\.08 ms too high\.$/);
  assert.equal(summary.validity.lagMs.p99, 0.08);
});

Deno.test("an invalid run compares nothing: what its generator did would be told of an arm", async () => {
  const summary = await summaryOf({
    samples: (samples) => [
      ...samples,
      { atUs: 9e6, source: "generator", metric: "gap_ms", labels: { worker: "0" }, value: 400 },
    ],
  });
  assert.equal(summary.verdict, "invalid");
  assert.ok(summary.comparisons.length > 0);
  assert.deepEqual([...new Set(summary.comparisons.map(verdictWord))], ["not judged"]);
  assert.deepEqual([...new Set(summary.comparisons.map(({ verdict }) => verdict))], ["inconclusive"]);
  assert.equal(summary.reasons.at(-1), "No arm was compared with another: the run is invalid.");
  const { regressions, improvements, notCompared } = decision(summary, new Footnotes());
  assert.deepEqual([regressions, improvements, notCompared], [[], [], "Not compared: the run is invalid."]);
  assert.doesNotMatch(summaryText(summary, 100), /slower|faster|equivalent|too few pairs/);
  assert.match(ratioChart(summary.comparisons).reading, /Hollow marks are not judged: the run is invalid\./);
});

Deno.test("a run that is not stored is a usage error", () =>
  withTempDir(async (dir) => {
    const { db } = await fixtureRun(dir, SHORT);
    const reader = await openRun("latest", { db });
    await assert.rejects(summarise(reader, "nothing"), UsageError);
  }));

Deno.test("what an interrupted run cut off is no error, sent or not, and no target of it passes", async () => {
  const cut = (status: "interrupted" | "complete") =>
    summaryOf({
      ...SHORT,
      status,
      slo: "p50<1s,errors<1%",
      change: (row) => {
        const sent = { ...row, outcome: "ok" as const, error: null, doneUs: row.sentUs + 1000 };
        if (row.phase.arm !== "graphql") return sent;
        if (row.slot % 50 === 0) {
          return { ...sent, outcome: "unsent", acquiredUs: NaN, sentUs: NaN, doneUs: NaN };
        }
        // In flight when the run ended: the time limit is two seconds.
        return row.slot % 50 === 1 ? { ...sent, outcome: "timeout", doneUs: row.wokeUs + 30_000 } : sent;
      },
    });
  const summary = await cut("interrupted");
  const graphql = armOf(summary, "graphql");
  assert.ok(graphql.outcomes.unsent > 0 && graphql.outcomes.timeout > 0);
  assert.equal(graphql.errorRate.value, 0);
  assert.deepEqual(graphql.errors, []);
  const said = summary.warnings.filter(({ code }) => code === "cut-off-at-end").map(({ text }) => text);
  assert.equal(said.length, 1);
  assert.match(
    said[0]!,
    /^\d+ requests of graphql had not been sent, and \d+ had not been answered, when the run ended early; /,
  );
  assert.ok(!summary.reasons.some((reason) => /SLO.*holds|misses/.test(reason)));
  assert.deepEqual([...new Set(summary.slo.map(({ ok, outcome }) => `${ok} ${outcome}`))], [
    "false not judged",
  ]);
  const complete = await cut("complete");
  assert.ok(armOf(complete, "graphql").errorRate.value! > 0);
  assert.deepEqual(
    complete.slo.map(({ text, arm, ok, outcome }) => `${arm} ${text} ${ok} ${outcome}`).filter((line) =>
      line.startsWith("graphql")
    ),
    ["graphql p50<1s true pass", "graphql errors<1% false fail"],
  );
});

Deno.test("a closed loop has no generator lag", async () => {
  const { validity } = await summaryOf({ ...SHORT, loop: "closed" });
  assert.deepEqual(validity.lagMs, { p50: null, p99: null, max: null });
});
