import assert from "node:assert/strict";
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import { withRedis, withTempHome } from "../stack/testing.ts";
import { assertAsFound, difference } from "./facts.ts";
import { lookAtFolder } from "./look_at_folder.ts";
import { findProcesses, lookAtProcesses } from "./look_at_processes.ts";
import { lookAround } from "./surroundings.ts";
import { sleep } from "../net/sleep.ts";

/** A command of Redis, and the line that must tell. */
const REDIS_CHANGES: readonly [command: string, line: RegExp][] = [
  ["SET new 1", /^\+ Redis: database 0: key new$/],
  ["SET text b", /^~ Redis: database 0: key text: content /],
  ["PEXPIREAT text 4102444800000", /^~ Redis: database 0: key text: expires false → 4102444800000$/],
  ["PEXPIREAT text 4102444800001", /^~ Redis: database 0: key text: expires 4102444800000 → 4102444800001$/],
  ["PERSIST text", /^~ Redis: database 0: key text: expires 4102444800001 → false$/],
  ["HSET hash field other", /^~ Redis: database 0: key hash: content /],
  ["RPUSH list z", /^~ Redis: database 0: key list: content /],
  ["SADD set z", /^~ Redis: database 0: key set: content /],
  ["ZADD zset 9 a", /^~ Redis: database 0: key zset: content /],
  ["XADD stream 9-9 a b", /^~ Redis: database 0: key stream: content /],
  ["XGROUP CREATE stream readers 0", /^~ Redis: database 0: key stream: content /],
  ["PFADD sketch z", /^~ Redis: database 0: key sketch: content /],
  ["SETRANGE text 0 c", /^~ Redis: database 0: key text: content /],
  ["LSET list 0 b", /^~ Redis: database 0: key list: content /],
  ["HDEL hash field", /^- Redis: database 0: key hash$/],
  [
    "FUNCTION LOAD #!lua\0name=lib\nredis.register_function('f',function()return'x'end)",
    /^~ Redis: functions: /,
  ],
  ["DEL list", /^- Redis: database 0: key list$/],
  ["RENAME set other", /^- Redis: database 0: key set$/],
  ["COPY zset text REPLACE", /^~ Redis: database 0: key text: type string → zset$/],
  ["MOVE text 3", /^\+ Redis: database 3: key text$/],
  ["ACL SETUSER guest on nopass", /^\+ Redis: user user guest /],
  ["CONFIG SET maxmemory 50mb", /^~ Redis: setting maxmemory: \d+ → 52428800$/],
  ["FLUSHALL", /^- Redis: database 3: key text$/],
];

Deno.test("every kind of change to Redis shows, and looking changes nothing", async () => {
  await withRedis(async (url) => {
    const redis = new Redis(url, { connectionName: "shopper" });
    const run = (command: string) => {
      const [name, ...args] = command.split(" ");
      return redis.call(name!, ...args.map((word) => word.replaceAll("\0", " ")));
    };
    try {
      await Promise.all([
        "SET text a",
        "HSET hash field value",
        "RPUSH list a b",
        "SADD set a b",
        "ZADD zset 1 a",
        "XADD stream 1-1 a b",
        "PFADD sketch a",
      ].map(run));
      const seen = await lookAround({ redis: url });
      assertAsFound(seen, await lookAround({ redis: url }));
      for (const [command, expected] of REDIS_CHANGES) {
        const before = await lookAround({ redis: url });
        await run(command);
        const lines = difference(before, await lookAround({ redis: url }));
        assert.ok(lines.some((line) => expected.test(line)), `${command}:\n${lines.join("\n")}`);
      }
      const other = new Redis(url, { connectionName: "someone" });
      await other.ping();
      const lines = difference(seen, await lookAround({ redis: url }));
      assert.ok(
        lines.some((line) => /^\+ Redis: connection of default \(someone\)/.test(line)),
        lines.join("\n"),
      );
      other.disconnect();
    } finally {
      redis.disconnect();
    }
  });
});

Deno.test("every kind of change to a folder shows", () =>
  withTempHome((home) => {
    const at = (name: string) => join(home, name);
    mkdirSync(at("folder"));
    writeFileSync(at("folder/file"), "old");
    writeFileSync(at("gone"), "");
    symlinkSync("gone", at("link"));
    const changes: [() => void, RegExp][] = [
      [() => writeFileSync(at("folder/file"), "new"), /^~ folder\/file: content /],
      [() => chmodSync(at("folder/file"), 0o600), /^~ folder\/file: mode \d+ → 600$/],
      [() => writeFileSync(at("folder/more"), "x"), /^\+ folder\/more$/],
      [() => rmSync(at("gone")), /^- gone$/],
      [() => mkdirSync(at("gone")), /^\+ gone$/],
      [() => {
        rmSync(at("link"));
        symlinkSync("elsewhere", at("link"));
      }, /^~ link: target gone → elsewhere$/],
      [() => rmSync(at("folder"), { recursive: true }), /^- folder$/],
    ];
    for (const [change, expected] of changes) {
      const before = lookAtFolder(home);
      assertAsFound(before, lookAtFolder(home));
      change();
      const lines = difference(before, lookAtFolder(home));
      assert.ok(lines.some((line) => expected.test(line)), `${expected}: ${lines.join("\n")}`);
    }
    writeFileSync(at("noise.log"), "");
    assert.ok(!lookAtFolder(home, [/\.log$/]).has("noise.log"));
    return Promise.resolve();
  }));

Deno.test({
  name: "processes show by folder, environment, session, group and descent",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withTempHome(async (home) => {
      const shell = new Deno.Command("setsid", {
        args: ["sh", "-c", "sleep 60 & echo started; wait"],
        cwd: home,
        env: { BENCHBOOK_HOME: home },
        stdout: "piped",
      }).spawn();
      const environment = `BENCHBOOK_HOME=${home}`;
      try {
        await shell.stdout.getReader().read();
        // The shell goes on before its child has become what it is to run.
        const isThere = () => [...lookAtProcesses({ environment }).values()].map(String).includes("sleep 60");
        for (let wait = 0; wait < 3000 && !isThere(); wait++) await sleep(10);
        const found = findProcesses({ environment });
        assert.equal(found.length, 2);
        const { session, group } = found[0]!;
        for (const marks of [{ folder: home }, { session }, { group }, { descendantsOf: shell.pid }]) {
          const commands = [...lookAtProcesses(marks).values()].map(String);
          assert.ok(commands.includes("sleep 60"), `${JSON.stringify(marks)}: ${commands}`);
        }
        assert.match(
          difference(new Map(), lookAtProcesses({ environment })).join(),
          /\+ process \d+ \(sleep 60\)/,
        );
      } finally {
        for (const { pid } of findProcesses({ environment })) Deno.kill(pid, "SIGKILL");
        await shell.status;
        await shell.stdout.cancel().catch(() => {});
      }
      // The child of a killed shell is the system's to bury.
      for (let wait = 0; wait < 3000 && findProcesses({ environment }).length > 0; wait++) {
        await sleep(20);
      }
      assert.deepEqual(difference(new Map(), lookAtProcesses({ environment })), []);
    }),
});
