import assert from "node:assert/strict";
import { withDatabase } from "../stack/testing_shared.ts";

/** What a load says about itself in a process that may open no library at all. */
async function loadWithoutLibrary(url: string): Promise<{ ok: number; native: number[]; rows: number }> {
  const here = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
  const code = `
    import { oneArmPlan, readRecords } from ${here("../selfbench/one_arm.ts")};
    import { EventHub } from ${here("./event_hub.ts")};
    import { runLoad } from ${here("./run_load.ts")};
    const dir = Deno.makeTempDirSync();
    try {
      const plan = oneArmPlan({
        target: { path: "sql", url: ${JSON.stringify(url)} },
        text: "SELECT $1::int AS n", params: { n: { kind: "integer", min: 1, max: 9 } },
        load: { arrivals: "constant", rate: 100 }, warmup: 0, seconds: 1.2, connections: 2,
      }, dir);
      const native = [];
      const events = new EventHub();
      events.on("sample", (samples) => native.push(...samples.filter(({ metric }) => metric === "native_loop")));
      const { progress } = await runLoad({ plan, signal: new AbortController().signal, events });
      const rows = readRecords(plan).rows;
      console.log(JSON.stringify({ ok: progress.ok, native: native.map(({ value }) => value), rows }));
    } finally {
      Deno.removeSync(dir, { recursive: true });
    }`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--allow-all", "--deny-ffi", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(code));
  await writer.close();
  const { stdout, stderr } = await child.output();
  assert.ok(stdout.length > 0, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test("where no C library can be opened Deno's loop makes the load, and the samples say so", async () => {
  await withDatabase(async (url) => {
    const { ok, native, rows } = await loadWithoutLibrary(url);
    assert.ok(ok > 100, `${ok} answers`);
    assert.equal(rows, ok);
    assert.ok(native.length > 0 && native.every((value) => value === 0), `${native}`);
  });
});
