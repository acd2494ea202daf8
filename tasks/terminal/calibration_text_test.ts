import assert from "node:assert/strict";
import type { Calibration } from "../model/calibration.ts";
import { calibrationText } from "./calibration_text.ts";

const CALIBRATION: Calibration = {
  schema: 1,
  measuredAt: "2026-03-01T14:05:00.000Z",
  benchbook: "0.1.0",
  machine: {
    os: "Debian GNU/Linux 12 (bookworm)",
    kernel: "Linux 6.12",
    cpu: "a CPU",
    cores: 2,
    memoryBytes: 8e9,
    hostname: "host",
    deno: "2.9.6",
  },
  clock: { resolutionUs: 0.0699987, readUs: 0.0903 },
  realTime: true,
  timer: { p50Us: 82.4, p99Us: 1188.9 },
  dispatch: { requestsPerSecond: 573_611.99, cpuUs: 1.0203, recording: { lowUs: 0.071, highUs: 0.262 } },
  spool: { rowsPerSecond: 8_775_476, bytesPerSecond: 570_405_962 },
  steps: [
    { ratePerSecond: 1000, onTime: 1, lagP99Ms: 0.748 },
    { ratePerSecond: 32_000, onTime: 0.9787, lagP99Ms: 1.528 },
  ],
  requestsPerSecond: 19_000,
};

Deno.test("a calibration is a table that ends in where it is kept", () => {
  assert.deepEqual(calibrationText(CALIBRATION, "/home/calibration.json", CALIBRATION).split("\n"), [
    "load generator of this machine  measured",
    "──────────────────────────────  ──────────────────────────────────────",
    "clock                           steps of 0.070 µs, 0.090 µs a reading",
    "priority                        real-time, as in a run",
    "generator wakes late by         p50 82 µs, p99 1.19 ms",
    "without any target, a worker    570,000 requests/s, 1.0 µs of CPU each",
    "recording a request             0.071 µs to 0.26 µs",
    "writing timings                 8,800,000 rows/s, 544 MiB/s",
    "open loop at 1,000/s            100 % on time, lag p99 0.748 ms",
    "open loop at 32,000/s           97.9 % on time, lag p99 1.53 ms",
    "Kept in /home/calibration.json",
  ]);
});

Deno.test("a calibration that was not kept says what stays", () => {
  const earlier = { ...CALIBRATION, measuredAt: "2026-02-01T00:00:00.000Z" };
  assert.match(
    calibrationText({ ...CALIBRATION, requestsPerSecond: 0 }, "/home/calibration.json", earlier),
    /\nNot kept: \/home\/calibration\.json stays as it was, with 19,000 requests\/s a worker$/,
  );
});

Deno.test("a cost below the noise is not told as a number", () => {
  const text = (lowUs: number, highUs: number) =>
    calibrationText(
      {
        ...CALIBRATION,
        dispatch: { ...CALIBRATION.dispatch, recording: { lowUs, highUs } },
      },
      "",
      null,
    );
  assert.match(text(-0.2, 0.15), /recording a request +less than 0\.15 µs\n/);
  assert.match(text(-0.2, -0.1), /recording a request +too little to measure\n/);
});
