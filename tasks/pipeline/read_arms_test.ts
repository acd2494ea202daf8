import assert from "node:assert/strict";
import { join } from "node:path";
import { readConfig } from "../config.ts";
import { loadScenario } from "../load/scenario.ts";
import { UsageError } from "../model/errors.ts";
import { withTempDir } from "../store/testing.ts";
import { type ArmArguments, plannedArms } from "./arm_options.ts";
import { checkArms, readArms, withArms } from "./read_arms.ts";

const { root } = readConfig();

/** The arms of a command line over a scenario. */
async function armsOf(scenario: string, given: ArmArguments) {
  const load = (set: Readonly<Record<string, string>>) => loadScenario(root, scenario, set);
  const asked = await load({});
  const arms = plannedArms(asked, given, await readArms(given.arm ?? [], asked, load));
  const whole = withArms(asked, arms);
  await checkArms(arms, whole);
  return { arms, scenario: whole };
}

const shapes = (arms: Awaited<ReturnType<typeof armsOf>>["arms"]) =>
  arms.map(({ name, path, role, asked }) => [name, path, role, asked]);

Deno.test("an arm that is called base is the baseline and comes first, and no change of the database is", () =>
  withTempDir(async (dir) => {
    const base = { name: "base", file: "" };
    assert.deepEqual(shapes((await armsOf("smoke", { arm: [{ name: "twin", file: "" }, base] })).arms), [
      ["base", "sql", "baseline", true],
      ["sql", "sql", "candidate", true],
      ["twin", "sql", "candidate", true],
    ]);
    const file = `${dir}/change.sql`;
    Deno.writeTextFileSync(file, "CREATE INDEX a ON northwind.orders (freight);");
    await assert.rejects(
      armsOf("smoke", { arm: [{ name: "base", file }] }),
      (error: unknown) =>
        error instanceof UsageError &&
        /^Cannot compare with arm base \(.*change\.sql\): it is a change/.test(error.message),
    );
  }));

Deno.test("without --arm each path is an arm, and direct SQL the baseline wherever it stands", async () => {
  assert.deepEqual(shapes((await armsOf("smoke", {})).arms), [
    ["sql", "sql", "baseline", false],
    ["graphql", "graphql", "candidate", false],
    ["sql+cache", "sql+cache", "candidate", false],
  ]);
  assert.deepEqual(shapes((await armsOf("smoke", { paths: "graphql,sql" })).arms), [
    ["graphql", "graphql", "candidate", true],
    ["sql", "sql", "baseline", true],
  ]);
});

Deno.test("with --arm the first path is the baseline, and an arm without a path asks as it does", () =>
  withTempDir(async (dir) => {
    const file = join(dir, "kept.json");
    Deno.writeTextFileSync(file, '{"path": "graphql+cache", "settings": {"cache_ttl": 5}}');
    const arm = [{ name: "kept", file }, { name: "twin", file: "" }];
    const { arms, scenario } = await armsOf("smoke", { arm });
    assert.deepEqual(shapes(arms), [
      ["sql", "sql", "baseline", true],
      ["kept", "graphql+cache", "candidate", true],
      ["twin", "sql", "candidate", true],
    ]);
    assert.deepEqual(arms.map(({ settings }) => settings["cache_ttl"]), [60, 5, 60]);
    assert.ok(scenario.paths.includes("graphql+cache"));
    assert.ok(scenario.scopes.arms.includes("kept") && scenario.scopes.arms.includes("twin"));
    assert.deepEqual(shapes((await armsOf("smoke", { paths: "graphql,sql", arm, prove: ["sql"] })).arms), [
      ["graphql", "graphql", "baseline", true],
      ["sql", "sql", "candidate", true],
      ["kept", "graphql+cache", "candidate", true],
      ["twin", "graphql", "candidate", true],
    ]);
  }));

