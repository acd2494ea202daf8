import assert from "node:assert/strict";
import { samplePanels } from "./sample_panels.ts";

Deno.test("a metric with labels makes a line for each, and unknown metrics make none", () => {
  const row = { second: 1, source: "host", value: 0.4 };
  const points = samplePanels([
    { ...row, metric: "process_cpu_cores", labels: { process: "postgres" } },
    { ...row, metric: "process_cpu_cores", labels: `{"process":"redis"}` },
    { ...row, metric: "swap_free_bytes", labels: {} },
  ]);
  assert.deepEqual(points.map(({ series }) => series), ["postgres", "redis"]);
});

Deno.test("what is rare has a panel where it happened, and none where it did not", () => {
  const waiting = (values: readonly number[]) =>
    samplePanels(values.flatMap((value, second) => [
      { second, source: "postgres", metric: "locks_waiting", labels: {}, value },
      { second, source: "host", metric: "pressure_io_full", labels: {}, value: value / 10 },
    ])).map(({ panel, series, value }) => `${panel}, ${series}: ${value}`);
  assert.deepEqual(waiting([0, 0]), []);
  assert.deepEqual(waiting([0, 2]), [
    ...["Waiting for a disk, all: 0", "Waiting for a disk, all: 0.2"],
    ...["PostgreSQL locks waited for, waiting: 0", "PostgreSQL locks waited for, waiting: 2"],
  ]);
});

Deno.test("sessions that wait for events of one type are added up", () => {
  const row = { second: 1, source: "postgres", metric: "wait_events" };
  const points = samplePanels([
    { ...row, labels: { type: "IO", event: "DataFileRead" }, value: 3 },
    { ...row, labels: { type: "IO", event: "WalSync" }, value: 2 },
    { ...row, labels: { type: "CPU", event: "CPU" }, value: 4 },
  ]);
  assert.deepEqual(points.map(({ series, value }) => [series, value]), [["IO", 5], ["CPU", 4]]);
});

Deno.test("of several values of one line at one moment the largest is shown", () => {
  const row = { second: 1, source: "generator", metric: "gap_ms" };
  const points = samplePanels([
    { ...row, labels: { worker: "0" }, value: 3 },
    { ...row, labels: { worker: "1" }, value: 11 },
  ]);
  assert.deepEqual(points.map(({ value }) => value), [11]);
});

Deno.test("several instances of a service have a panel each; a single one has the panel that it always had", () => {
  const row = { second: 1, source: "redis", metric: "memory_bytes", value: 1 };
  const one = { ...row, labels: { instance: "redis" } };
  const of = (...rows: Parameters<typeof samplePanels>[0]) =>
    samplePanels(rows).map(({ panel, series }) => `${panel}: ${series}`);
  const ofNone = { ...row, metric: "cache_refusals", labels: { arm: "sql+cache" } };
  assert.deepEqual(of(one, ofNone), of({ ...row, labels: {} }));
  assert.deepEqual(of({ ...row, labels: `{"instance":"other-redis"}` }, one), [
    "Redis memory (redis): used",
    "Redis memory (other-redis): used",
  ]);
});
