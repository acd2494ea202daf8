import assert from "node:assert/strict";
import { InterruptedError, ServiceError } from "../model/errors.ts";
import { Kernel } from "./kernel.ts";
import { freePorts } from "./process.ts";
import { temporaryDirectory } from "./testing.ts";

const LIMIT = { timeoutMs: 60_000 };

Deno.test("a kernel that is asked one cell after another", async (t) => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let attempts = 0;
  const ports = () => {
    const [first, ...others] = freePorts(5);
    return [attempts++ === 0 ? (taken.addr as Deno.NetAddr).port : first!, ...others];
  };
  await using kernel = await Kernel.start({ cwd: Deno.cwd(), ports });
  await t.step(
    "a port that another program took, and answers nothing on, has led to another attempt",
    () => assert.ok(attempts > 1),
  );
  await t.step(
    "gives outputs complete and in order, printed and displayed, awaited or not",
    () => ordered(kernel),
  );
  await t.step("tells every way in which a cell fails from the others, and goes on", () => failures(kernel));
  // It leaves the kernel without its console.
  await t.step("finds the end of a cell that replaces what the fence could use", async () => {
    const code = `console.log = () => {}; globalThis.setTimeout = () => 0; 5`;
    const { outputs } = await kernel.execute(code, LIMIT);
    assert.deepEqual(outputs, [{ mime: { "text/plain": "5" } }]);
  });
  await t.step("reports a cell that ends it as its end", async () => {
    const { failure } = await kernel.execute("Deno.exit(7)", LIMIT);
    assert.deepEqual([failure?.kind, failure?.message], ["died", "the kernel ended (exit code 7)"]);
  });
});

async function ordered(kernel: Kernel): Promise<void> {
  const { outputs, failure } = await kernel.execute(
    `for (let i = 0; i < 500; i++) console.log(i);
     console.error("careful");
     Deno.jupyter.display(Deno.jupyter.html\`<b>late</b>\`);
     "result"`,
    LIMIT,
  );
  assert.equal(failure, null);
  const streams = outputs.flatMap((output) => "stream" in output ? [output] : []);
  const numbers = Array.from({ length: 500 }, (_, i) => `${i}\n`).join("");
  const printed = (name: string) => streams.filter((s) => s.stream === name).map((s) => s.text).join("");
  assert.equal(printed("stdout"), numbers);
  assert.equal(printed("stderr"), "careful\n");
  const shown = outputs.flatMap((output) => "mime" in output ? [output.mime] : []);
  assert.deepEqual(shown, [{ "text/html": "<b>late</b>" }, { "text/plain": '"result"' }]);
  // Nothing of one cell, nor of its fence, reaches the next.
  assert.deepEqual(await kernel.execute("const next = 1;", LIMIT), { outputs: [], failure: null });
}

async function failures(kernel: Kernel): Promise<void> {
  const fail = async (code: string) => (await kernel.execute(code, LIMIT)).failure;
  const thrown = await fail(`throw new RangeError("far")`);
  assert.deepEqual([thrown?.kind, thrown?.name, thrown?.message], ["error", "RangeError", "far"]);
  assert.equal((await fail(`throw "text"`))?.message, "text");
  assert.equal((await fail("let x = ;"))?.kind, "syntax");
  const shown = await fail(`({ [Deno.jupyter.$display]() { throw new Error("while shown") } })`);
  assert.deepEqual([shown?.kind, shown?.message], ["error", "while shown"]);
  const rejected = await fail(`void Promise.reject(new Error("lost"));`);
  assert.deepEqual([rejected?.kind, rejected?.message], ["unhandled", "lost"]);
  const timer = await fail(`setTimeout(() => { throw new Error("timer"); }, 0); 1`);
  assert.deepEqual([timer?.kind, timer?.message], ["unhandled", "timer"]);
  assert.equal(await fail("1 + 1"), null);
}

