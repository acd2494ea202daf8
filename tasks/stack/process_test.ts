import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { ServiceError } from "../model/errors.ts";
import { identify, isAlive, launch, logTail, self, stopProcess } from "./process.ts";
import { withTempHome } from "./testing.ts";
import { sleep } from "../net/sleep.ts";

const shell = (home: string, script: string) => ({
  command: "/bin/sh",
  args: ["-c", script],
  env: { PATH: "/usr/bin:/bin" },
  cwd: "/",
  log: join(home, "logs", "child.log"),
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}

Deno.test("a pid names a process only together with the moment it was started", () => {
  assert.ok(isAlive(self()));
  assert.equal(self().pid, process.pid);
  assert.ok(!isAlive({ pid: process.pid, startedAt: "another time" }));
  assert.equal(identify(0), null);
  assert.equal(identify(-1), null);
  assert.equal(identify(2 ** 30), null);
});

Deno.test("a process whose pid was reused is never signalled", async () => {
  await withTempHome(async (home) => {
    const child = await launch(shell(home, "exec sleep 60"));
    try {
      assert.equal(await stopProcess({ ...child.id, startedAt: "before" }, "SIGTERM"), "absent");
      assert.ok(isAlive(child.id));
    } finally {
      assert.equal(await stopProcess(child.id, "SIGTERM"), "stopped");
    }
    assert.ok(!isAlive(child.id));
  });
});

Deno.test("a process that does not listen is killed after the patience", async () => {
  await withTempHome(async (home) => {
    const child = await launch(shell(home, "trap '' TERM; echo ready; while :; do sleep 1; done"));
    try {
      await until(() => logTail(join(home, "logs", "child.log")) === "ready");
    } finally {
      assert.equal(await stopProcess(child.id, "SIGTERM", 100), "killed");
    }
    assert.ok(!isAlive(child.id));
  });
});

Deno.test("a child has a session of its own, its secrets come by stdin and its words go to a log", async () => {
  await withTempHome(async (home) => {
    const child = await launch({
      ...shell(home, "read secret; echo got $secret; ps -o sid= -p $$ 2>/dev/null || echo $$; echo $$; env"),
      stdin: "a-secret\n",
      awaited: true,
    });
    assert.equal(await child.ended, "exit code 0");
    const [first, session, pid, ...environment] = readFileSync(join(home, "logs", "child.log"), "utf8").trim()
      .split("\n");
    assert.equal(first, "got a-secret");
    assert.equal(session!.trim(), pid);
    assert.ok(!environment.some((line) => line.includes("HOME=") || line.includes("a-secret")));
  });
});

Deno.test("a program that does not exist is a service error", async () => {
  await withTempHome(async (home) => {
    await assert.rejects(
      launch({ ...shell(home, ""), command: join(home, "absent") }),
      (error) => error instanceof ServiceError && error.message.includes("Cannot start"),
    );
  });
});

Deno.test("the tail of a log is its last lines, and nothing when there is no log", async () => {
  await withTempHome((home) => {
    const path = join(home, "log");
    assert.equal(logTail(path), "");
    writeFileSync(path, "1\n2\n3\n");
    assert.equal(logTail(path, 2), "2\n3");
    return Promise.resolve();
  });
});

Deno.test("a child that ends at once is one that has ended, whoever is faster", async () => {
  await withTempHome(async (home) => {
    const children = Array.from(
      { length: 50 },
      () => launch({ ...shell(home, "echo in use; exit 1"), awaited: true }),
    );
    for (const child of await Promise.all(children)) {
      assert.equal(await child.ended, "exit code 1");
      assert.ok(child.hasEnded() && !isAlive(child.id));
      assert.match(child.words(), /^in use$/m);
      assert.equal(await stopProcess(child.id, "SIGTERM"), "absent");
    }
  });
});
