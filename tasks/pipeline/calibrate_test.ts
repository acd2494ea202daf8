import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { ServiceError } from "../model/errors.ts";
import type { Calibration, RateStep } from "../model/calibration.ts";
import { acquireLock } from "../stack/lock.ts";
import { withTempHome } from "../stack/testing.ts";
import { difference } from "../testing/facts.ts";
import { lookAtFolder } from "../testing/look_at_folder.ts";
import { newCall } from "../targets/target.ts";
import { NullTarget } from "../targets/null.ts";
import { calibrate, calibrationFile, rateWarning, readCalibration } from "./calibrate.ts";
import { measureClock } from "./calibrate_clock.ts";
import { dispatchSteps, stepArrivals, sustainedRate } from "./calibrate_steps.ts";
import { slotsOf } from "../load/testing_stages.ts";
import { arrivals } from "../load/arrivals.ts";

const SMALL = { requests: 200, frames: 1, steps: { rates: [500, 1000], seconds: 0.05, passes: 2 } };

/** Every number in a value, with its path. */
function numbers(value: unknown, path = ""): [path: string, n: number][] {
  if (typeof value === "number") return [[path, value]];
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, each]) => numbers(each, `${path}/${key}`));
}

Deno.test("a calibration is measured, kept with its machine, and leaves nothing else", async () => {
  await withTempHome(async (home) => {
    const before = lookAtFolder(home);
    const taken = await calibrate(home, { plan: SMALL });
    for (const [path, n] of numbers(taken)) {
      assert.ok(Number.isFinite(n), path);
      assert.ok(n >= 0 || path.startsWith("/dispatch/recording"), `${path}: ${n}`);
    }
    assert.ok(taken.dispatch.requestsPerSecond > 0 && taken.dispatch.cpuUs > 0);
    assert.ok(taken.dispatch.recording.lowUs <= taken.dispatch.recording.highUs);
    assert.ok(taken.timer.p50Us <= taken.timer.p99Us);
    assert.ok(taken.clock.resolutionUs > 0 && taken.clock.readUs > 0);
    assert.deepEqual(taken.steps.map(({ ratePerSecond }) => ratePerSecond), SMALL.steps.rates);
    assert.ok(taken.steps.every(({ onTime }) => onTime <= 1));
    assert.ok([0, ...SMALL.steps.rates].includes(taken.requestsPerSecond));
    assert.deepEqual(readCalibration(home), taken);
    assert.deepEqual(difference(before, lookAtFolder(home)), ["+ bench.lock", "+ calibration.json"]);
    acquireLock(home, "the next task").release();
  });
});

Deno.test("a calibration has the priority that a run's generator would have", async () => {
  await withTempHome(async (home) => {
    const { realTime } = await calibrate(home, { plan: SMALL });
    const priority = JSON.stringify(new URL("../net/priority.ts", import.meta.url).href);
    // In a process of its own: these tests' thread should not keep it.
    const code = `import { askForRealTime } from ${priority}; console.log(askForRealTime());`;
    const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["eval", "--quiet", code] }).output();
    assert.equal(`${realTime}`, new TextDecoder().decode(stdout).trim());
  });
});

Deno.test("a calibration that sustained no rate is kept only where no better one of this machine is", async () => {
  await withTempHome(async (home) => {
    const none = { ...SMALL, steps: { ...SMALL.steps, rates: [] } };
    const busy = await calibrate(home, { plan: none });
    assert.equal(busy.requestsPerSecond, 0);
    assert.deepEqual(readCalibration(home), busy);
    const good = { ...busy, requestsPerSecond: 8000 };
    Deno.writeTextFileSync(calibrationFile(home), JSON.stringify(good));
    assert.equal((await calibrate(home, { plan: none })).requestsPerSecond, 0);
    assert.deepEqual(readCalibration(home), good);
  });
});

Deno.test("a home in use is not calibrated, since a run beside it would shape both", async () => {
  await withTempHome(async (home) => {
    const lock = acquireLock(home, "bench access-paths");
    try {
      await assert.rejects(calibrate(home, { plan: SMALL }), (error: Error) => {
        assert.ok(error instanceof ServiceError);
        assert.match(error.message, /"bench access-paths"/);
        return true;
      });
      assert.equal(existsSync(calibrationFile(home)), false);
    } finally {
      lock.release();
    }
  });
});

const MACHINE = {
  os: "Debian",
  kernel: "Linux 6.12",
  cpu: "a CPU",
  cores: 4,
  memoryBytes: 8e9,
  hostname: "host",
  deno: "2.9.6",
};

const CALIBRATION: Calibration = {
  schema: 1,
  measuredAt: "2026-03-01T14:05:00.000Z",
  benchbook: "0.1.0",
  machine: MACHINE,
  clock: { resolutionUs: 0.1, readUs: 0.1 },
  realTime: false,
  timer: { p50Us: 60, p99Us: 100 },
  dispatch: { requestsPerSecond: 5e5, cpuUs: 1, recording: { lowUs: 0.1, highUs: 0.2 } },
  spool: { rowsPerSecond: 1e6, bytesPerSecond: 1e8 },
  steps: [],
  requestsPerSecond: 8000,
};

