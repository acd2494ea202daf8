import assert from "node:assert/strict";
import { join } from "node:path";
import { EventHub } from "../load/event_hub.ts";
import { LiveView } from "../load/live_view.ts";
import { NO_PROGRESS } from "../load/messages.ts";
import type { RunEvents } from "../load/run_events.ts";
import { loadScenario } from "../load/scenario.ts";
import type { Calibration } from "../model/calibration.ts";
import { withTempDir } from "../store/testing.ts";
import { type BenchArguments, completePlan } from "./bench_options.ts";
import { atFullSpeed, watchLimits } from "./run_limits.ts";

const ROOT = join(import.meta.dirname!, "../..");
const HOUR = 3600;
const LARGE = 1e15;
const scenario = await loadScenario(ROOT, "access-paths", {});

function watched(dir: string, given: Partial<BenchArguments>, free = LARGE, most = 1_000_000) {
  const plain = {
    scale: "tiny",
    seed: 1,
    set: {},
    abortOnFail: false,
    report: false,
    pdf: false,
    json: false,
  };
  const plan = completePlan(scenario, { ...plain, paths: "sql", warmup: 0, ...given } as BenchArguments);
  const places = { home: dir, db: join(dir, "store"), free: () => free };
  const told: string[] = [];
  const reached: string[] = [];
  const events = new EventHub<RunEvents>();
  events.on("note", (text) => told.push(text));
  watchLimits(events, { scenario, plan, places, most }, (why) => reached.push(why));
  const look = (due: number, seconds: number) =>
    events.emit("tick", {
      counts: { ...NO_PROGRESS, due },
      elapsedUs: seconds * 1e6,
      figures: new LiveView().figures(0),
    });
  return { plan, places, look, told, reached };
}

Deno.test("a closed loop that will have too many requests says so once its rate is known, and ends at the last", () =>
  withTempDir((dir) => {
    const { look, told, reached } = watched(dir, { concurrency: 8, duration: 100 * HOUR });
    look(900, 9);
    assert.deepEqual(told, []);
    look(1000, 10);
    look(2000, 20);
    assert.equal(told.length, 1);
    assert.match(
      told[0]!,
      /^at 100 requests\/s it has the 1,000,000 requests that a run can have after some 2\.8 hours of 100 hours: the run then ends in order/,
    );
    look(999_999, 9999);
    assert.deepEqual(reached, []);
    look(1_000_000, 10_000);
    look(1_000_003, 10_001);
    assert.deepEqual(reached, ["it has the 1,000,000 requests that a run can have"]);
    return Promise.resolve();
  }));

Deno.test("a closed loop that will fill its disk says after how long", () =>
  withTempDir((dir) => {
    const { look, told } = watched(dir, { concurrency: 8, duration: 100 * HOUR }, 10e9, 2 ** 31);
    look(100_000, 10);
    assert.match(
      told[0]!,
      /^at 10,?000 requests\/s the disk is full at .* after some 2\.2 hours of 100 hours/,
    );
    return Promise.resolve();
  }));

Deno.test("before it starts a closed loop is told what it may come to where doctor has looked at the machine", () =>
  withTempDir((dir) => {
    const calibration = { dispatch: { requestsPerSecond: 50_000 } } as Calibration;
    const told = (duration: number, workers: number) => {
      const { plan, places } = watched(dir, { concurrency: 8, duration, workers });
      return atFullSpeed(calibration, scenario, plan, { ...places, free: () => LARGE });
    };
    assert.equal(told(HOUR, 1), null);
    assert.match(
      told(100 * HOUR, 2)!,
      /^At up to 100,000 requests\/s, as fast as doctor found this machine to ask, it has the [\d,]+ requests .* of 100 hours: .*\.$/,
    );
    return Promise.resolve();
  }));

Deno.test("a run that comes to its end is told nothing, and neither is an open loop, which is checked before", () =>
  withTempDir((dir) => {
    const short = watched(dir, { concurrency: 8, duration: 60 });
    short.look(100_000, 10);
    const open = watched(dir, { rate: 10, duration: 100 * HOUR });
    open.look(2_000_000, 20);
    assert.deepEqual([...short.told, ...open.told], []);
    assert.deepEqual(open.reached, []);
    return Promise.resolve();
  }));
