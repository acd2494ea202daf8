import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findProgram } from "./programs.ts";
import { unpackRedis } from "./redis_packages.ts";
import { withTempHome } from "./testing.ts";

Deno.test({
  name: "Redis is unpacked beside what is somebody else's, and replaces only what was unpacked before",
  ignore: findProgram("apt-get") === null,
  fn: () =>
    withTempHome(async (home) => {
      await Deno.remove(join(home, "redis"), { recursive: true }).catch(() => {});
      const theirs = mkdtempSync(join(tmpdir(), "benchbook-test-"));
      const write = (path: string) => {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, "theirs");
      };
      write(join(theirs, "work-notes", "plan.txt"));
      write(join(theirs, "root", "photo.jpg"));
      try {
        symlinkSync(theirs, join(home, "redis"));
        const program = await unpackRedis(home);
        assert.ok(typeof program !== "string", String(program));
        assert.equal(readFileSync(join(theirs, "work-notes", "plan.txt"), "utf8"), "theirs");
        const aside = readdirSync(theirs).filter((name) => name.startsWith("root."));
        assert.equal(aside.length, 1);
        assert.equal(readFileSync(join(theirs, aside[0]!, "photo.jpg"), "utf8"), "theirs");
        // Of ours nothing is left but the one that starts.
        rmSync(program.command);
        assert.ok(typeof await unpackRedis(home) !== "string");
        assert.ok(existsSync(program.command));
        assert.deepEqual(readdirSync(theirs).sort(), ["lock", "root", aside[0], "work-notes"]);
      } finally {
        rmSync(theirs, { recursive: true, force: true });
      }
    }),
});
