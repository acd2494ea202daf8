import assert from "node:assert/strict";
import { join } from "node:path";

/** What /proc shows of a thread's scheduling. */
interface Scheduling {
  readonly nice: number;
  readonly policy: number;
}

const [OTHER, RR, BATCH, IDLE] = [0, 2, 3, 5];

/** Evaluates code under a command that changes a process's scheduling, with `look()` to see this thread's. */
async function under(command: readonly string[], code: string): Promise<Scheduling[]> {
  const whole = `
    import * as priority from ${JSON.stringify(`file://${join(import.meta.dirname!, "priority.ts")}`)};
    const seen = [];
    const look = () => {
      const fields = Deno.readTextFileSync("/proc/thread-self/stat").split(") ")[1].split(" ");
      seen.push({ nice: Number(fields[16]), policy: Number(fields[38]) });
    };
    ${code}
    console.log(JSON.stringify(seen));`;
  const [program, ...args] = [...command, Deno.execPath(), "eval", "--quiet", whole];
  const { stdout, stderr } = await new Deno.Command(program!, { args }).output();
  assert.ok(stdout.length > 0, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout)) as Scheduling[];
}

const ignore = Deno.build.os !== "linux";

Deno.test({
  name: "a user's niceness stays while a thread has a short slice or batch priority, and afterwards",
  ignore,
  async fn() {
    const seen = await under(
      ["nice", "-n", "7"],
      `priority.askForShortSlice(); look();
       await priority.withBatchPriority(async () => look(), console.error); look();
       priority.lendRealTime(() => {}, () => {}); look();`,
    );
    assert.deepEqual(seen, [OTHER, BATCH, OTHER, OTHER].map((policy) => ({ nice: 7, policy })));
  },
});

Deno.test({
  name: "a scheduling policy that the user chose is left as it is",
  ignore,
  async fn() {
    const code = `priority.askForShortSlice(); look();
      await priority.withBatchPriority(async () => look(), console.error); look();`;
    for (const [option, policy] of [["--batch", BATCH], ["--idle", IDLE]] as const) {
      const seen = await under(["chrt", option, "0"], code);
      assert.deepEqual(seen.map((each) => each.policy), [policy, policy, policy], option);
    }
  },
});

Deno.test({
  name: "a thread with a user's own real-time priority keeps it",
  ignore,
  async fn() {
    const chrt = ["chrt", "--rr", "3"];
    const allowed = await new Deno.Command(chrt[0]!, { args: [...chrt.slice(1), "true"] }).output();
    if (!allowed.success) return;
    const code = `priority.askForShortSlice(); look(); priority.askForRealTime(); look();
      await priority.withBatchPriority(async () => look(), console.error); look();`;
    const seen = await under(chrt, code);
    assert.deepEqual(seen.map(({ policy }) => policy), [RR, RR, RR, RR]);
  },
});

Deno.test({
  name: "where the system does not give a priority back, that is said",
  ignore,
  async fn() {
    // A thread that has made itself nicer meanwhile needs a privilege to be as before.
    const plain = Deno.uid() === 0 ? ["setpriv", "--bounding-set", "-sys_nice"] : [];
    const [program, ...args] = [
      ...plain,
      Deno.execPath(),
      "eval",
      "--quiet",
      `
      import { setPriority } from "node:os";
      import * as priority from ${JSON.stringify(`file://${join(import.meta.dirname!, "priority.ts")}`)};
      await priority.withBatchPriority(async () => setPriority(0, 15), (note) => console.log(note));`,
    ];
    const { stdout, stderr } = await new Deno.Command(program!, { args }).output();
    assert.match(
      new TextDecoder().decode(stdout),
      /^A thread of Benchbook could not be scheduled as before again \(policy 0, niceness -?\d+\): .* niceness 15\.$/m,
      new TextDecoder().decode(stderr),
    );
  },
});
