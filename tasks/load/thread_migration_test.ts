import assert from "node:assert/strict";
import { allowedCpus } from "../net/cpus.ts";
import { withDatabase } from "../stack/testing_shared.ts";

/** The samples of thread migration of a load that is made without real-time priority. */
async function migrationOf(url: string, threadMigration?: boolean): Promise<Record<string, number[]>> {
  const here = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
  const code = `
    import { oneArmPlan } from ${here("../selfbench/one_arm.ts")};
    import { EventHub } from ${here("./event_hub.ts")};
    import { runLoad } from ${here("./run_load.ts")};
    const dir = Deno.makeTempDirSync();
    try {
      const plan = { ...oneArmPlan({
        target: { path: "sql", url: ${JSON.stringify(url)} },
        text: "SELECT $1::int AS n", params: { n: { kind: "integer", min: 1, max: 9 } },
        load: { arrivals: "constant", rate: 100 }, warmup: 0, seconds: 20, connections: 2,
      }, dir), threadMigration: ${threadMigration} };
      const told = { real_time: [], thread_migration: [], thread_moves: [] };
      // A second is enough, if this thread gets any of it.
      const enough = new AbortController();
      const events = new EventHub();
      events.on("sample", (samples) => {
        samples.forEach(({ metric, value }) => told[metric]?.push(value));
        if (told.thread_migration.length > 0) enough.abort();
      });
      await runLoad({ plan, signal: enough.signal, events });
      console.log(JSON.stringify(told));
    } finally {
      Deno.removeSync(dir, { recursive: true });
    }`;
  // Root has the right to it whatever the limit is.
  const without = Deno.uid() === 0 ? ["setpriv", "--bounding-set", "-sys_nice"] : ["prlimit", "--rtprio=0"];
  const [program, ...args] = [...without, Deno.execPath(), "run", "--quiet", "--no-check", "-A", "-"];
  const child = new Deno.Command(program!, { args, stdin: "piped", stdout: "piped", stderr: "piped" })
    .spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(code));
  await writer.close();
  const { stdout, stderr } = await child.output();
  assert.ok(stdout.length > 0, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test({
  name: "samples say that a generator may be moved from core to core and how often it was, unless it may not",
  ignore: Deno.build.os !== "linux" || allowedCpus().length < 2 || allowedCpus().length > 3,
  async fn() {
    await withDatabase(async (url) => {
      const on = await migrationOf(url);
      assert.deepEqual([on.real_time![0], on.thread_migration![0]], [0, 1]);
      assert.ok(on.thread_moves!.length > 0 && on.thread_moves!.every((moves) => moves >= 0 && moves < 5000));
      assert.deepEqual(
        await migrationOf(url, false).then(({ thread_migration, thread_moves }) => [
          thread_migration![0],
          thread_moves,
        ]),
        [0, []],
      );
    });
  },
});
