import assert from "node:assert/strict";
import { Client } from "pg";
import { EventHub } from "../load/event_hub.ts";
import type { RunEvents } from "../load/run_events.ts";
import type { Schedule } from "../load/schedule.ts";
import { ScheduleClock } from "../load/schedule_clock.ts";
import type { Sample } from "../model/run.ts";
import type { TierRefresh } from "../model/tier_settings.ts";
import { eventually } from "../net/testing.ts";
import { matviewTier } from "../paths/tier.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { TiersUpkeep } from "./keep_up.ts";
import type { PlacedTier } from "./placed_tier.ts";

/** A view that takes as long as a lock of its own is held by somebody, and fails where a row says so. */
const VIEW = `
  CREATE SCHEMA northwind_sales;
  CREATE TABLE northwind_sales.numbers (n integer NOT NULL);
  CREATE FUNCTION northwind_sales.slow(n integer) RETURNS integer LANGUAGE plpgsql AS $$
  BEGIN
    -- By looking: a wait for a lock would be given up.
    WHILE NOT pg_try_advisory_xact_lock_shared(7) LOOP PERFORM pg_sleep(0.02); END LOOP;
    RETURN 1 / n;
  END $$;
  INSERT INTO northwind_sales.numbers VALUES (1);
  CREATE MATERIALIZED VIEW northwind_sales.sales_months AS
    SELECT n, northwind_sales.slow(n) AS slow FROM northwind_sales.numbers;
  CREATE UNIQUE INDEX ON northwind_sales.sales_months (n)`;

/** Phases of so many seconds, in which nothing but upkeep happens. */
function scheduleOf(seconds: number): Schedule {
  const phase = { phaseId: 0, segment: "measured", measured: true, block: 0, arm: null, startUs: 0 };
  return { phases: [{ ...phase, endUs: seconds * 1e6 }], actions: [], outages: [] };
}

async function withView(use: (client: Client, placed: PlacedTier) => Promise<void>): Promise<void> {
  await withDatabase(async (url) => {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      await client.query(VIEW);
      const upkeep = { kind: "refresh", everySeconds: 0.25 } as const;
      await use(client, { tier: matviewTier, arms: ["matview"], url, upkeep });
    } finally {
      await client.end();
    }
  });
}

/** Keeps a tier up until a state is reached. @returns its rows, and what is told of it */
async function keptUntil(placed: PlacedTier, reached: (rows: readonly TierRefresh[]) => Promise<boolean>) {
  const failures: unknown[] = [];
  const events = new EventHub<RunEvents>((error) => failures.push(error));
  const rows: TierRefresh[] = [];
  events.on("rows", (told) => rows.push(...told.rows as TierRefresh[]));
  const samples: Sample[] = [];
  events.on("sample", (told) => samples.push(...told));
  const upkeep = await TiersUpkeep.open({
    tiers: [placed],
    databaseUrl: placed.url,
    operations: [],
    direct: [],
    runId: "20260301-101010-ab12",
    turnSeconds: null,
  }, events);
  const clock = new ScheduleClock(upkeep.within(scheduleOf(600)), events);
  const zeroMs = performance.now();
  events.emit("start", { nowUs: () => (performance.now() - zeroMs) * 1000, startedAt: new Date() });
  try {
    await eventually(() => reached(rows));
  } finally {
    await clock.stop();
  }
  assert.deepEqual(failures, []);
  return { rows, troubles: await upkeep.finish(), samples };
}

const outcomes = (rows: readonly TierRefresh[]) => rows.map(({ outcome }) => outcome);

