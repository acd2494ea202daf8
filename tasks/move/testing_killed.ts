import { moveServer } from "./move_server.ts";

/** Moves as the JSON on stdin says, tells each part of a step as it begins, and stops for ever at the one that it is killed at. */
const options = JSON.parse(await new Response(Deno.stdin.readable).text());
const outcome = await moveServer({
  ...options,
  gate: { prepare: () => Promise.resolve(), close: () => Promise.resolve(), open: () => Promise.resolve() },
  nowUs: () => performance.now() * 1000,
  onSample: () => {},
  onRecord: ({ step, statement, endUs }: { step: number; statement: number; endUs: number | null }) => {
    if (endUs !== null) return;
    console.log(`${step}.${statement}`);
    if (options.killAt === `${step}.${statement}`) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    }
  },
});
console.log(outcome.stopped ?? "done");
setInterval(() => {}, 1000);
