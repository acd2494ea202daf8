import assert from "node:assert/strict";
import { type Census, onOwnMachine } from "./testing_own_machine.ts";

const ignore = Deno.build.os !== "linux";

const TINY = ["--scale", "tiny", "--warmup", "300ms"];
const LONG = [...TINY, "--duration", "60s", "--no-report"];

/** Ends of a run of Benchbook's own services, with the report's browser where there is time for it. */
const ENDS: readonly [
  name: string,
  run: readonly string[],
  signal: string | null,
  codes: readonly number[],
][] = [
  // On a busy machine a short run may be INVALID.
  ["complete, with its report", [...TINY, "--duration", "2s", "--slo", "errors<1%"], null, [0, 4]],
  ["Ctrl-C", LONG, "INT", [130]],
  ["a hangup", LONG, "HUP", [130]],
  ["kill -9", LONG, "KILL", [137]],
];

const kinds = (census: Census) => [...new Set(census.map((line) => line.split(" ", 1)[0]!))].sort();

for (const [name, run, signal, codes] of ENDS) {
  Deno.test({
    name:
      `after ${name} no process, port, shared memory or temporary file of Benchbook's own services is left`,
    ignore,
    fn: async () => {
      const { code, said, before, during, after, next, afterNext } = await onOwnMachine(run, signal);
      assert.ok(codes.includes(code), `exit ${code}:\n${said}`);
      assert.deepEqual(before, [], "the machine is empty");
      // What is looked for can be seen while it is there.
      const seen = kinds(during);
      for (const kind of ["process", "shm"]) {
        assert.ok(seen.includes(kind), `${kind} not in ${during.join("\n")}`);
      }
      // Nobody is there any more who could end the services of a killed run: the next start does.
      if (signal === "KILL") assert.match(next, /Recovered run \S+ \(crashed\)/);
      // Where a machine is too busy to end them in order within five seconds, processes of PostgreSQL outlast it for a moment.
      else if (!said.includes("Exited immediately.")) assert.deepEqual(after, [], said);
      assert.match(next, /exit [04]$/m);
      assert.deepEqual(afterNext, [], next);
    },
  });
}
