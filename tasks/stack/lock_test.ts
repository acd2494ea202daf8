import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { ServiceError } from "../model/errors.ts";
import { acquireLock, inspectLock } from "./lock.ts";
import { withTempHome } from "./testing.ts";

Deno.test("a home is locked by one task at a time, and the refused one learns by whom", async () => {
  await withTempHome((home) => {
    const lock = acquireLock(home, "bench access-paths");
    assert.throws(
      () => acquireLock(home, "seed"),
      (error) =>
        error instanceof ServiceError && error.exitCode === 3 &&
        error.message.startsWith("Cannot run seed now:") &&
        error.message.includes(`"bench access-paths" (process ${process.pid}`),
    );
    assert.equal(inspectLock(home).state, "held");
    lock.release();
    lock.release();
    assert.equal(inspectLock(home).state, "free");
    acquireLock(home, "seed").release();
    return Promise.resolve();
  });
});

Deno.test("the lock of a process that was killed is taken over", async () => {
  await withTempHome(async (home) => {
    const holder = new Deno.Command(Deno.execPath(), {
      args: [
        "eval",
        `import { acquireLock } from ${JSON.stringify(import.meta.resolve("./lock.ts"))};
        acquireLock(Deno.args[0], "bench"); console.log("locked"); setInterval(() => {}, 1000);`,
        home,
      ],
      cwd: import.meta.dirname,
      stdout: "piped",
    }).spawn();
    const output = holder.stdout.getReader();
    try {
      await output.read();
      assert.throws(() => acquireLock(home, "bench"), ServiceError);
    } finally {
      holder.kill("SIGKILL");
      await holder.status;
      await output.cancel();
    }
    assert.equal(inspectLock(home).state, "stale");
    acquireLock(home, "bench").release();
  });
});

Deno.test("a lock file that cannot be read does not block", async () => {
  await withTempHome((home) => {
    writeFileSync(join(home, "bench.lock"), "{torn");
    acquireLock(home, "bench").release();
    return Promise.resolve();
  });
});

Deno.test("a lock that was given free is free, whatever other threads start meanwhile", async () => {
  const starting = new Worker(
    `data:text/javascript,${
      encodeURIComponent(`
        const stop = new Int32Array((await new Promise((resolve) => self.onmessage = resolve)).data);
        while (stop[0] === 0) new Deno.Command("true").outputSync();
        self.postMessage("ended");`)
    }`,
    { type: "module" },
  );
  const ended = new Promise((resolve) => starting.onmessage = resolve);
  const stop = new Int32Array(new SharedArrayBuffer(4));
  starting.postMessage(stop.buffer);
  try {
    await withTempHome((home) => {
      for (let times = 0; times < 3000; times++) {
        acquireLock(home, "bench").release();
        inspectLock(home);
      }
      return Promise.resolve();
    });
  } finally {
    stop[0] = 1;
    await ended;
    starting.terminate();
  }
});
