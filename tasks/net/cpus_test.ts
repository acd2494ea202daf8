import assert from "node:assert/strict";
import { libc } from "./libc.ts";
import { allowedCpus, cpuList, pin, unpin } from "./cpus.ts";

Deno.test("a list of CPUs is read as Linux writes it", () => {
  assert.deepEqual(cpuList("0"), [0]);
  assert.deepEqual(cpuList("0-2,5,7-8"), [0, 1, 2, 5, 7, 8]);
  assert.deepEqual(cpuList(""), []);
});

Deno.test({
  name: "the CPUs that this process may use are among those that there are",
  ignore: Deno.build.os !== "linux",
  fn() {
    const cpus = allowedCpus();
    assert.ok(cpus.length >= 1 && cpus.length <= navigator.hardwareConcurrency);
    assert.deepEqual(cpus, [...new Set(cpus)].sort((a, b) => a - b));
  },
});

Deno.test({
  name: "a thread that stays on fewer CPUs is told, and one that has ended is not",
  ignore: libc() === null,
  fn() {
    const cpus = allowedCpus();
    // No machine here has that one.
    assert.match(unpin(0, [1023])!, /could not be let onto the CPUs 1023 again/);
    assert.equal(unpin(2 ** 22 + 1, cpus), null);
    assert.ok(pin(0, cpus[0]!));
    assert.equal(unpin(0, cpus), null);
    assert.deepEqual(cpuListOfThread(), cpus);
  },
});

function cpuListOfThread(): number[] {
  const status = Deno.readTextFileSync("/proc/thread-self/status");
  return cpuList(/^Cpus_allowed_list:\s*(\S+)$/m.exec(status)![1]!);
}
