import assert from "node:assert/strict";
import { contest, memory, type SeedBenchResult } from "./result.ts";
import { seedBenchText } from "./text.ts";

const rows = 1_000_000;
const timed = (what: string, ...seconds: number[]) => ({ what, rows, seconds });

Deno.test("a ratio is that of the rates, taken pair by pair", () => {
  // Of the medians it would be 10 / 10: the second pair is slow on both sides.
  const { peers: [peer] } = contest("rows", timed("ours", 10, 20, 8), [timed("peer", 9, 22, 10)]);
  assert.deepEqual(peer!.ratio, { median: 1.1, low: 0.9, high: 1.25 });
  assert.equal(peer!.reached, true);
});

Deno.test("a goal is missed below 0.95 and at 400 MB", () => {
  const reached = (peer: number) =>
    contest("rows", timed("ours", 100), [timed("peer", peer)]).peers[0]!.reached;
  assert.equal(reached(95), true);
  assert.equal(reached(94.9), false);
  assert.equal(memory(399_999_999).reached, true);
  assert.equal(memory(400_000_000).reached, false);
  assert.equal(memory(null).reached, null);
});

const RESULT: SeedBenchResult = {
  part: "seed",
  dataset: "northwind",
  scale: "medium",
  seed: 42,
  connections: 2,
  rows,
  copyBytes: 61_234_567,
  hash: "0123456789abcdef0123456789abcdef",
  contests: [
    contest("rows", timed("Benchbook by 2 connections", 1.1, 1, 1.25), [
      timed("COPY from files by 2 connections", 1, 0.97, 1.1),
      timed("COPY from files by 1 connection", 1.7, 1.72, 1.69),
    ]),
    contest("whole", timed("Benchbook by 2 connections", 4.2), [
      timed("COPY by 2 connections, then DDL by 1", 6.31),
      timed("COPY and DDL by 2 connections", 4.4),
    ]),
  ],
  pgbench: {
    what: "pgbench 18.4 -i -s 10, no foreign keys",
    rows: 1_000_110,
    seconds: [2.5],
    version: "18.4",
  },
  prepareSeconds: [0.31, 0.3, 0.33],
  memory: memory(231_000_000),
  machine: {
    cpu: "Some CPU",
    cores: 2,
    loadAverage: 0.2,
    memoryBytes: 8 * 2 ** 30,
    os: "Some Linux 12",
    kernel: "Linux 6.12.0",
    postgres: "18.4",
    deno: "2.9.6",
    settings: { shared_buffers: "1GB", fsync: "on" },
  },
};

Deno.test("the result reads the same for the same figures", async (t) => {
  await t.assertSnapshot(seedBenchText(RESULT));
});

Deno.test("what could not be measured is said", () => {
  const text = seedBenchText({
    ...RESULT,
    pgbench: { unavailable: "not found on PATH" },
    memory: memory(null),
  }, 140);
  assert.match(text, /pgbench +— +not found on PATH/);
  assert.match(text, /Peak memory .* not measured/);
  assert.doesNotMatch(text, /busy/);
  const busy = seedBenchText({ ...RESULT, machine: { ...RESULT.machine, loadAverage: 3.44 } });
  assert.match(busy, /busy before it began \(load average 3.4 on 2 cores\)/);
});