Deno.test("what keeps a tier up is off and on by turns where that is asked for, and off first", () =>
  withView(async (_, placed) => {
    const moments = async (turnSeconds: number | null) => {
      const options = { tiers: [placed], databaseUrl: placed.url, operations: [], direct: [], turnSeconds };
      const upkeep = await TiersUpkeep.open(
        { ...options, runId: "20260301-101010-ab12" },
        new EventHub(() => {}),
      );
      return upkeep.within(scheduleOf(3)).actions.map(({ at }) => (at as { atUs: number }).atUs / 1e6);
    };
    assert.equal((await moments(null)).length, 12);
    assert.deepEqual(await moments(0.75), [0.75, 1, 1.25, 2.25, 2.5, 2.75]);
  }));

Deno.test("a view is refreshed each interval, and what was written before one began is there when it is over", async () => {
  await withView(async (client, placed) => {
    await client.query("INSERT INTO northwind_sales.numbers VALUES (2)");
    const done = (rows: readonly TierRefresh[]) => rows.filter(({ outcome }) => outcome === "ok");
    const { rows, samples } = await keptUntil(placed, (rows) => Promise.resolve(done(rows).length >= 3));
    assert.deepEqual([rows[0]!.kind, rows[0]!.beganUs, rows[0]!.endedUs], ["made", 0, 0]);
    const [, first, second] = done(rows) as [TierRefresh, TierRefresh, TierRefresh];
    assert.ok(first.beganUs >= 250_000 && first.endedUs > first.beganUs && second.beganUs >= 500_000);
    const told = new Map(samples.map(({ metric, value }) => [metric, value]));
    assert.ok(told.get("bytes")! >= 8192);
    assert.equal(
      told.get("calls"),
      rows.filter(({ kind, outcome }) => kind === "refresh" && outcome === "ok").length,
    );
    assert.ok(told.get("exec_ms")! > 0);
    const { rows: seen } = await client.query("SELECT n FROM northwind_sales.sales_months ORDER BY n");
    assert.deepEqual(seen, [{ n: 1 }, { n: 2 }]);
  });
});

Deno.test("a refresh that is still at work lets the next ones be skipped, and one that the run's end meets is cancelled", async () => {
  await withView(async (client, placed) => {
    await client.query("SELECT pg_advisory_lock(7)");
    const { rows, troubles } = await keptUntil(
      placed,
      (rows) => Promise.resolve(rows.filter(({ outcome }) => outcome === "skipped").length >= 2),
    );
    const skipped = rows.length - 2;
    assert.ok(skipped >= 2);
    assert.deepEqual(outcomes(rows), ["ok", ...Array(skipped).fill("skipped"), "cancelled"]);
    assert.deepEqual(troubles, [
      `${skipped} refreshes of the tier matview were skipped: the one before was still at work.`,
    ]);
    const active = "SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name LIKE '% tier'";
    await eventually(async () => (await client.query(active)).rows[0].n === 0);
  });
});

Deno.test("a refresh that somebody keeps from its lock is given up as blocked, naming them, and one that fails says why", async () => {
  await withView(async (client, placed) => {
    await client.query("BEGIN; REFRESH MATERIALIZED VIEW CONCURRENTLY northwind_sales.sales_months");
    let released = false;
    const { rows, troubles } = await keptUntil(placed, async (rows) => {
      if (!released && outcomes(rows).includes("blocked")) {
        released = true;
        await client.query("COMMIT");
        await client.query("INSERT INTO northwind_sales.numbers VALUES (0)");
      }
      return outcomes(rows).includes("failed");
    });
    // One that waits for its lock lets the next ones be skipped.
    const [first] = rows.filter(({ kind, outcome }) => kind === "refresh" && outcome !== "skipped");
    assert.equal(first!.outcome, "blocked");
    assert.match(first!.error!, /lock/);
    assert.match(rows.find(({ outcome }) => outcome === "failed")!.error!, /division by zero/);
    assert.ok(
      troubles.some((told) => /^\d+ refresh(es)? of the tier matview (was|were) blocked: /.test(told)),
    );
    assert.ok(
      troubles.some((told) => /^\d+ refresh(es)? of the tier matview failed: .*division by zero/.test(told)),
    );
  });
});
