import assert from "node:assert/strict";
import type { Phase } from "../model/run.ts";
import type { EventLoop } from "../net/event_loop.ts";
import { monotonicUs } from "../net/clock.ts";
import { libc } from "../net/libc.ts";
import { NativeLoop } from "../net/native_loop.ts";
import { RuntimeLoop } from "../net/runtime_loop.ts";
import { TimerRequest } from "../net/timer_request.ts";
import { GraphqlTarget } from "../targets/graphql.ts";
import { newCall } from "../targets/target.ts";
import { TimerThread } from "./timer_thread.ts";
import { ClosedLoop } from "./closed_loop.ts";

const PHASE: Phase = {
  phaseId: 0,
  segment: "steady",
  measured: true,
  block: 0,
  arm: "graphql",
  startUs: 0,
  endUs: Infinity,
};
const STATEMENT = { operationId: 0, name: "one", write: false, text: "{ one }", parameters: [] };
const CLIENTS = 4;
const REQUESTS = 400;
/** A client that rests between its answer and its next request does so for ten milliseconds, a loop's longest rest. */
const RESTED_US = 5000;

/** How long the clients of a closed loop left between an answer and the next request, the median of so many requests, µs. */
async function closedLoop(loop: EventLoop, url: string): Promise<number> {
  const target = new GraphqlTarget({
    url,
    headers: {},
    connections: CLIENTS,
    nowUs: monotonicUs,
    network: loop,
  });
  await target.open();
  const originUs = monotonicUs();
  let ok = 0;
  const answeredUs: number[] = [];
  const betweenUs: number[] = [];
  const pace = new ClosedLoop({
    clients: CLIENTS,
    endUs: Infinity,
    dispatcher: {
      ready: (slot, _operation, intendedUs) => ({
        slot,
        arm: 0,
        phase: PHASE,
        operationId: STATEMENT.operationId,
        intendedUs,
        call: newCall(STATEMENT, []),
      }),
      send({ call }, _wokeUs, onEnd) {
        call.onDone = () => {
          if (call.outcome === "ok") ok++;
          answeredUs.push(call.doneUs);
          onEnd(call);
        };
        target.run(call);
        // Who was answered first asks first.
        const before = answeredUs.shift();
        if (before !== undefined) betweenUs.push(call.sentUs - before);
      },
    },
    mix: { operationOf: () => 0 },
    slots: new BigInt64Array(1),
    nowUs: () => monotonicUs() - originUs,
  });
  await new Promise<void>((resolve) => {
    loop.onTurn = () => {
      if (ok >= REQUESTS) return resolve();
      pace.turn();
    };
  });
  loop.onTurn = () => {};
  await target.close();
  assert.ok(betweenUs.length > REQUESTS / 2, `${betweenUs.length} of ${REQUESTS}`);
  return betweenUs.sort((a, b) => a - b)[betweenUs.length >> 1]!;
}

Deno.test("a client of a closed loop asks again when it is answered, whichever loop waits for it", async () => {
  // In a thread of its own: a loop that waits itself would keep a server of this thread from answering.
  const server = new Worker(
    "data:text/javascript," + encodeURIComponent(
      `const { addr } = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: ({ port }) => postMessage(port) },
         async (request) => { await request.text(); return new Response('{"data":{"one":1}}'); });`,
    ),
    { type: "module" },
  );
  const timer = new TimerThread((message) => assert.fail(message));
  const symbols = libc();
  const open: (() => EventLoop)[] = [
    () => new RuntimeLoop(new TimerRequest(timer.channel.request), timer.channel.port),
    ...symbols === null ? [] : [() => new NativeLoop(symbols)],
  ];
  try {
    const port = await new Promise<number>((resolve) => server.onmessage = ({ data }) => resolve(data));
    await timer.ready;
    for (const openLoop of open) {
      const loop = openLoop();
      try {
        // Of what lies within one thread: a busy machine holds up some of it, and not every other.
        const between = await closedLoop(loop, `http://127.0.0.1:${port}/`);
        assert.ok(between < RESTED_US, `${between} µs between an answer and the next request`);
      } finally {
        loop.close();
      }
    }
  } finally {
    timer.stop();
    server.terminate();
  }
});

Deno.test("no slot is numbered beyond the last that a run can have, whichever thread asks for it", () => {
  const slots = new BigInt64Array(new SharedArrayBuffer(8));
  const sent: number[] = [];
  const waiting: (() => void)[] = [];
  const thread = () =>
    new ClosedLoop({
      clients: 3,
      endUs: Infinity,
      dispatcher: {
        ready: (slot, _operation, intendedUs) => ({
          slot,
          arm: 0,
          phase: PHASE,
          operationId: 0,
          intendedUs,
          call: newCall(STATEMENT, []),
        }),
        send({ slot }, _wokeUs, onEnd) {
          sent.push(slot);
          waiting.push(() => onEnd(null));
        },
      },
      mix: { operationOf: () => 0 },
      slots,
      slotLimit: 10,
      nowUs: () => 1,
    });
  const threads = [thread(), thread()];
  for (let turn = 0; turn < 20; turn++) {
    for (const each of threads) each.turn();
    for (const answer of waiting.splice(0)) answer();
  }
  assert.deepEqual(sent, Array.from({ length: 10 }, (_, slot) => slot));
  assert(threads.every(({ finished }) => !finished));
});
