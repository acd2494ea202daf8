import assert from "node:assert/strict";
import { asGenerator } from "./as_generator.ts";
import { libc, Linux } from "../net/libc.ts";

const SCHED_RR = 2;
const POLICY_FIELD = 41;
/** What this thread has while the test runs; what it had before depends on who started it. */
const OWN_NS = 70_000;

Deno.test({
  name: "a program started as a generator waits as one, and the next one does not",
  // Only root may read another process's timers, and surely has the priority.
  ignore: Deno.build.os !== "linux" || Deno.uid() !== 0,
  async fn() {
    const startedBy = async (start: (run: () => Deno.ChildProcess) => Deno.ChildProcess) => {
      const child = start(() => new Deno.Command("sleep", { args: ["60"] }).spawn());
      const read = (name: string) => Deno.readTextFileSync(`/proc/${child.pid}/${name}`);
      const slack = Number(read("timerslack_ns"));
      const policy = Number(read("stat").split(") ")[1]!.split(" ")[POLICY_FIELD - 3]);
      child.kill("SIGKILL");
      await child.status;
      return { slack, policy };
    };
    const setSlack = (ns: number) => libc()!.prctl(Linux.timerSlack.set, BigInt(ns));
    const before = libc()!.prctl(Linux.timerSlack.get, 0n);
    setSlack(OWN_NS);
    try {
      assert.deepEqual(await startedBy((run) => run()), { slack: OWN_NS, policy: 0 });
      const { slack, policy } = await startedBy((run) => asGenerator(run, assert.fail));
      // Newer kernels say 0 of a thread with that priority: it has no slack at all.
      assert.ok(slack <= 1);
      assert.equal(policy, SCHED_RR);
      assert.deepEqual(await startedBy((run) => run()), { slack: OWN_NS, policy: 0 });
    } finally {
      setSlack(before);
    }
  },
});
