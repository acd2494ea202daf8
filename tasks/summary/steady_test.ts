import assert from "node:assert/strict";
import { join } from "node:path";
import type { RunSummary, SteadyState } from "../model/summary.ts";
import { quantile } from "../stats/quantile.ts";
import { mad, median } from "../stats/robust.ts";
import { openStore } from "../store/open.ts";
import { query } from "../store/sql.ts";
import { withTempDir } from "../store/testing.ts";
import { type Bin, steadyState, steadyWarnings } from "./steady.ts";
import { summarise } from "./summarise.ts";
import { FIXTURE_ARMS, type FixtureOptions, type FixtureRow, fixtureRun } from "./testing.ts";

/** Eighteen rounds of blocks with a second to measure, beginning at 1.5 s. */
const ROUNDS = { blocks: 18, blockSeconds: 1.2, warmupSeconds: 1.5, rate: 300 } as const;

async function summaryOf(options: FixtureOptions): Promise<RunSummary> {
  return await withTempDir(async (dir) => {
    const { db, runId } = await fixtureRun(dir, { ...ROUNDS, ...options });
    const store = await openStore(db, { mode: "read" });
    try {
      return await summarise(store, runId);
    } finally {
      store.close();
    }
  });
}

function stateOf(summary: RunSummary, arm: string): SteadyState {
  return summary.steady.find((state) => state.arm === arm)!;
}

/** The row with this response time in place of its own. */
function lasting(row: FixtureRow, factor: number): FixtureRow {
  return { ...row, doneUs: row.intendedUs + factor * (row.doneUs - row.intendedUs) };
}

Deno.test("arms that stay as they are are steady from their first measured moment, without a warning", async () => {
  const summary = await summaryOf({});
  assert.deepEqual(summary.steady.map(({ arm, state, changes }) => [arm, state, changes]), [
    ...FIXTURE_ARMS.map((arm) => [arm, "steady", []]),
  ]);
  assert.ok(summary.steady.every(({ fromUs }) => fromUs! >= 1.5e6 && fromUs! < 6e6));
  assert.ok(summary.warnings.every(({ code }) => !/steady/.test(code)));
});

Deno.test("each arm has a state of its own: late where it settles early, never where it still changes or drifts", async () => {
  const options: FixtureOptions = {
    change(row) {
      if (row.phase.arm === "sql") return lasting(row, row.intendedUs < 22e6 ? 1.6 : 1);
      if (row.phase.arm === "graphql") return lasting(row, row.intendedUs < 45e6 ? 1 : 1.5);
      return lasting(row, 1 + row.intendedUs / 66e6);
    },
  };
  const summary = await summaryOf(options);
  assert.deepEqual(summary.steady.map(({ state }) => state), ["late", "never", "never"]);
  const sql = stateOf(summary, "sql");
  // A block of the arm comes every 3.6 s: the change is told from the first one after it.
  assert.ok(sql.fromUs! >= 22e6 && sql.fromUs! <= 22e6 + 3.6e6, `${sql.fromUs}`);
  const [change] = sql.changes;
  assert.equal(change!.metric, "response");
  assert.equal(change!.atUs, sql.fromUs);
  assert.ok(Math.abs(change!.before! / change!.after! - 1.6) < 0.15);
  assert.equal(stateOf(summary, "graphql").fromUs, null);
  const texts = summary.warnings.filter(({ code }) => /steady/.test(code)).map(({ text }) => text);
  assert.equal(texts.length, 3);
  assert.match(
    texts[0]!,
    /^sql reached a steady state only 2[2-5](\.\d)? s into the run, when its median response time changed from /,
  );
  assert.match(
    texts[1]!,
    /^graphql never reached a steady state: 4[5-9](\.\d)? s into the run its median response time changed from /,
  );
  assert.match(texts[2]!, /^sql\+cache never reached a steady state/);
  // A finding, not a verdict.
  assert.equal(summary.verdict, "pass");
});

Deno.test("a cache that fills up and an arm that sheds are seen by hit rate and throughput", async () => {
  const summary = await summaryOf({
    slo: null,
    change(row) {
      if (row.phase.arm === "sql+cache" && row.cache === 0 && row.intendedUs < 20e6 && row.slot % 2 === 0) {
        return { ...row, cache: 1 };
      }
      const shed = { acquiredUs: NaN, sentUs: NaN, doneUs: NaN, outcome: "shed", error: null } as const;
      if (row.phase.arm === "graphql" && row.intendedUs > 50e6 && row.slot % 3 > 0) {
        return { ...row, ...shed };
      }
      return row;
    },
  });
  const cached = stateOf(summary, "sql+cache");
  assert.equal(cached.state, "late");
  assert.deepEqual(cached.changes.map(({ metric }) => metric), ["hit"]);
  assert.ok(
    Math.abs(cached.changes[0]!.before! - 0.42) < 0.05 && Math.abs(cached.changes[0]!.after! - 0.85) < 0.03,
  );
  const shedding = stateOf(summary, "graphql");
  assert.equal(shedding.state, "never");
  // Two of three requests have no end: the median has none either.
  const response = shedding.changes.find(({ metric }) => metric === "response")!;
  assert.equal(response.after, null);
  const answers = shedding.changes.find(({ metric }) => metric === "throughput")!;
  assert.ok(Math.abs(answers.after! / answers.before! - 1 / 3) < 0.1);
  assert.match(steadyWarnings([shedding])[0]!.text, /changed from .* to (beyond measure|\d+(\.\d+)?\/s)\.$/);
});