Deno.test("a cell that never ends is cut off, with what it displayed before", async () => {
  const endings = ["await new Promise(() => {});", "while (true);"].map(async (endless) => {
    await using kernel = await Kernel.start({ cwd: Deno.cwd() });
    const code = `await Deno.jupyter.display({ "text/plain": "begun" }, { raw: true }); ${endless}`;
    const { outputs, failure } = await kernel.execute(code, { timeoutMs: 2000 });
    assert.deepEqual([failure?.kind, failure?.message], ["timeout", "it did not end within 2 s"]);
    assert.deepEqual(outputs, [{ mime: { "text/plain": "begun" } }]);
  });
  await Promise.all(endings);
});

Deno.test("a cell that prints without end is cut off before it fills the memory", async () => {
  await using kernel = await Kernel.start({ cwd: Deno.cwd() });
  const { failure } = await kernel.execute('const line = "x".repeat(1e6); while (true) console.log(line);', {
    timeoutMs: 60_000,
  });
  assert.deepEqual([failure?.kind, failure?.message], ["flood", "it printed and displayed more than 64 MiB"]);
});

Deno.test("a cell that takes memory without end is cut off before nobody else has any", async () => {
  await using kernel = await Kernel.start({ cwd: import.meta.dirname! });
  // Not of V8's heap, whose limit would end it.
  const code =
    "const all = []; for (;;) { all.push(new Uint8Array(2e7).fill(1)); await new Promise((r) => setTimeout(r, 20)); }";
  const { failure } = await kernel.execute(code, { timeoutMs: 60_000, memoryBytes: 400 * 2 ** 20 });
  assert.deepEqual([failure?.kind, failure?.message], ["flood", "it took more than 400 MiB of memory"]);
});

Deno.test("a kernel that the terminal's Ctrl-C reached first counts as interrupted", async () => {
  await using kernel = await Kernel.start({ cwd: Deno.cwd() });
  await assert.rejects(
    kernel.execute('Deno.kill(Deno.pid, "SIGINT"); while (true);', LIMIT),
    InterruptedError,
  );
});

Deno.test("an abort interrupts a running cell at once", async () => {
  await using kernel = await Kernel.start({ cwd: Deno.cwd() });
  const controller = new AbortController();
  const running = kernel.execute("while (true);", { ...LIMIT, signal: controller.signal });
  controller.abort();
  await assert.rejects(running, InterruptedError);
});

Deno.test("a kernel that cannot start in time is a service error that says why", async () => {
  await assert.rejects(
    Kernel.start({ cwd: Deno.cwd(), startMs: 1 }),
    (error) =>
      error instanceof ServiceError && /^Cannot start the Deno kernel within 1 ms: /.test(error.message),
  );
});

Deno.test("a kernel ends with the process that started it, even when that is killed", async () => {
  await using directory = await temporaryDirectory();
  const module = import.meta.resolve("./kernel.ts");
  const script = `${directory.path}/starts.ts`;
  await Deno.writeTextFile(
    script,
    `import { Kernel } from ${JSON.stringify(module)};
     const kernel = await Kernel.start({ cwd: Deno.cwd() });
     const listen = 'Deno.listen({ hostname: "127.0.0.1", port: 0 }).addr.port';
     const { outputs } = await kernel.execute(listen, { timeoutMs: 60_000 });
     console.log(outputs[0].mime["text/plain"]);
     await new Promise((resolve) => setTimeout(resolve, 60_000));`,
  );
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const starter = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--config", config, script],
    stdout: "piped",
    stdin: "null",
    env: { NO_COLOR: "1" },
  }).spawn();
  const reader = starter.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const port = Number((await reader.read()).value?.trim());
  await reader.cancel();
  starter.kill("SIGKILL");
  await starter.status;
  assert.ok(port > 0);
  // The kernel listens as long as it lives: unlike its pid, a zombie's port is free.
  // Signal 0 asks whether the process is there.
  const deadline = performance.now() + 60_000;
  while (await listens(port)) {
    assert.ok(performance.now() < deadline, `the kernel outlives its starter`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
});

async function listens(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return false;
    throw error;
  }
}