Deno.test("what an arm cannot have is said with its file and field", () =>
  withTempDir(async (dir) => {
    const file = join(dir, "arm.json");
    Deno.mkdirSync(join(dir, "empty"));
    Deno.mkdirSync(join(dir, "mutating"));
    Deno.writeTextFileSync(
      join(dir, "mutating/product-by-id.graphql"),
      "# Writes.\n# result: a\nmutation ($product_id: Int!) { a(id: $product_id) { b } }\n",
    );
    Deno.mkdirSync(join(dir, "others"));
    Deno.writeTextFileSync(
      join(dir, "others/product-by-id.sql"),
      "-- One.\n-- :id integer\nSELECT :id AS id\n",
    );
    Deno.mkdirSync(join(dir, "torn"));
    Deno.writeTextFileSync(
      join(dir, "torn/product-by-id.sql"),
      "-- One.\n-- :product_id integer\nSELECT :product_id FROM FROM\n",
    );
    const faults: [scenario: string, arm: object, said: RegExp, prove?: string[]][] = [
      [
        "spike",
        { path: "graphql", session: { work_mem: "1MB" } },
        /session: its path is graphql, which does not connect/,
      ],
      ["spike", { path: "graphql", databaseUrl: "postgres://h/d" }, /databaseUrl: its path is graphql/],
      ["spike", { redisUrl: "redis://h" }, /redisUrl: its path is sql, which does not ask Redis/],
      ["spike", { graphqlUrl: "http://h/g" }, /graphqlUrl: its path is sql, which does not ask GraphQL/],
      ["smoke", { path: "graphql", graphqlUrl: "http://h/g" }, /graphqlUrl: the scenario smoke writes, and/],
      ["smoke", { databaseUrl: "postgres://h/d" }, /databaseUrl: the scenario smoke writes, and --no-prove/, [
        "a",
      ]],
      ["smoke", { queries: "." }, /queries: the scenario smoke writes, and --no-prove leaves/, ["a"]],
      ["smoke", { session: { work_mem: "1MB" } }, /session: the scenario smoke writes, and --no-prove/, [
        "a",
      ]],
      ...["search_path", "Search_Path", "role", "session_replication_role", "row_security", "app.tenant"].map(
        (
          setting,
        ): [string, object, RegExp] => [
          "smoke",
          { session: { work_mem: "1MB", [setting]: "x" } },
          new RegExp(`session\\.${setting}: the scenario smoke writes, and this setting may change where`),
        ],
      ),
      ["spike", { instances: 3 }, /instances: its path is sql, which does not ask GraphQL/],
      ["spike", { balancer: "haproxy" }, /balancer: its path is sql, which does not ask GraphQL/],
      [
        "spike",
        { path: "graphql", graphqlUrl: "http://h/g", balancer: "haproxy" },
        /balancer: its graphqlUrl names a service of yours/,
      ],
      [
        "spike",
        { settings: { graphql_instances: 99 } },
        /arm\.json\): settings\.graphql_instances: must be /,
      ],
      ["spike", { queries: "nowhere" }, /queries: there is no folder .*nowhere/],
      ["spike", { queries: "empty" }, /queries: .*empty has no file that replaces/],
      [
        "spike",
        { queries: "others" },
        /\): \S+others.product-by-id\.sql: the parameter :id is not a parameter/,
      ],
      [
        "spike",
        { queries: "torn" },
        /\): \S+torn.product-by-id\.sql:3 is no SQL: syntax error at or near "FROM"$/,
      ],
      [
        "spike",
        { path: "graphql", queries: "mutating" },
        /\): the operation product-by-id cannot be run as a read: .*is a mutation/,
      ],
      [
        "spike",
        { settings: { cache_tl: 3 } },
        /arm\.json\): settings\.cache_tl: the scenario spike has no such setting$/,
      ],
      ["spike", { settings: { cache_ttl: -3 } }, /arm\.json\): settings\.cache_ttl: must be a number from/],
      ["saas-events", { settings: { read_share: 85 } }, /read_share would change what is asked/],
    ];
    const nextOf = async (setting: string) => {
      Deno.writeTextFileSync(file, JSON.stringify({ session: { [setting]: "x" } }));
      return await armsOf("smoke", { arm: [{ name: "a", file }] }).then(() => "", ({ next }) => String(next));
    };
    assert.match(await nextOf("work_memm"), /^Did you mean "work_mem"\? With it only/);
    assert.match(await nextOf("random_page_costs"), /^Did you mean "random_page_cost"\?/);
    assert.match(await nextOf("search_path"), /^With it only/, "it was meant");
    for (const [scenario, arm, said, prove = []] of faults) {
      Deno.writeTextFileSync(file, JSON.stringify(arm));
      const error = await armsOf(scenario, { arm: [{ name: "a", file }], prove }).then(
        () => null,
        (error) => error,
      );
      assert.ok(error instanceof UsageError, `${JSON.stringify(arm)}: ${error}`);
      assert.match(error.message, said);
    }
  }));

Deno.test("a change asks by the baseline's path, and GraphQL only where Benchbook can serve its clone", () =>
  withTempDir(async (dir) => {
    const file = join(dir, "index.sql");
    Deno.writeTextFileSync(file, "CREATE INDEX ON northwind.orders (freight)");
    const arm = [{ name: "indexed", file }];
    const ofSql = await armsOf("smoke", { arm });
    assert.deepEqual(shapes(ofSql.arms).at(-1), ["indexed", "sql", "candidate", true]);
    const theirs = { graphqlUrl: "http://localhost:5000/graphql" };
    await checkArms(ofSql.arms, ofSql.scenario, theirs);
    const ofGraphql = await armsOf("smoke", { arm, paths: "graphql,sql" });
    assert.deepEqual(shapes(ofGraphql.arms).at(-1), ["indexed", "graphql", "candidate", true]);
    await assert.rejects(checkArms(ofGraphql.arms, ofGraphql.scenario, theirs), (error: UsageError) => {
      assert.ok(error instanceof UsageError, String(error));
      assert.match(
        error.message,
        /index\.sql\): its path is graphql, and the service at GRAPHQL_URL is not over/,
      );
      return true;
    });
  }));

Deno.test("settings that leave a write where it goes are an arm's to have, and a scenario that reads may have any", () =>
  withTempDir(async (dir) => {
    const file = join(dir, "arm.json");
    const settings = { enable_indexscan: "off", Work_Mem: "1MB", random_page_cost: 1.1, jit: false };
    for (const [scenario, session] of [["smoke", settings], ["spike", { search_path: "other" }]] as const) {
      Deno.writeTextFileSync(file, JSON.stringify({ session }));
      const { arms } = await armsOf(scenario, { arm: [{ name: "a", file }] });
      assert.deepEqual(arms.at(-1)!.overrides, { session });
    }
  }));

Deno.test("an arm has no name by which something else is known", async () => {
  const { streams } = await loadScenario(root, "saas-events", {});
  for (
    const [scenario, name, said] of [
      ["smoke", "product-by-id", /Cannot name an arm "product-by-id": that is the name of an operation of/],
      ["saas-events", streams[0]!.name, /that is the name of a stream of the scenario saas-events/],
      ["smoke", "all", /that is the name of all operations/],
    ] as const
  ) {
    await assert.rejects(armsOf(scenario, { arm: [{ name, file: "" }] }), (error: UsageError) => {
      assert.ok(error instanceof UsageError, String(error));
      assert.match(error.message, said);
      return true;
    });
  }
});
