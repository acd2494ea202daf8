import assert from "node:assert/strict";
import type { Sample } from "../model/run.ts";
import type { Warning } from "../model/summary.ts";
import { openRun } from "../store/read.ts";
import { withTempDir } from "../store/testing.ts";
import { hostCauses, type HostLoad, hostWarnings, quieterMachine } from "./host_load.ts";
import { summarise } from "./summarise.ts";
import { fixtureRun } from "./testing.ts";
import { fixtureEnvironment } from "./testing_record.ts";

const QUIET: HostLoad = {
  steal: 0,
  others: 0.02,
  pressure: 0.05,
  meanSteal: 0,
  meanOthers: 0.01,
  meanPressure: 0.02,
  meanBusy: 0.4,
  idle: 0.6,
};
const environment = fixtureEnvironment();

function codes(load: Partial<HostLoad>): string[] {
  return hostWarnings({ ...QUIET, ...load }, environment, true).map(({ code }) => code);
}

Deno.test("pressure that our own processes make is no remark, and what others use of a machine with room neither", () => {
  assert.deepEqual(codes({}), []);
  assert.deepEqual(codes({ meanPressure: 0.9, meanBusy: 1 }), []);
  assert.deepEqual(codes({ meanOthers: 0.4 }), []);
  assert.deepEqual(codes({ meanOthers: null, meanPressure: 0.9 }), []);
});

Deno.test("where a run could not be judged it is said what others' use of the CPU can do", () => {
  const effect = "keep p95 from coming back";
  assert.deepEqual(quieterMachine(QUIET, effect), []);
  assert.deepEqual(quieterMachine({ ...QUIET, meanOthers: 0.7, meanSteal: 0.08 }, effect), [
    "Others used 78 % of this machine's CPU time meanwhile, which alone can keep p95 from coming back: run it again " +
    "when it is quieter, or with a lower --rate.",
  ]);
});

Deno.test("others' use of a machine without room is a remark, by pressure or without it by what is used", () => {
  assert.deepEqual(codes({ meanOthers: 0.4, meanPressure: 0.9 }), ["busy-machine"]);
  assert.deepEqual(codes({ meanOthers: 0.4, meanPressure: null, meanBusy: 0.9 }), ["busy-machine"]);
  assert.deepEqual(codes({ meanOthers: 0.4, meanPressure: null }), []);
  assert.deepEqual(codes({ meanSteal: 0.1 }), ["stolen-cpu"]);
});

Deno.test("a database server of one's own beside us is said to count among other programs", () => {
  const crowded = { ...QUIET, meanOthers: 0.4, meanPressure: 0.9 };
  const at = (address: string) => {
    const services = environment.services.map((service) => ({
      ...service,
      origin: "user" as const,
      address,
    }));
    return hostWarnings(crowded, { services }, true)[0]!.text;
  };
  assert.match(at("postgresql://me@localhost:5432/shop"), /Services of yours that run here/);
  assert.match(at("127.0.0.1:5432"), /Services of yours that run here/);
  assert.match(at("/var/run/postgresql"), /Services of yours that run here/);
  assert.doesNotMatch(at("postgresql://me@db.example.org:5432/shop"), /Services of yours/);
  assert.doesNotMatch(hostWarnings(crowded, environment, true)[0]!.text, /Services of yours/);
});

Deno.test("that comparisons suffer less is said only where some came to a verdict", () => {
  const say = (compared: boolean) =>
    hostWarnings({ ...QUIET, meanSteal: 0.1 }, environment, compared)[0]!.text;
  assert.match(say(true), /quiet machine\. Comparisons of arms suffer less/);
  assert.match(say(false), /on a quiet machine\.$/);
});

Deno.test("a cause says whose the pressure was", () => {
  assert.deepEqual(hostCauses(QUIET), []);
  assert.match(hostCauses({ ...QUIET, pressure: 0.9 })[0]!, /Benchbook and its own services/);
  assert.match(hostCauses({ ...QUIET, pressure: 0.9, others: 0.5 })[0]!, /other programs used up to 50 %/);
});

Deno.test("a valid run on a machine that others kept busy stays valid and carries the remark; a busy warm-up is none", async () => {
  const busy = (fromUs: number, toUs: number) => (samples: Sample[]): Sample[] => [
    ...samples.map((sample) =>
      sample.metric === "pressure_cpu_some" && sample.atUs >= fromUs && sample.atUs < toUs
        ? { ...sample, value: 0.9 }
        : sample
    ),
    ...samples.filter(({ metric }) => metric === "cpu_user").map((sample) => ({
      ...sample,
      metric: "cpu_others",
      value: sample.atUs >= fromUs && sample.atUs < toUs ? 0.45 : 0.01,
    })),
  ];
  const judged = async (samples: (samples: Sample[]) => Sample[]): Promise<Warning | undefined> =>
    await withTempDir(async (dir) => {
      const { db, runId } = await fixtureRun(dir, { blocks: 12, samples });
      const { validity, warnings } = await summarise(await openRun(runId, { db }), runId);
      assert.ok(validity.valid);
      return warnings.find(({ code }) => code === "busy-machine");
    });
  const warning = await judged(busy(0, Infinity));
  assert.match(
    warning!.text,
    /^Other programs on this machine used 45 % of its CPU time .* 90 % of the time/,
  );
  assert.equal(await judged(busy(0, 3_000_000)), undefined);
});

Deno.test("two clocks that end apart never make more than all of the time", () => {
  const [{ text }] = hostWarnings({ ...QUIET, meanOthers: 0.4, meanPressure: 1.011 }, environment, true) as [
    Warning,
  ];
  assert.match(text, / 100 % of the time something had to wait/);
  assert.match(hostCauses({ ...QUIET, pressure: 1.002 }).join(), /up to 100 % of the time/);
});
