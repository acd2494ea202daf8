import assert from "node:assert/strict";
import { figure } from "./figure.ts";
import { between } from "./migration_rows.ts";
import { migrationTimeline } from "./migration_timeline.ts";
import { migrationRuns } from "./testing_migration.ts";
import { waitingSessions } from "./waiting_sessions.ts";

const [naive, safe] = migrationRuns();

Deno.test("migrationTimeline draws the same picture for the same rows", async (t) => {
  // What matters is around the change; the same bars all along would hide it.
  const short = [naive, safe].map((run) => between(run, 20, 32));
  await t.assertSnapshot(figure(migrationTimeline(short)).replaceAll("><", ">\n<"));
});

Deno.test("the sentence for the picture says for each run how long it stalled, who waited and what failed", () => {
  const { label } = migrationTimeline([naive, safe]);
  assert.equal(
    label,
    "naive: a stall of 4.89 s from 23.4 s on, 15 waits for a lock, the longest 4.93 s and 9 errors; " +
      "safe: a stall of 182 ms from 25.1 s on, 18 waits for a lock, the longest 200 ms and no errors",
  );
});

/** Heights in the drawing of marks with these titles, by what their titles tell. */
function heights(svg: string, title: RegExp): Map<string, number> {
  const marks = [...svg.matchAll(/<rect [^>]*height="([\d.]+)"[^>]*><title>([^<]*)<\/title>/g)];
  return new Map(
    marks.flatMap(([, height, text]) => title.test(text!) ? [[text!, Number(height)] as const] : []),
  );
}

Deno.test("side by side, equal heights mean equal values and equal places equal moments", () => {
  const [left, right] = migrationTimeline([naive, safe]).svg as [string, string];
  const rate = /^from 10 s on: /;
  assert.ok(heights(left, rate).size === 1);
  assert.deepEqual(heights(left, rate), heights(right, rate));
  const axis = (svg: string) =>
    [...svg.matchAll(/<text[^>]*transform="translate\(([\d.]+),[^>]*>(\d+)<\/text>/g)]
      .map(([, x, text]) => `${text} at ${x}`);
  assert.ok(axis(left).length > 3);
  assert.deepEqual(axis(left), axis(right));
});

Deno.test("runs of very different lengths have time axes of their own, and the figure says so", () => {
  const longer = (factor: number) => ({
    ...safe,
    segments: safe.segments.map((span) => ({
      ...span,
      endUs: span.endUs * factor,
      startUs: span.startUs * factor,
    })),
  });
  assert.match(migrationTimeline([naive, longer(8)]).reading, /a time axis of its own/);
  assert.doesNotMatch(migrationTimeline([naive, longer(2)]).reading, /a time axis of its own/);
});

Deno.test("a move shows how far the other server was behind, and when clients went over", () => {
  const moved = {
    ...safe,
    lag: [
      { second: 24, bytes: 3 * 2 ** 20, ms: 40 },
      { second: 25, bytes: 1024, ms: 3 },
      { second: 26, bytes: null, ms: 2 },
    ],
    switches: [
      { to: "target", startUs: 26.1e6, endUs: 26.2e6 },
      { to: "source", startUs: 28.1e6, endUs: 28.3e6 },
    ],
  };
  const { svg, reading } = migrationTimeline([naive, moved]);
  const [without, drawn] = svg as [string, string];
  assert.match(drawn, /Log that the other server does not have yet/);
  assert.match(drawn, /<title>at 24 s: 3 MiB, 40 ms behind<\/title>/);
  assert.equal([...drawn.matchAll(/<title>at \d+ s: [^<]* behind<\/title>/g)].length, 2);
  for (const text of ["→ target", "→ source", "2 MiB", "clients go on at the target"]) {
    assert.ok(drawn.includes(text), text);
  }
  assert.doesNotMatch(without, /→ target|clients go on/);
  assert.match(reading, /clients went on at the other server/);
  const { svg: still, reading: nothing } = migrationTimeline([naive, safe]);
  assert.ok((still as string[]).every((each) => !each.includes("Log that the other server")));
  assert.doesNotMatch(nothing, /other server/);
});

Deno.test("a run alone stands beside a closer look at its migration, unless that is most of it", () => {
  const [whole, closer, ...more] = migrationTimeline([safe]).svg as string[];
  assert.equal(more.length, 0);
  assert.match(whole!, /Whole run/);
  assert.match(closer!, /Around the migration/);
  const seconds = [...closer!.matchAll(/<title>sql, second (\d+): p95/g)].map(([, second]) => Number(second));
  assert.deepEqual([Math.min(...seconds), Math.max(...seconds)], [21, 31]);
  const segments = [{ segment: "migrate", changing: true, startUs: 0, endUs: 50e6 }];
  assert.equal([migrationTimeline([{ ...safe, segments }]).svg].flat().length, 1);
});

Deno.test("what lies only partly in a closer look is cut to it", () => {
  const { steps, stall, waits, segments } = between(naive, 25, 27);
  assert.deepEqual([steps[0]!.startUs, steps[0]!.endUs], [25e6, 27e6]);
  assert.deepEqual([stall!.fromUs, stall!.untilUs, stall!.ms], [25e6, 27e6, 4890]);
  assert.ok(waits.every(({ atUs, waitedUs }) => atUs === 25e6 && waitedUs === 2e6));
  assert.deepEqual(segments.map(({ segment }) => segment), ["migrate"]);
  assert.equal(between(naive, 3, 20).stall, null);
});

Deno.test("a run of another kind, one without a cache, without waits and without errors can be drawn", () => {
  const bare = {
    ...safe,
    waits: [],
    stall: null,
    steps: [],
    seconds: safe.seconds.map((row) => ({ ...row, hitRate: null, p95: null })),
  };
  for (const runs of [[], [{ ...safe, segments: [] }], [bare], [bare, naive]]) {
    assert.doesNotMatch(figure(migrationTimeline(runs)), /NaN|Infinity|undefined/);
  }
  assert.match(migrationTimeline([bare]).reading, /No request failed\. No path had a cache\./);
});

Deno.test("the name of a file and of a run cannot become markup", () => {
  const hostile = `<script>alert("1")</script>`;
  const steps = [{ ...naive.steps[0]!, file: hostile, errorCode: hostile }];
  assert.doesNotMatch(figure(migrationTimeline([{ ...naive, name: hostile, steps }, safe])), /<script/);
});

Deno.test("sessions that wait are counted for each mode by itself, whatever the order of the rows", () => {
  const wait = (atUs: number, waitedUs: number, mode: string) => ({ atUs, waitedUs, mode, role: "load" });
  const counts = waitingSessions([
    wait(3e6, 2e6, "ShareLock"),
    wait(1e6, 4e6, "ShareLock"),
    wait(2e6, 1e6, "RowExclusiveLock"),
  ]);
  assert.deepEqual(counts.map(({ mode, second, n }) => [mode, second, n]), [
    ["ShareLock", 1, 1],
    ["ShareLock", 3, 2],
    ["ShareLock", 5, 0],
    ["RowExclusiveLock", 2, 1],
    ["RowExclusiveLock", 3, 0],
  ]);
});
