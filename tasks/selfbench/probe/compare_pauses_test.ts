import assert from "node:assert/strict";
import type { Pause } from "../../model/probe.ts";
import { comparePauses } from "./compare_pauses.ts";
import type { MadePause } from "./probe_proxy.ts";
import { findingsOf } from "./task.ts";

/** From the 1,000th ms of the proxy's clock on, its answers handed on within half a millisecond. */
function made(ms: number, fromMs = 1000): MadePause {
  return {
    fromMs,
    untilMs: fromMs + ms,
    lastAnswer: { afterMs: fromMs - 0.5, byMs: fromMs },
    firstAnswer: { afterMs: fromMs + ms, byMs: fromMs + ms + 0.5 },
  };
}

/** As told, on a clock that began at the proxy's 400th ms. */
function told(fromMs: number, untilMs: number): Pause {
  const ms = untilMs - fromMs;
  const [fromUs, untilUs] = [1000 * (fromMs - 400), 1000 * (untilMs - 400)];
  const pause = { fromUs, untilUs, ms, leastMs: ms - 1, requests: 1, failed: 0 };
  return { path: null, kind: "all", ...pause, endedBy: null, server: null, otherServer: false };
}

Deno.test("a pause is as exact as what is told of it lies within what the proxy's answers allow", () => {
  const asked = [{ askedMs: 20, made: made(20) }, { askedMs: 100, made: made(100, 3000) }];
  const pauses = [told(1000, 1020.75), told(3002, 3093.5)];
  const [exact, short] = comparePauses(asked, pauses, 400);
  assert.deepEqual([exact!.errorMs, short!.errorMs], [0, 8.5]);
  assert.deepEqual([exact!.closedErrorMs, short!.closedErrorMs], [0.75, 8.5]);
  assert.deepEqual(comparePauses(asked, pauses.slice(1), 400).map(({ toldMs }) => toldMs), [null, 91.5]);
  // A read's or a path's own is another pause.
  const ofReads = { ...pauses[0]!, kind: "read" as const };
  assert.equal(comparePauses(asked, [ofReads], 400)[0]!.toldMs, null);
});

Deno.test("each pause that is missed is named, and so is a lost write that is not told", () => {
  const asked = [20, 100, 1000].map((askedMs, nth) => ({ askedMs, made: made(askedMs, 2000 * (1 + nth)) }));
  const pauses = comparePauses(asked, [told(2000, 2020.5), told(4010, 4100)], 400);
  const lost = { made: 3, told: 2 };
  const found = findingsOf({ pauses, lost, problems: "1 duplicated", told: 2, seconds: 1 })
    .filter(({ goal }) => goal !== null);
  assert.deepEqual(found.map(({ ours, reached, note }) => [ours!.median, reached, note]), [
    [1, true, null],
    [0, false, "101 ms made, 90 ms told (89 ms at least)"],
    [0, false, "1 s made, not told"],
    [2, false, "told besides: 1 duplicated"],
  ]);
});
