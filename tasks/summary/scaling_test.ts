import assert from "node:assert/strict";
import type { ArmRecord, Environment, Run, ServiceFact } from "../model/run.ts";
import type { ServedArm } from "../model/scaling.ts";
import { scalingOf, type ScalingRows } from "./scaling.ts";

const fact = (instance: string, more: Partial<ServiceFact> = {}): ServiceFact => ({
  ...{ name: instance.startsWith("haproxy") ? "haproxy" : "graphql", instance, origin: "embedded" },
  ...{ available: true, version: null, address: null, settings: {}, reason: null },
  ...more,
});

const arm = (name: string, path = "graphql", overrides: ArmRecord["overrides"] = {}): ArmRecord => ({
  ...{ armId: 0, name, path, role: "candidate", overrides },
});

function run(services: readonly ServiceFact[], loop: "open" | "closed" = "closed") {
  const environment = { services, cores: 2 } as unknown as Environment;
  return { config: { loop } as Run["config"], environment };
}

const ARMS = [
  arm("sql", "sql"),
  arm("graphql"),
  arm("graphql+cache", "graphql+cache"),
  arm("three"),
  arm("proxied"),
];
const SERVICES = [
  ...[fact("graphql"), fact("graphql-2", { arms: ["three"] }), fact("graphql-3", { arms: ["three"] })],
  ...[fact("graphql-4", { arms: ["three"] }), fact("graphql-5", { arms: ["proxied"] })],
  fact("haproxy", { arms: ["proxied"] }),
];
const ROWS: ScalingRows = {
  cores: [
    ...[{ process: "postgres", cores: 0.5 }, { process: "graphql", cores: 0.3 }],
    ...["graphql-2", "graphql-3", "graphql-4"].map((process) => ({ process, cores: 0.1 })),
    ...[{ process: "graphql-5", cores: 0.2 }, { process: "haproxy", cores: 0.02 }],
  ],
  turns: ARMS.map(({ name }) => ({ arm: name, share: 0.2 })),
  // Three answers 1.5 times as much in each round, whatever else the rounds have.
  rounds: Array.from({ length: 12 }, (_, round) => [
    { round, arm: "graphql", perSecond: 100 + 7 * round },
    { round, arm: "graphql+cache", perSecond: 900 },
    { round, arm: "three", perSecond: 1.5 * (100 + 7 * round) },
    { round, arm: "proxied", perSecond: round % 2 === 0 ? 0.8 * (100 + 7 * round) : 0.9 * (100 + 7 * round) },
  ]).flat(),
};

const QUIET = { idle: 0.3, meanOthers: 0 };

const of = (arms: readonly ServedArm[], name: string) => arms.find(({ arm }) => arm === name)!;

Deno.test("each arm over GraphQL: by how many, what dealt requests, and the cores of its own turns", () => {
  const { arms, busy, notes } = scalingOf(run(SERVICES), ARMS, ROWS, QUIET);
  assert.deepEqual(
    arms.map(({ arm, instances, balancer, services, sharedWith, against }) => [
      ...[arm, instances, balancer, services.join(" "), sharedWith.join(" "), against],
    ]),
    [
      ["graphql", 1, "client", "graphql", "graphql+cache", null],
      ["graphql+cache", 1, "client", "graphql", "graphql", null],
      ["three", 3, "client", "graphql-2 graphql-3 graphql-4", "", "graphql"],
      ["proxied", 1, "haproxy", "graphql-5 haproxy", "", "graphql"],
    ],
  );
  const cores = arms.map(({ cpuCores, balancerCores }) => [cpuCores, balancerCores]);
  assert.deepEqual(cores.map((each) => each.map((value) => value === null ? null : +value.toFixed(6))), [
    ...[[0.75, null], [0.75, null], [1.5, null]],
    [1, 0.1],
  ]);
  assert.equal(busy, 0.7);
  assert.deepEqual(notes, []);
});

Deno.test("what more instances answer is told over pairs of blocks, with an interval, and in a closed loop only", () => {
  const { arms } = scalingOf(run(SERVICES), ARMS, ROWS, QUIET);
  const three = of(arms, "three").throughputRatio!;
  for (const value of [three.value!, three.low!, three.high!]) assert.ok(Math.abs(value - 1.5) < 1e-9);
  const { value, low, high } = of(arms, "proxied").throughputRatio!;
  assert.ok(0.8 <= low! && low! < value! && value! < high! && high! <= 0.9, `${low} ${value} ${high}`);
  const few = { ...ROWS, rounds: ROWS.rounds.filter(({ round }) => round < 3) };
  const thin = of(scalingOf(run(SERVICES), ARMS, few, QUIET).arms, "three").throughputRatio!;
  assert.equal(thin.low, null);
  assert.deepEqual(thin.warnings.map(({ code }) => code), ["too-few-pairs"]);
  const open = scalingOf(run(SERVICES, "open"), ARMS, ROWS, QUIET);
  assert.ok(open.arms.every(({ throughputRatio }) => throughputRatio === null));
  assert.match(open.notes.join(), /In an open loop each arm answers what it is offered/);
});

Deno.test("where all cores were busy the comparison says that more instances had nothing to run on", () => {
  const notesAt = (idle: number | null, meanOthers: number | null) =>
    scalingOf(run(SERVICES), ARMS, ROWS, { idle, meanOthers }).notes;
  assert.match(notesAt(0.02, 0.05).join(), /^The CPU was saturated: 98 % of 2 cores were busy[^,]*, with/);
  assert.equal(notesAt(0.02, 0.05).length, 1);
  assert.match(
    notesAt(0.02, 0.6)[1]!,
    /^Other programs used 60 % of the CPU time: .*more processes get a larger/,
  );
  assert.deepEqual([notesAt(0.3, 0.6), notesAt(null, null)], [[], []]);
});

Deno.test("of a service of the user's the instances are those that its arm's file says, or not known", () => {
  const theirs = fact("behind-graphql", { origin: "user", arms: ["behind"] });
  const arms = [
    arm("graphql"),
    arm("behind", "graphql", { graphqlUrl: "http://lb/graphql", instances: 3 }),
  ];
  const found = scalingOf(run([fact("graphql"), theirs]), arms, ROWS, QUIET);
  const behind = of(found.arms, "behind");
  assert.deepEqual(
    [behind.instances, behind.balancer, behind.services, behind.cpuCores, behind.sharedWith],
    [3, null, [], null, []],
  );
  const unknown = scalingOf(run([fact("graphql", { origin: "user" })]), [arm("graphql")], ROWS, QUIET);
  assert.equal(unknown.arms[0]!.instances, null);
});
