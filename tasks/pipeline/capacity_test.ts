import assert from "node:assert/strict";
import { join } from "node:path";
import { planBlocks } from "../load/blocks.ts";
import { type LoadedScenario, loadScenario } from "../load/scenario.ts";
import { ServiceError, UsageError } from "../model/errors.ts";
import { withTempDir } from "../store/testing.ts";
import { type BenchArguments, type BenchPlan, completePlan } from "./bench_options.ts";
import { refusalOf, refuseTooMuch, refuseWithoutRoom, RESERVE_BYTES, slotLimit } from "./capacity.ts";

const ROOT = join(import.meta.dirname!, "../..");

function planOf(scenario: LoadedScenario, given: Partial<BenchArguments>): BenchPlan {
  const plain = {
    scale: "tiny",
    seed: 1,
    set: {},
    abortOnFail: false,
    report: false,
    pdf: false,
    json: false,
  };
  return completePlan(scenario, { ...plain, ...given } as BenchArguments);
}

async function tried(
  name: string,
  given: Partial<BenchArguments>,
  change: object = {},
): Promise<Error | null> {
  const scenario = { ...await loadScenario(ROOT, name, {}), ...change } as LoadedScenario;
  try {
    refuseTooMuch(scenario, planOf(scenario, given));
    return null;
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error));
    return error;
  }
}

const HOUR = 3600;
/** Nothing is written, and so no key is needed. */
const READS = { operations: [] };

Deno.test("more requests than a run can have are refused with what they need and what fits", async () => {
  const error = await tried("access-paths", {
    rate: 1_000_000,
    duration: 100 * HOUR,
    paths: "sql",
  }, READS) as UsageError;
  assert.match(
    error.message,
    /^Cannot store 360,00\d,000,000 requests in one run: it takes \d+(\.\d)? TiB of disk, and a run has 2,147,483,648 requests at most$/,
  );
  assert.match(error.next!, /^What fits is --duration 35m or --rate 59\d\d\.$/);
  assert.equal(
    await tried("access-paths", { rate: 1_000_000, duration: 35 * 60, paths: "sql" }, READS),
    null,
  );
  assert.equal(await tried("access-paths", { rate: 5900, duration: 100 * HOUR, paths: "sql" }, READS), null);
});

Deno.test("the last request that a run can have is taken, the one after it is not", async () => {
  const slots = 2 ** 31;
  assert.equal(
    await tried("access-paths", { rate: 2 ** 19, duration: 4096 - 1, warmup: 1, paths: "sql" }, READS),
    null,
  );
  assert.ok(
    await tried("access-paths", { rate: 2 ** 19, duration: 4096 - 1 + 1e-5, warmup: 1, paths: "sql" }, READS),
  );
  assert.equal(2 ** 19 * 4096, slots);
});

Deno.test("more requests than there are reserved keys are refused where one of them is a key", async () => {
  const given = { rate: 2 ** 19, warmup: 0, paths: "sql" };
  const keys = 2 ** 31 - 1_000_000_000;
  const error = await tried("checkout", { ...given, duration: 800 }) as UsageError;
  assert.match(
    error.message,
    /^Cannot write rows of their own keys for [\d,]+ requests: of these 1,147,483,648 are reserved$/,
  );
  assert.match(error.next!, /^What fits is --duration \d+m or --rate \d+\.$/);
  const one = {
    streams: [{
      name: "main",
      arrivals: "constant",
      rate: 10,
      stages: null,
      session: null,
      first: 0,
      count: 1,
    }],
    rate: 10,
  };
  assert.equal(await tried("checkout", { ...given, duration: (keys - 300_000) / 2 ** 19 }, one), null);
  assert.match(
    (await tried("checkout", { ...given, duration: keys / 2 ** 19 }, one))!.message,
    /are reserved$/,
  );
});

Deno.test("a year is taken, in as many intervals as each thread can hold", async () => {
  assert.equal(await tried("access-paths", { rate: 0.01, duration: 365 * 24 * HOUR }), null);
  const { block, washout } = await loadScenario(ROOT, "access-paths", {});
  const phases = planBlocks({
    arms: ["a", "b", "c"],
    seed: 1,
    warmupSeconds: 3,
    durationSeconds: 365 * 24 * HOUR,
    blockSeconds: block,
    washoutSeconds: washout,
  });
  assert(phases.length < 100_000, String(phases.length));
});