Deno.test("bins are a second or nearly, lie within one block, and hold its rows", () =>
  withTempDir(async (dir) => {
    const { db, runId } = await fixtureRun(dir, { blocks: 2, blockSeconds: 4.8, rate: 200 });
    const store = await openStore(db, { mode: "read" });
    try {
      const bins = await store.rows<Bin>(query("summary/series"), { run: runId });
      const raw = await store.rows<{ arm: string; block: number; intended: number; ms: number | null }>(
        `SELECT arm, block, intended_us AS intended, response_ms AS ms FROM request
         WHERE run_id = $run AND measured`,
        { run: runId },
      );
      // 4.8 s less 0.2 s of washout are five bins of 0.92 s.
      assert.equal(bins.length, 3 * 2 * 5);
      const n = bins.map(({ arm, atUs, seconds, responses, p50 }) => {
        assert.ok(Math.abs(seconds - 0.92) < 1e-9);
        const own = raw.filter((row) =>
          row.arm === arm && row.intended >= atUs && row.intended < atUs + seconds * 1e6
        );
        assert.equal(new Set(own.map(({ block }) => block)).size, 1);
        const values = own.flatMap(({ ms }) => ms === null ? [] : [ms]).sort((a, b) => a - b);
        assert.deepEqual([responses, p50], [values.length, quantile(values, 0.5)]);
        return own.length;
      });
      assert.equal(n.reduce((sum, each) => sum + each), raw.length);
    } finally {
      store.close();
    }
  }));

Deno.test("short blocks are bins of their own where they answer ten requests, and what was asked does not move them", () =>
  withTempDir(async (dir) => {
    for (const [rate, bins] of [[300, 40], [24, 20]] as const) {
      const { db, runId } = await fixtureRun(join(dir, String(rate)), {
        blocks: 40,
        blockSeconds: 0.3,
        washoutSeconds: 0.05,
        rate,
      });
      const store = await openStore(db, { mode: "read" });
      const rows = await store.rows<Bin>(query("summary/series"), { run: runId });
      store.close();
      assert.equal(rows.length, FIXTURE_ARMS.length * bins, `${rate}/s`);
      const own = rows.filter(({ arm }) => arm === "sql");
      const spread = (values: readonly number[]) => mad(values.map((value) => Math.log(value)))!;
      const [plain, typical] = [own.map(({ p50 }) => p50!), own.map(({ typical }) => typical!)];
      assert.ok(spread(typical) <= 1.1 * spread(plain), `${spread(typical)} ${spread(plain)}`);
      assert.ok(Math.abs(Math.log(median(typical)! / median(plain)!)) < 0.2);
    }
  }));

function bin(at: number, changes: Partial<Bin> = {}): Bin {
  return {
    arm: "a",
    atUs: at * 1e6,
    seconds: 1,
    responses: 50,
    ok: 50,
    hits: 0,
    lookups: 0,
    p50: 5,
    ...changes,
  };
}

Deno.test("what was measured for too short a time, or hardly at all, is unknown and no warning", () => {
  const unknown = { arm: "a", state: "unknown", fromUs: null, changes: [] } as const;
  assert.deepEqual(steadyState("a", []), unknown);
  assert.deepEqual(steadyState("a", Array.from({ length: 14 }, (_, at) => bin(at, { p50: at }))), unknown);
  const idle = Array.from({ length: 40 }, (_, at) => bin(at, { responses: 0, ok: 0, p50: null }));
  assert.deepEqual(steadyState("a", idle), unknown);
  assert.deepEqual(steadyWarnings([unknown]), []);
});

Deno.test("a dip of a few seconds is no change of level, and changes come in order of time", () => {
  const dip = Array.from({ length: 40 }, (_, at) => bin(at, at >= 20 && at < 23 ? { p50: 500, ok: 3 } : {}));
  assert.equal(steadyState("a", dip).state, "steady");
  const two = Array.from(
    { length: 40 },
    (_, at) => bin(at, { p50: at < 12 ? 9 : 5, ok: at < 6 ? 20 : 50 }),
  );
  const { state, fromUs, changes } = steadyState("a", two);
  assert.deepEqual([state, fromUs], ["late", 12e6]);
  assert.deepEqual(changes, [
    { metric: "throughput", atUs: 6e6, before: 20, after: 50 },
    { metric: "response", atUs: 12e6, before: 9, after: 5 },
  ]);
});