Deno.test("a calibration counts only where it was taken, and a torn file counts as none", async () => {
  await withTempHome((home) => {
    assert.equal(readCalibration(home, MACHINE), null);
    const write = (text: string) => Deno.writeTextFileSync(calibrationFile(home), text);
    write(JSON.stringify(CALIBRATION));
    assert.deepEqual(readCalibration(home, MACHINE), CALIBRATION);
    assert.deepEqual(readCalibration(home, { ...MACHINE, kernel: "Linux 6.13" }), CALIBRATION);
    assert.equal(readCalibration(home, { ...MACHINE, cpu: "another CPU" }), null);
    assert.equal(readCalibration(home, { ...MACHINE, cores: 2 }), null);
    write(JSON.stringify({ ...CALIBRATION, schema: 2 }));
    assert.equal(readCalibration(home, MACHINE), null);
    for (const torn of ["", '{"schema":1', "null", "[]"]) {
      write(torn);
      assert.equal(readCalibration(home, MACHINE), null, torn);
    }
    return Promise.resolve();
  });
});

Deno.test("a run that asks a worker for more than was found is warned of in one line, with what to do", () => {
  const warning = (ratePerSecond: number | null, workers: number) =>
    rateWarning(CALIBRATION, { ratePerSecond, workers });
  assert.equal(warning(8000, 1), null);
  assert.equal(warning(16_000, 2), null);
  assert.equal(
    warning(20_000, 1),
    "20,000 requests/s by 1 worker may be more than this machine can send on time: doctor found up to 8,000 " +
      "a worker. Better use --workers 3.",
  );
  assert.match(warning(40_000, 2)!, /by 2 workers .* a lower --rate or a larger machine\.$/);
  assert.equal(rateWarning({ ...CALIBRATION, requestsPerSecond: 0 }, { ratePerSecond: 1, workers: 1 }), null);
  assert.equal(warning(null, 1), null);
  assert.equal(rateWarning(null, { ratePerSecond: 1e6, workers: 1 }), null);
});

Deno.test("the sustained rate is the highest that was kept, and less where answers would cost too much", () => {
  const step = (ratePerSecond: number, onTime: number): RateStep => ({ ratePerSecond, onTime, lagP99Ms: 1 });
  const cheap = { cpuUs: 0 };
  assert.equal(sustainedRate([step(1000, 1), step(2000, 0.99), step(4000, 0.98)], cheap), 2000);
  assert.equal(sustainedRate([step(1000, 0.98), step(2000, 1)], cheap), 2000);
  assert.equal(sustainedRate([step(1000, 0.5)], cheap), 0);
  assert.equal(sustainedRate([], cheap), 0);
  assert.equal(sustainedRate([step(32_000, 1)], cheap), 20_000);
  assert.equal(sustainedRate([step(32_000, 1)], { cpuUs: 75 }), 5000);
});

Deno.test("a clock is known by its smallest step and the time between two readings", () => {
  let us = 0;
  let readings = 0;
  // Steps of half a microsecond with every second reading.
  const clock = measureClock(() => readings++ % 2 === 0 ? us : us += 0.5);
  assert.equal(clock.resolutionUs, 0.5);
  assert.ok(Math.abs(clock.readUs - 0.25) < 0.001);
});

Deno.test("each step has its rate in each pass", () => {
  const plan = { rates: [1000, 3000], seconds: 1, passes: 2 };
  const counts = [0, 0, 0, 0];
  for (const [, atUs] of slotsOf(arrivals(stepArrivals(plan)))) counts[Math.floor(atUs / 1e6)]!++;
  // Poisson counts: within five standard deviations.
  for (const [index, expected] of [1000, 3000, 1000, 3000].entries()) {
    assert.ok(Math.abs(counts[index]! - expected) < 5 * Math.sqrt(expected), `${counts}`);
  }
});

/** Steps dispatched by a loop whose turns are so many µs of a clock of its own apart. */
async function steps(turnUs: (atUs: number) => number): Promise<RateStep[]> {
  const plan = { rates: [1000, 2000], seconds: 0.5, passes: 2 };
  const loop = { onTurn: () => {}, wakeAt: () => {} };
  let nowUs = 0;
  let rows = 0;
  const recorder = { push: () => void rows++, flush: () => {} };
  const result = dispatchSteps(plan, loop, recorder, () => nowUs);
  while (nowUs < 2.1e6) {
    nowUs += turnUs(nowUs);
    loop.onTurn();
  }
  const found = await result;
  assert.equal(rows, slotsOf(arrivals(stepArrivals(plan))).length);
  return found;
}

Deno.test("slots within a millisecond are on time, and the best pass of a rate counts", async () => {
  const punctual = await steps(() => 500);
  assert.deepEqual(punctual.map(({ ratePerSecond, onTime }) => [ratePerSecond, onTime]), [[1000, 1], [
    2000,
    1,
  ]]);
  assert.ok(punctual.every(({ lagP99Ms }) => lagP99Ms > 0.4 && lagP99Ms <= 0.51));
  const late = await steps(() => 10_000);
  assert.ok(late.every(({ onTime, lagP99Ms }) => onTime < 0.2 && lagP99Ms > 9));
  const disturbedOnce = await steps((atUs) => atUs < 1e6 ? 10_000 : 500);
  assert.deepEqual(disturbedOnce.map(({ onTime }) => onTime), [1, 1]);
});

Deno.test("the null target answers at once, with its times in order", () => {
  let us = 0;
  const target = new NullTarget(() => us += 1);
  const call = newCall({ operationId: 0, name: "one", write: false, text: "", parameters: [] }, []);
  target.run(call);
  assert.deepEqual([call.outcome, call.completed, call.rows], ["ok", true, 1]);
  assert.ok(call.acquiredUs <= call.sentUs && call.sentUs < call.doneUs);
});
