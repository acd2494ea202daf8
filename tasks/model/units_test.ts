import assert from "node:assert/strict";
import { UsageError } from "./errors.ts";
import {
  fixed,
  formatBytes,
  formatMs,
  formatProbability,
  formatRoom,
  formatSeconds,
  formatShare,
  intervalText,
  measuredMs,
  parseDuration,
  significant,
} from "./units.ts";

Deno.test("durations are read with their unit", () => {
  assert.equal(parseDuration("30s"), 30);
  assert.equal(parseDuration("250ms"), 0.25);
  assert.equal(parseDuration("1m30s"), 90);
  assert.equal(parseDuration("1.5h"), 5400);
  assert.ok(Math.abs(parseDuration("500us") - 0.0005) < 1e-12);
});

for (const text of ["", "30", "s", "-5s", "0s", "30 s", "1m30", "5sec", "∞s"]) {
  Deno.test(`the duration "${text}" is refused`, () => {
    assert.throws(() => parseDuration(text), UsageError);
  });
}

Deno.test("numbers keep three significant digits and lose no integer digit", () => {
  assert.equal(significant(0.41789, 3), "0.418");
  assert.equal(significant(12345.678, 3), "12,346");
  assert.equal(significant(0, 3), "0");
  assert.equal(formatMs(1240), "1.24 s");
  assert.equal(formatMs(0.4181), "0.418 ms");
  assert.equal(formatMs(0.0694), "0.069 ms");
  assert.equal(formatMs(null), "—");
  assert.equal(formatMs(Infinity), "∞");
  assert.equal(formatSeconds(75), "1 min 15 s");
  assert.equal(formatSeconds(0), "0 s");
  assert.equal(formatShare(0.99412), "99.41 %");
  assert.equal(formatShare(0.9232), "92.3 %");
  assert.equal(formatShare(0.78), "78 %");
  assert.equal(formatShare(0.00031), "0.031 %");
  assert.equal(formatBytes(1536), "1.5 KiB");
  assert.equal(formatRoom(340_400_000, "MB"), "340 MB");
  assert.equal(formatRoom(1_540_000_000, "GB"), "1.5 GB");
});

Deno.test("an interval without an upper end says where it begins", () => {
  assert.equal(intervalText(2.1, 4, formatMs), "2.1 ms to 4 ms");
  assert.equal(intervalText(2.1, null, formatMs), "≥ 2.1 ms");
  assert.equal(intervalText(null, null, formatMs), "");
});

Deno.test("measured numbers keep their trailing zeros, so that a column has one precision", () => {
  assert.equal(fixed(4.6, 3), "4.60");
  assert.equal(fixed(0.5, 3), "0.500");
  assert.equal(fixed(9.996, 3), "10.0");
  assert.equal(fixed(12345.678, 3), "12,346");
  assert.equal(fixed(0, 3), "0");
  assert.equal(measuredMs(23), "23.0 ms");
  assert.equal(measuredMs(0.006), "0.006 ms");
  assert.equal(measuredMs(999.7), "1.00 s");
  assert.equal(measuredMs(1240), "1.24 s");
  assert.equal(measuredMs(null), "—");
  assert.equal(measuredMs(Infinity), "∞");
});

Deno.test("a probability is as exact as it can be told, and no smaller than that", () => {
  assert.deepEqual([0.0421, 0.0009, 1, null].map(formatProbability), ["0.042", "< 0.001", "1.000", "—"]);
});
