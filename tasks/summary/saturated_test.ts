import assert from "node:assert/strict";
import type { Sample } from "../model/run.ts";
import { openRun } from "../store/read.ts";
import { withTempDir } from "../store/testing.ts";
import { saturated } from "./saturated.ts";
import { summarise } from "./summarise.ts";
import { fixtureRun } from "./testing.ts";

const SHORT = { blocks: 4, blockSeconds: 0.95, warmupSeconds: 0.6, rate: 100 } as const;

/**
 * The texts of a run whose one thread uses so much of a core after the warm-up, on two cores of which so much is busy.
 */
async function warned(loop: "open" | "closed", cpuCores: number, busy: number): Promise<string[]> {
  return await withTempDir(async (dir) => {
    const samples = (rest: Sample[]) =>
      rest.filter(({ source }) => source !== "generator").map((sample): Sample =>
        sample.source !== "host" ? sample : {
          ...sample,
          value: sample.metric === "cpu_user" ? busy : sample.metric.startsWith("cpu") ? 0 : sample.value,
        }
      ).concat(Array.from({ length: 12 }, (_, second): Sample => ({
        atUs: second * 1e6 + 500,
        source: "generator",
        metric: "cpu_cores",
        labels: { worker: "0" },
        value: second === 0 ? 0.1 : cpuCores,
      })));
    const { db, runId } = await fixtureRun(dir, { ...SHORT, loop, samples });
    const { warnings } = await summarise(await openRun(runId, { db }), runId);
    return warnings.filter(({ code }) => code === "generator-saturated").map(({ text }) => text);
  });
}

Deno.test("a closed loop whose thread is busy while cores are idle says that it is the limit, and what helps", async () => {
  assert.deepEqual(await warned("closed", 0.96, 0.75), [
    "Generator saturated: its thread used 96 % of a core while 0.5 of 2 cores were idle. The system could have " +
    "answered more: use --workers 2.",
  ]);
  assert.deepEqual(await warned("closed", 0.85, 0.75), [], "the thread had time left");
  assert.deepEqual(await warned("closed", 0.96, 0.95), [], "nobody had");
  assert.deepEqual(await warned("open", 0.96, 0.75), [], "an open loop has its lag");
});

Deno.test("what helps follows from the threads, the clients and the cores that there are", () => {
  const advice = (workers: number, clients: number, cores: number) => {
    const [warning] = saturated({ workers, clients, cores, cpuCores: 0.95 * workers, idle: 0.5 });
    return /answered more: (.*)\.$/.exec(warning!.text)![1];
  };
  assert.equal(advice(2, 8, 4), "use --workers 3");
  assert.equal(advice(2, 2, 4), "use more than 2 clients, and --workers 3");
  assert.equal(advice(4, 8, 4), "generate the load on a machine with more cores");
  const known = { workers: 1, clients: 8, cores: 2, cpuCores: 0.99, idle: 0.4 };
  assert.equal(saturated(known).length, 1);
  assert.deepEqual(saturated({ ...known, idle: null }), []);
  assert.deepEqual(saturated({ ...known, cpuCores: null }), []);
});
