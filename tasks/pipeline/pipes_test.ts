import assert from "node:assert/strict";
import { join } from "node:path";
import { readEnvFile } from "../config.ts";
import { readCalibration } from "./calibrate.ts";
import { acquireLock, inspectLock } from "../stack/lock.ts";
import { readRecords } from "../stack/state.ts";

Deno.test("a pipe in place of a file of the home is not waited for", () => {
  const dir = Deno.makeTempDirSync({ prefix: "benchbook-pipes-" });
  const home = join(dir, "home");
  const pipe = (name: string) => {
    assert.equal(new Deno.Command("mkfifo", { args: [join(home, name)] }).outputSync().success, true);
    return join(home, name);
  };
  try {
    acquireLock(home, "a test").release();
    Deno.removeSync(join(home, "bench.lock"));
    pipe("bench.lock");
    assert.deepEqual(inspectLock(home), { state: "free", holder: null });
    acquireLock(home, "a test").release();
    pipe("stack.json");
    assert.deepEqual(readRecords(home), []);
    pipe("calibration.json");
    assert.equal(readCalibration(home), null);
    assert.throws(() => readEnvFile(pipe(".env")), /Cannot read .*\.env: it is a pipe, not a file/);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
});
