import assert from "node:assert/strict";
import { UsageError } from "../model/errors.ts";
import { withTempDir } from "../store/testing.ts";
import { openStore, type Store } from "../store/open.ts";
import { historyText } from "../terminal/history_text.ts";
import { makeRun } from "./compare/testing.ts";
import { historyOf } from "./history.ts";

/** Fewer requests than others have: a history is of many runs. */
const SLOTS = 1200;

function withRuns(
  make: (store: Store) => Promise<void>,
  use: (store: Store) => Promise<void>,
): Promise<void> {
  return withTempDir(async (dir) => {
    using store = await openStore(`${dir}/history.duckdb`, { mode: "write" });
    await make(store);
    await use(store);
  });
}

Deno.test("a level that rises by a fifth is found at its run, and other loads and machines stand apart", () =>
  withRuns(async (store) => {
    await makeRun(store, { slots: SLOTS, config: { timeoutMs: 500 } });
    await makeRun(store, { slots: SLOTS, environment: { cpu: "Another CPU" } });
    for (let nth = 0; nth < 12; nth++) await makeRun(store, { slots: SLOTS, factor: nth < 7 ? 1 : 1.2 });
    await makeRun(store, { slots: SLOTS, factor: 9, run: { verdict: "invalid" } });
  }, async (store) => {
    const history = await historyOf(store);
    assert.equal(history.scenario, "access-paths");
    assert.deepEqual([history.elsewhere, history.leftOut], [1, 1]);
    const [newest, other, ...more] = history.stretches;
    assert.deepEqual([newest!.runs.length, other!.runs.length, more.length], [12, 1, 0]);
    assert.deepEqual(newest!.differences, []);
    assert.deepEqual(other!.differences.map(({ name, base }) => [name, base]), [["timeout", "500 ms"]]);
    const whole = newest!.trends[0]!;
    assert.deepEqual([whole.arm, whole.operation], [null, null]);
    const [change, ...others] = whole.changes;
    assert.deepEqual(others, []);
    assert.equal(change!.at, 7);
    assert.ok(Math.abs(change!.ratio - 1.2) < 0.05, String(change!.ratio));
    assert.deepEqual(
      history.leftOutRuns.map(({ verdict, why }) => [verdict, why]),
      [["invalid", "it is INVALID, the load generator shaped its numbers"]],
    );
    const [before, after] = whole.levels;
    assert.deepEqual([before!.from, before!.to, after!.from, after!.to], [0, 6, 7, 11]);
    assert.ok(before!.low! < before!.value && before!.value < before!.high! && before!.high! < after!.low!);
    const text = historyText(history, 120);
    assert.match(text, /^access-paths: 12 runs of the same machine, data set and load, /);
    assert.match(
      text,
      /^▲ from \d{8}-\S+ \(.*\) on: all arms p50 1\.[12]\d*× slower \(.* → .*\);/m,
    );
    assert.match(text, /Apart from these: 1 run until .* \(timeout 500 ms and not /);
    assert.match(
      text,
      /^1 run not shown: it differs in machine or services \(CPU\)\.\n1 run INVALID or not finished: left out\.$/m,
    );
  }));

Deno.test("a single run on another machine, newer than the others, does not hide their history", () =>
  withRuns(async (store) => {
    for (const factor of [1, 1.01]) await makeRun(store, { slots: SLOTS, factor });
    await makeRun(store, { slots: SLOTS, environment: { cores: 64 } });
  }, async (store) => {
    const { stretches, elsewhere, elsewhereDiffers } = await historyOf(store);
    assert.deepEqual(stretches.map(({ runs }) => runs.length), [2]);
    assert.deepEqual([elsewhere, elsewhereDiffers], [1, ["cores"]]);
  }));

Deno.test("of a few runs the one that lies outside is named, with low confidence", () =>
  withRuns(async (store) => {
    for (const factor of [1, 1.01, 0.99, 1.8, 1, 1.01]) await makeRun(store, { slots: SLOTS, factor });
  }, async (store) => {
    const { stretches: [only] } = await historyOf(store, "access-paths");
    const whole = only!.trends[0]!;
    assert.deepEqual([whole.changes, whole.outside], [[], [3]]);
    const text = historyText(await historyOf(store), 100);
    assert.match(
      text,
      /^\? in \d{8}-\S+ \(.*\): all arms p50, .* lies outside what the others/m,
    );
    assert.match(text, /Fewer than 10 runs have no change points/);
  }));

Deno.test("a scenario of which nothing is stored is refused with the nearest one", () =>
  withRuns(async (store) => {
    await assert.rejects(
      historyOf(store),
      (error: unknown) => error instanceof UsageError && /there is none$/.test(error.message),
    );
    await makeRun(store, { slots: SLOTS });
    await assert.rejects(
      historyOf(store, "acces-paths"),
      (error: unknown) => error instanceof UsageError && /Did you mean "access-paths"/.test(error.next ?? ""),
    );
    await makeRun(store, { slots: SLOTS, run: { scenario: "smoke", verdict: "invalid" } });
    await assert.rejects(historyOf(store, "smoke"), /each is INVALID or was not finished/);
  }, () => Promise.resolve()));
