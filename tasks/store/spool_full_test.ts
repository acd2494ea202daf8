import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { ServiceError } from "../model/errors.ts";
import { keepRun } from "./spool.ts";
import { bareRun, withTempDir } from "./testing.ts";

Deno.test({
  name: "a run that its disk cannot keep any more is a sentence, and no defect",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withTempDir((dir) => {
      symlinkSync("/dev/full", join(dir, "run.json.part"));
      assert.throws(() => keepRun(dir, bareRun("20260301-140509-ab12")), (error) => {
        assert.ok(error instanceof ServiceError);
        assert.match(error.message, /^Cannot keep the run in .*: No space left on device/);
        return true;
      });
    }),
});
