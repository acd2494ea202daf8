import assert from "node:assert/strict";
import { allowedCpus, cpuList } from "./cpus.ts";

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
