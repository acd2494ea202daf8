import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { UsageError } from "../model/errors.ts";
import { askedScaling } from "../model/scaling.ts";
import type { Scenario, ScenarioOperation, Stream } from "../model/scenario.ts";
import { PATHS } from "../paths/registry.ts";
import { type LoadedScenario, loadScenario, resolveScenario, scenarioNames } from "./scenario.ts";

const root = resolve(import.meta.dirname!, "../..");

const PRODUCT: ScenarioOperation = {
  name: "product-by-id",
  weight: 3,
  params: { product_id: { kind: "zipf", keys: "products", s: 1 } },
};
const ORDER: ScenarioOperation = {
  name: "order-insert",
  weight: 1,
  write: true,
  params: { order_id: { kind: "reserved", keys: "reserved_orders" } },
};

const COMMON = {
  name: "mine",
  title: "Mine",
  dataset: "northwind",
  workload: "access-paths",
  duration: 3,
  warmup: 0,
  block: 1,
  washout: 0.1,
  timeout: 5,
  paths: ["sql"],
  settings: {},
} as const satisfies Scenario;

/** A scenario of one stream with some fields otherwise; what is set to undefined is not there. */
function single(fields: Record<string, unknown> = {}): Record<string, unknown> {
  const all = { ...COMMON, arrivals: "poisson", rate: 10, operations: [PRODUCT], ...fields };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function several(streams: unknown, fields: Record<string, unknown> = {}): Record<string, unknown> {
  return { ...COMMON, streams, ...fields };
}

function stream(fields: Record<string, unknown> = {}): Stream {
  return { name: "reads", arrivals: "poisson", rate: 10, operations: [PRODUCT], ...fields };
}

/** A scenario whose only operation draws one parameter so. */
function drawing(draw: unknown, fields: Record<string, unknown> = {}): Record<string, unknown> {
  return single({ operations: [{ name: "product-by-id", weight: 1, params: { id: draw } }], ...fields });
}

const CHOICE = { default: "day", choices: ["day", "week"], describe: "a choice" };
const SETTING = { default: 5, min: 1, max: 9, unit: "s", describe: "a setting" };

function resolved(
  value: unknown,
  set: Record<string, string> = {},
): Omit<LoadedScenario, "workloadDir" | "givenPath"> {
  return resolveScenario(value, "mine.ts", set);
}

Deno.test("a scenario without streams has one, called main", () => {
  const { streams, operations, rate } = resolved(single({ operations: [PRODUCT, ORDER] }));
  assert.deepEqual(streams, [
    { name: "main", arrivals: "poisson", rate: 10, stages: null, session: null, first: 0, count: 2 },
  ]);
  assert.deepEqual(operations, [PRODUCT, ORDER]);
  assert.equal(rate, 10);
});

Deno.test("streams' operations stand in one list, and their rates add up", () => {
  const stages = [{ duration: 1, rate: 50 }];
  const session = { think: { kind: "constant", seconds: 1 } };
  const list = [
    stream({ name: "writes", rate: 4, operations: [ORDER], stages }),
    stream({ operations: [PRODUCT, { ...PRODUCT, name: "product-list" }], arrivals: "constant", session }),
  ];
  const { streams, operations, rate } = resolved(several(list));
  assert.deepEqual(streams, [
    { name: "writes", arrivals: "poisson", rate: 4, stages, session: null, first: 0, count: 1 },
    { name: "reads", arrivals: "constant", rate: 10, stages: null, session, first: 1, count: 2 },
  ]);
  assert.deepEqual(operations.map(({ name }) => name), ["order-insert", "product-by-id", "product-list"]);
  assert.equal(rate, 14);
});

Deno.test("settings are the defaults, then the preset's, then those given one by one", () => {
  const scenario = single({
    settings: { a: SETTING, b: SETTING, c: SETTING },
    presets: { high: { a: 7, b: 7 } },
  });
  assert.deepEqual(resolved(scenario).settings, { a: 5, b: 5, c: 5 });
  assert.deepEqual(resolved(scenario, { preset: "high" }).settings, { a: 7, b: 7, c: 5 });
  assert.deepEqual(resolved(scenario, { b: " 2.5", preset: "high" }).settings, { a: 7, b: 2.5, c: 5 });
});

Deno.test("a setting may be one of several words, and how a cache works can be set in every scenario", () => {
  const scenario = single({ settings: { a: CHOICE }, presets: { long: { a: "week", cache_jitter: 50 } } });
  assert.deepEqual(resolved(scenario).settings, { a: "day" });
  assert.deepEqual(resolved(scenario, { a: " week" }).settings, { a: "week" });
  assert.deepEqual(resolved(scenario, { preset: "long" }).settings, { a: "week", cache_jitter: 50 });
  assert.deepEqual(resolved(scenario, { cache_ttl: "5", cache_jitter: "0" }).settings, {
    a: "day",
    cache_ttl: 5,
    cache_jitter: 0,
  });
  // One's own of that name is as it was declared.
  const own = single({ settings: { cache_ttl: SETTING } });
  assert.deepEqual(resolved(own, { cache_jitter: "20" }).settings, { cache_ttl: 5, cache_jitter: 20 });
});

Deno.test("streams may be a function of the settings, whose own refusal is passed on as it is", () => {
  const scenario = several(
    ({ a }: Record<string, number>) => {
      if (a === 9) throw new UsageError("Cannot set a=9 today: it is Monday", "Take 8.");
      return [stream({ rate: a })];
    },
    { settings: { a: SETTING } },
  );
  assert.equal(resolved(scenario).rate, 5);
  assert.equal(resolved(scenario, { a: "8" }).streams[0]!.rate, 8);
  assert.throws(() => resolved(scenario, { a: "9" }), { message: "Cannot set a=9 today: it is Monday" });
});

Deno.test("tables of the user's own take the place of a data set", () => {
  const dataset = { schemas: ["shop"], setup: "setup.sql", undo: "undo.sql" };
  const own = resolved(single({ dataset, operations: [{ ...ORDER, params: {} }] }));
  assert.deepEqual([own.datasetName, own.ownTables], [null, dataset]);
  const shipped = resolved(single());
  assert.deepEqual([shipped.datasetName, shipped.ownTables], ["northwind", null]);
});

// What is wrong, and what is said after "Cannot use the scenario file mine.ts: ".
const FAULTS: readonly [value: unknown, said: string | RegExp, next?: RegExp][] = [
  [null, "the scenario must be an object, { … } (it is null)", /type Scenario/],
  [single({ rate: -1 }), /^rate: must be a number above 0, at most 1000000 \(it is -1\)$/],
  [single({ timeout: "5" }), 'timeout: must be a number above 0, at most 86400 (it is "5")'],
  [single({ timeout: 86_401 }), "timeout: must be a number above 0, at most 86400 (it is 86401)"],
  [single({ duration: Infinity }), "duration: must be a number above 0 (it is Infinity)"],
  [single({ name: "My Scenario" }), 'name: must be lower-case words joined by hyphens (it is "My Scenario")'],
  [single({ blok: 1 }), 'the scenario has no field "blok"; did you mean "block"?'],
  [
    single({ paths: ["sqll"] }),
    `paths[0]: must be one of ${PATHS.map((path) => `"${path}"`).join(", ")} (it is "sqll")`,
  ],
  [
    single({ retry: { attempts: 0, backoff: 1 } }),
    "retry.attempts: must be a whole number from 1 to 10 (it is 0)",
  ],
  [single({ slo: "p95" }), /^slo: .*"p95"/],
  [single({ dataset: "nortwind" }), 'dataset: "nortwind" is unknown', /Did you mean "northwind"\?/],
  [
    single({ dataset: 5 }),
    /^dataset: must be the name of a data set, or \{ schemas, setup, undo, keys, triggers \}.* \(it is 5\)$/,
  ],
  [
    single({ dataset: { schemas: ["shop"] }, operations: [{ ...ORDER, params: {} }] }),
    "dataset.undo: is missing, and operations write",
    /takes a run's writes back/,
  ],

  [single({ rate: undefined }), "rate: is missing, and there are no streams"],
  [single({ operations: undefined }), "operations: is missing, and there are no streams"],
  [single({ streams: [stream()] }), "arrivals: stands beside streams, which have their own"],
  [single({ operations: [PRODUCT, PRODUCT] }), 'operations: "product-by-id" is there twice'],
  [several([stream(), stream()]), 'streams: "reads" is there twice'],
  [several([stream(), stream({ name: "other" })]), 'operations: "product-by-id" is there twice'],
  [several([]), /^streams: must have at least 1 of them/],
  [several("reads"), /^streams: must be a list of streams, or a function .* \(it is "reads"\)$/],
  [several([stream({ rate: 0 })]), /^streams\[0\]\.rate: must be a number above 0, .*\(it is 0\)$/],
  [
    several(() => [stream(), stream({ rate: 0 })]),
    /^streams\[1\]\.rate: must be a number above 0, .*\(it is 0\)$/,
  ],
  [several(() => []), /^streams: must have at least 1 of them/],
  [several(() => undefined), "streams: must be a list (it is missing)"],
  [
    several(() => (undefined as unknown as string[])[0]),
    /^streams: the function fails: .*undefined/,
    /called with \{\}/,
  ],
  [
    several([stream({ session: { think: { kind: "constant", seconds: -1 } } })]),
    "streams[0].session.think.seconds: must be a number from 0 to 3600 (it is -1)",
  ],
  [
    single({ stages: [{ duration: 1, rate: -5 }] }),
    "stages[0].rate: must be from 0 to 1,000,000 requests a second (it is -5)",
  ],
  [
    several([stream(), stream({ name: "other", operations: [ORDER], stages: [] })]),
    "streams[1].stages: must be a list of at least one stage (it is [])",
  ],

  [
    drawing({ kind: "zpf", keys: "products", s: 1 }),
    /^operations\[0\]\.params\.id\.kind: .*zipf.* \(it is "zpf"\)$/,
  ],
  [drawing({ kind: "zipf", keys: "products" }), /^operations\[0\]\.params\.id\.s: .*\(it is missing\)$/],
  [
    drawing({ kind: "zipf", keys: "prodcts", s: 1 }),
    'operations[0].params.id.keys: northwind has no key space "prodcts"',
    /Did you mean "products"\?/,
  ],
  [
    drawing({ kind: "uniform", keys: "rows" }, { dataset: { schemas: ["shop"] } }),
    'operations[0].params.id.keys: dataset.keys has no "rows"',
    /from a source/,
  ],
  [
    drawing({ kind: "reserved", keys: "rows" }, { dataset: { schemas: ["shop"] } }),
    'operations[0].params.id.keys: dataset.keys has no "rows"',
    /Write dataset\.keys: \{ rows: \{ from: 1_000_000_000 \} \}/,
  ],
  [
    drawing({ kind: "uniform", keys: "rows" }, {
      dataset: { schemas: ["shop"], keys: { rows: { from: 1 } } },
    }),
    'operations[0].params.id: the keys "rows" have no rows before a run: only { kind: "reserved" } draws them',
    /from a source/,
  ],
  [
    drawing({ kind: "integer", min: 2, max: 1 }),
    /^operations\[0\]\.params\.id: min must not exceed max: 2 > 1/,
  ],
  [
    drawing({ kind: "choice", values: [1, 2], weights: [1] }),
    /^operations\[0\]\.params\.id: weights must be as many/,
  ],
  [
    drawing({ kind: "choice", values: [1, 2], weights: [0, 0] }),
    /^operations\[0\]\.params\.id: .*not all be 0/,
  ],
  [
    drawing({ kind: "after", of: "day", days: 1 }),
    'operations[0].params.id.of: no parameter "day" is drawn before it',
  ],
  [
    drawing({ kind: "source", source: "user", column: "id" }, { sources: { users: { csv: "users.csv" } } }),
    'operations[0].params.id.source: there is no source "user"',
    /Did you mean "users"\?/,
  ],
  [
    drawing({ kind: "source", source: "users", column: "id" }),
    /there is no source "users"/,
    /has no sources/,
  ],
  [
    single({ settings: { hits: SETTING }, hitTarget: "hit" }),
    'hitTarget: there is no setting "hit"',
    /Did you mean "hits"\?/,
  ],
  [
    single({ settings: { ids: { ...SETTING, seeded: "customer" } } }),
    'settings.ids.seeded: there is no count "customer"',
    /Did you mean "customers"\?/,
  ],
  [
    single({ sources: { users: { json: "users.json" } } }),
    /^sources\.users: must be \{ csv \}, \{ parquet \} or/,
  ],
  [
    drawing({ kind: "captured", from: "product-list", column: "product_id" }),
    "operations[0].params.id: only steps of a session can use captured values: this stream has no session",
  ],
  [
    several([stream({
      session: { think: { kind: "constant", seconds: 1 } },
      operations: [
        PRODUCT,
        {
          ...PRODUCT,
          name: "next",
          params: { id: { kind: "captured", from: "produkt-by-id", column: "id" } },
        },
      ],
    })]),
    'streams[0].operations[1].params.id.from: no step "produkt-by-id" comes before it',
    /Did you mean "product-by-id"\?/,
  ],

  [single({ settings: { a: { ...SETTING, default: 0 } } }), /^settings\.a: default must lie from min to max/],
  [
    single({ operations: [{ ...PRODUCT, tag: ["id"] }] }),
    'operations[0].tag: there is no parameter "id"',
    /Known: product_id/,
  ],
  [single({ operations: [{ ...PRODUCT, outdates: [PRODUCT.name] }] }), /outdates: it writes nothing/],
  [
    single({ operations: [PRODUCT, { ...ORDER, outdates: ["product-by-di"] }] }),
    'operations[1].outdates: there is no read "product-by-di"',
    /Did you mean "product-by-id"\?/,
  ],
  [
    single({
      operations: [{ ...PRODUCT, tag: ["product_id"] }, { ...ORDER, params: {}, outdates: [PRODUCT.name] }],
    }),
    /operations\[1\]\.outdates: product-by-id is told apart by "product_id", which the write has no parameter of/,
  ],
  [single({ settings: { preset: SETTING } }), /^settings\.preset: must have another name/],
  [
    single({ settings: { rate: SETTING }, presets: { high: { rat: 1 } } }),
    "presets.high.rat: there is no such setting",
    /Did you mean "rate"\?/,
  ],
  [
    single({ settings: { a: SETTING }, presets: { high: { a: 10 } } }),
    "presets.high.a: must be from 1 to 9 s (it is 10)",
  ],
  [
    single({ settings: { a: { ...CHOICE, default: "hour" } } }),
    /^settings\.a: default must be among choices/,
  ],
  [single({ settings: { a: { ...CHOICE, choices: "day" } } }), /^settings\.a\.choices: must be a list/],
  [
    single({ settings: { a: CHOICE }, presets: { high: { a: 10 } } }),
    "presets.high.a: must be one of day, week (it is 10)",
  ],
];

Deno.test("a fault in a scenario names the file and the field, and what is allowed", () => {
  for (const [value, said, next] of FAULTS) {
    const error = errorOf(() => resolved(value));
    const prefix = "Cannot use the scenario file mine.ts: ";
    assert.ok(error.message.startsWith(prefix), error.message);
    const what = error.message.slice(prefix.length);
    if (typeof said === "string") assert.equal(what, said);
    else assert.match(what, said);
    if (next !== undefined) assert.match(error.next ?? "", next);
  }
});

Deno.test("a hint is given only where there is something to choose from", () => {
  const error = errorOf(() => resolved(drawing({ kind: "after", of: "day", days: 1 })));
  assert.equal(error.next, undefined);
});

const MISTAKES: readonly [set: Record<string, string>, said: string, next?: RegExp][] = [
  [
    { cache_tl: "3" },
    'Cannot set "cache_tl": the scenario mine has no such setting',
    /Did you mean "cache_ttl"\?/,
  ],
  [{ "cache_ttl\nok": "3" }, 'Cannot set "cache_ttl\\nok": the scenario mine has no such setting'],
  [{ cache_ttl: "3\nok" }, 'Cannot set cache_ttl as a number from 1 to 9 s: it is "3\\nok"'],
  [{ preset: "high\nok" }, "Cannot set preset=high\\nok: the scenario mine has none of that name"],
  [{ cache_ttl: "10" }, 'Cannot set cache_ttl as a number from 1 to 9 s: it is "10"'],
  [{ cache_ttl: "long" }, 'Cannot set cache_ttl as a number from 1 to 9 s: it is "long"'],
  [{ cache_ttl: " " }, 'Cannot set cache_ttl as a number from 1 to 9 s: it is " "'],
  [{ every: "dya" }, 'Cannot set every as one of day, week: it is "dya"', /Did you mean "day"\?/],
  [{ graphql_instances: "0" }, 'Cannot set graphql_instances as a number from 1 to 16: it is "0"'],
  [{ graphql_instances: "17" }, 'Cannot set graphql_instances as a number from 1 to 16: it is "17"'],
  [
    { graphql_instance: "3" },
    'Cannot set "graphql_instance": the scenario mine has no such setting',
    /Did you mean "graphql_instances"\?/,
  ],
  [
    { balancer: "haproxi" },
    'Cannot set balancer as one of client, haproxy: it is "haproxi"',
    /Did you mean "haproxy"\?/,
  ],
  [
    { preset: "hihg" },
    "Cannot set preset=hihg: the scenario mine has none of that name",
    /Did you mean "high"\?/,
  ],
];

Deno.test("a mistake in --set names the setting, and what is allowed", () => {
  const scenario = single({
    settings: { cache_ttl: SETTING, every: CHOICE },
    presets: { high: { cache_ttl: 9 } },
  });
  for (const [set, said, next] of MISTAKES) {
    const error = errorOf(() => resolved(scenario, set));
    assert.equal(error.message, said);
    if (next !== undefined) assert.match(error.next ?? "", next);
  }
  const none = errorOf(() => resolved(single(), { preset: "high" }));
  assert.equal(none.message, 'Cannot set "preset": the scenario mine has no such setting');
  assert.match(none.next!, /cache_ttl, cache_jitter.*graphql_instances, balancer/);
});

Deno.test("how GraphQL is served is a setting of any run, and no scenario's own", () => {
  const { settings } = resolved(single(), { graphql_instances: "3", balancer: "haproxy" });
  assert.deepEqual(askedScaling(settings), { instances: 3, balancer: "haproxy" });
  assert.deepEqual(askedScaling(resolved(single()).settings), { instances: 1, balancer: "client" });
  const part = resolved(single(), { graphql_instances: "1.5" });
  assert.match(errorOf(() => askedScaling(part.settings)).message, /graphql_instances as a whole number/);
  for (const name of ["graphql_instances", "balancer"]) {
    const own = errorOf(() => resolved(single({ settings: { [name]: SETTING } })));
    assert.match(own.message, new RegExp(`settings\\.${name}: must have another name`));
  }
});

Deno.test("a scenario is found by its name or by its path, and its workload beside it or among the shipped", async () => {
  assert.ok(scenarioNames(root).includes("access-paths"));
  const named = await loadScenario(root, "access-paths");
  assert.equal(named.workloadDir, join(root, "queries/workloads/access-paths"));
  const path = join(root, "queries/scenarios/access-paths.ts");
  assert.equal((await loadScenario(root, path)).file, path);
  await assert.rejects(loadScenario(root, "acess-paths"), (error: UsageError) => {
    assert.equal(error.message, 'Cannot run the scenario "acess-paths": there is none of that name');
    assert.match(error.next!, /Did you mean "access-paths"\?/);
    return true;
  });
  const dir = await Deno.makeTempDir();
  try {
    const file = join(dir, "mine.ts");
    await Deno.writeTextFile(file, `export default ${JSON.stringify(single({ workload: "./questions" }))};`);
    assert.equal((await loadScenario(root, file)).workloadDir, join(dir, "questions"));
    await Deno.writeTextFile(join(dir, "empty.ts"), "export const scenario = {};");
    await assert.rejects(loadScenario(root, join(dir, "empty.ts")), /has no default export/);
    await assert.rejects(loadScenario(root, join(dir, "none.ts")), /there is no such file/);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

function errorOf(work: () => unknown): UsageError {
  try {
    work();
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  assert.fail("nothing was refused");
}
