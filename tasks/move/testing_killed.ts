import { moveServer } from "./move_server.ts";

/** Moves as the JSON on stdin says, tells each step and part as it begins, and never ends by itself. */
const options = JSON.parse(await new Response(Deno.stdin.readable).text());
let open: Promise<void> = Promise.resolve();
const outcome = await moveServer({
  ...options,
  gate: { prepare: () => Promise.resolve(), close: () => Promise.resolve(), open: () => open },
  nowUs: () => performance.now() * 1000,
  onSample: () => {},
  onRecord: ({ step, statement, endUs }: { step: number; statement: number; endUs: number | null }) => {
    if (endUs !== null) return;
    // It is to be killed there, and not after.
    if (options.killAt === `${step}.${statement}`) open = new Promise(() => {});
    console.log(`${step}.${statement}`);
  },
});
console.log(outcome.stopped ?? "done");
setInterval(() => {}, 1000);
