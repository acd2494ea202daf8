import assert from "node:assert/strict";
import { HostReader } from "./host_reader.ts";
import { othersShare, parseProcess } from "./proc.ts";
import { sleep } from "../net/sleep.ts";

Deno.test("what others used is what the host used without our processes, and unknown where one of ours ended", () => {
  const ticks = (used: number, total: number) => ({ user: used, system: 0, iowait: 0, steal: 0, total });
  assert.equal(othersShare(ticks(100, 1000), ticks(200, 1200), 0.4), 0.3);
  assert.equal(othersShare(ticks(100, 1000), ticks(200, 1200), 1.2), 0);
  assert.equal(othersShare(ticks(100, 1000), ticks(200, 1200), -1), null);
  assert.equal(othersShare(ticks(100, 1000), ticks(100, 1000), 0), null);
});

Deno.test({
  name: "a busy loop beside us counts as others' use of the CPU, and the same loop as ours does not",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const loop = new Deno.Command("sh", { args: ["-c", "while :; do :; done"] }).spawn();
    const stat = `/proc/${loop.pid}/stat`;
    try {
      const beside = new HostReader(() => ({}));
      const ours = new HostReader(() => ({ loop: loop.pid }));
      beside.read();
      ours.read();
      const before = cpuTicks(stat);
      // However busy the machine is: until the loop had a third of a second.
      while (cpuTicks(stat) - before < 33) await sleep(50);
      const [counted, left] = [beside, ours].map((reader) =>
        reader.read().find(({ metric }) => metric === "cpu_others")?.value
      );
      assert.ok(counted !== undefined && left !== undefined);
      assert.ok(counted > left + 0.02, `${counted} with the loop, ${left} without`);
    } finally {
      loop.kill("SIGKILL");
      await loop.status;
    }
  },
});

Deno.test({
  name: "a service that restarts is followed as what it has become",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const start = () => new Deno.Command("sleep", { args: ["60"] }).spawn();
    let service = start();
    const reader = new HostReader(() => ({ service: service.pid }));
    const count = () => reader.read().find(({ metric }) => metric === "process_count")?.value;
    try {
      assert.equal(count(), 1);
      service.kill("SIGKILL");
      await service.status;
      assert.equal(count(), undefined);
      service = start();
      assert.equal(count(), 1);
    } finally {
      service.kill("SIGKILL");
      await service.status;
    }
  },
});

function cpuTicks(path: string): number {
  return parseProcess(Deno.readTextFileSync(path))!.own;
}