Deno.test("a run of more than a year, more operations than 16 bits and too many that wait are refused", async () => {
  assert.match(
    (await tried("access-paths", { duration: 367 * 24 * HOUR }, { block: 1e7 }))!.message,
    /366 days at most/,
  );
  const many = (length: number) => ({
    operations: Array.from({ length }, (_, at) => ({ name: `operation-${at}`, weight: 1, params: {} })),
  });
  assert.match(
    (await tried("access-paths", { paths: "sql" }, many(65_537)))!.message,
    /65,537 operations .* 65,536 at most/,
  );
  assert.equal(await tried("access-paths", { paths: "sql" }, many(65_536)), null);
  const retry = { retry: { attempts: 10, backoff: 60 } };
  const error = await tried("access-paths", { rate: 1000 }, retry) as UsageError;
  assert.match(error.message, /^Cannot keep 61,380,000 sessions and retries waiting at once/);
  assert.match(error.next!, /^Give --rate up to 16,/);
});

Deno.test("what a disk has no room for is refused with what it needs and what fits: a service error", () =>
  withTempDir(async (dir) => {
    const scenario = await loadScenario(ROOT, "access-paths", {});
    const plan = planOf(scenario, { rate: 1000, duration: 10 * HOUR, warmup: 0, paths: "sql" });
    const [home, db] = [join(dir, "home"), join(dir, "reports", "store.duckdb")];
    const needed = 36_000_000 * (88 + 32) + 36_000 * 7500;
    refuseWithoutRoom(scenario, plan, { home }, db, () => RESERVE_BYTES + needed);
    assert.throws(
      () => refuseWithoutRoom(scenario, plan, { home }, db, () => RESERVE_BYTES + needed / 2),
      (error: Error) => {
        assert.ok(error instanceof ServiceError);
        assert.match(
          error.message,
          /^Cannot keep the timings of 36,000,000 requests: they need about 4\.27 GiB of disk, and 2\.14 GiB are available at /,
        );
        assert.match(error.next!, /^What fits is --duration 4h or --rate 495\. Or free some space/);
        return true;
      },
    );
  }));

Deno.test("a closed loop is refused where even a system that never answers would be asked too often", async () => {
  const given = { concurrency: 10_000, warmup: 0, paths: "sql" };
  const error = await tried("access-paths", { ...given, duration: 365 * 24 * HOUR }, READS) as UsageError;
  assert.match(
    error.message,
    /^Cannot store what 10,000 clients ask in 8,800 hours: [\d,]+ requests at the least, as each waits 5 s at most, and a run has 2,147,483,648 at most$/,
  );
  assert.match(error.next!, /^What fits is --duration 295h or --concurrency 337\.$/);
  assert.equal(await tried("access-paths", { ...given, duration: 295 * HOUR }, READS), null);
  assert.equal(
    await tried("access-paths", { ...given, concurrency: 337, duration: 365 * 24 * HOUR }, READS),
    null,
  );
});

Deno.test("a closed loop has as many requests as keys are reserved, of own tables as many as they are promised", async () => {
  const checkout = await loadScenario(ROOT, "checkout", {});
  assert.equal(slotLimit(checkout), 2 ** 31 - 1_000_000_000);
  assert.equal(slotLimit({ ...checkout, datasetName: null }), 1_000_000_000);
  assert.equal(slotLimit({ ...checkout, ...READS }), 2 ** 31);
  const given = { rate: 400, duration: 300 * HOUR, paths: "sql" };
  const own = await tried("checkout", given, { datasetName: null, retry: undefined });
  assert.match(own!.message, /of these 1,000,000,000 are reserved$/);
});

Deno.test("a closed loop that a disk has no room for at its slowest is refused, its samples counted", () =>
  withTempDir(async (dir) => {
    const scenario = await loadScenario(ROOT, "access-paths", {});
    const plan = planOf(scenario, { concurrency: 1000, duration: 100 * HOUR, warmup: 0, paths: "sql" });
    const needed = 72_000_000 * (88 + 32) + 360_000 * 7500;
    const tried = (free: number) =>
      refuseWithoutRoom(scenario, plan, { home: dir }, join(dir, "db"), () => RESERVE_BYTES + free);
    tried(needed);
    assert.throws(
      () => tried(needed - 1e6),
      /Cannot keep the timings of 72,000,000 requests or more: they need about 10\.6 GiB/,
    );
  }));

Deno.test("why one of many runs cannot be kept is told as sentences, so that the others are not lost", () =>
  withTempDir(async (dir) => {
    const scenario = await loadScenario(ROOT, "access-paths", {});
    const told = (rate: number, duration: number, free: number) =>
      refusalOf(scenario, planOf(scenario, { rate, duration, paths: "sql" }), { home: dir }, dir, () => free);
    assert.equal(told(1000, 60, 1e12), null);
    assert.match(
      told(1000, 60, RESERVE_BYTES + 1e6)!,
      /^Cannot keep the timings of 63,000 .*\. What fits is /,
    );
    assert.match(
      told(1_000_000, 100 * HOUR, 1e15)!,
      /^Cannot store 36\d,[\d,]+ requests in one run: .*\. What fits/,
    );
  }));
