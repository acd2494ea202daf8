import assert from "node:assert/strict";

/** Real-time policy with the flag that is not inherited, as /proc shows it. */
const POLICY_FIELD = 41;
const SCHED_RR = 2;
const SCHED_BATCH = 3;
const SCHED_IDLE = 5;

Deno.test({
  name: "a thread has real-time priority exactly where the system says that it gave it",
  ignore: Deno.build.os !== "linux",
  // In a process of its own: these tests' thread should not keep it.
  async fn() {
    const code = `
      import { askForRealTime } from ${JSON.stringify(new URL("./priority.ts", import.meta.url).href)};
      const given = askForRealTime();
      const fields = Deno.readTextFileSync("/proc/thread-self/stat").split(") ")[1].split(" ");
      console.log(JSON.stringify({ given, policy: Number(fields[${POLICY_FIELD - 3}]) }));`;
    const ask = async (limits: readonly string[]) => {
      const [program, ...args] = [...limits, Deno.execPath(), "eval", "--quiet", code];
      const { stdout, stderr } = await new Deno.Command(program!, { args }).output();
      assert.ok(stdout.length > 0, new TextDecoder().decode(stderr));
      return JSON.parse(new TextDecoder().decode(stdout)) as { given: boolean; policy: number };
    };
    const { given, policy } = await ask([]);
    assert.equal(policy === SCHED_RR, given);
    if (Deno.uid() !== 0) return;
    // Without the privilege it is refused, which is no error.
    assert.deepEqual(await ask(["setpriv", "--bounding-set", "-sys_nice"]), { given: false, policy: 0 });
  },
});

Deno.test({
  name: "a thread that takes batch priority keeps it for good, and one with a policy of its user's keeps it",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const code = `
      import { useBatchPriority } from ${JSON.stringify(new URL("./priority.ts", import.meta.url).href)};
      const taken = useBatchPriority();
      const fields = Deno.readTextFileSync("/proc/thread-self/stat").split(") ")[1].split(" ");
      console.log(JSON.stringify({ taken, policy: Number(fields[${POLICY_FIELD - 3}]) }));`;
    const ask = async (prefix: readonly string[]) => {
      const [program, ...args] = [...prefix, Deno.execPath(), "eval", "--quiet", code];
      const { stdout, stderr } = await new Deno.Command(program!, { args }).output();
      assert.ok(stdout.length > 0, new TextDecoder().decode(stderr));
      return JSON.parse(new TextDecoder().decode(stdout)) as { taken: boolean; policy: number };
    };
    assert.deepEqual(await ask([]), { taken: true, policy: SCHED_BATCH });
    assert.deepEqual(await ask(["chrt", "--idle", "0"]), { taken: false, policy: SCHED_IDLE });
  },
});
