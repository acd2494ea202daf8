import assert from "node:assert/strict";
import { join } from "node:path";
import { type Config, readConfig } from "../config.ts";
import { UsageError } from "../model/errors.ts";
import { askedScaling } from "../model/scaling.ts";
import { withTempDir } from "../store/testing.ts";
import type { BenchArguments } from "./bench_options.ts";
import { benchRequest } from "./request.ts";

const NONE: BenchArguments = {
  ...{ set: {}, scale: "tiny", seed: 42, replace: false, report: true, pdf: true, json: false },
  ...{ count: {}, distribution: {} },
} as unknown as BenchArguments;

const config = readConfig({});
const THEIRS: Config = { ...config, graphqlUrl: "http://localhost:5000/graphql" };

/** The arms of a request, by how each is served; or why there is none. */
async function served(given: Partial<BenchArguments>, at = config) {
  let request;
  try {
    request = await benchRequest("spike", { ...NONE, ...given }, at);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  const { arms, settings } = request.plan;
  return {
    arms: Object.fromEntries(
      arms.map(({ name, settings, overrides }) => {
        const { instances, balancer } = askedScaling(settings, overrides);
        return [name, `${instances} ${balancer}`];
      }),
    ),
    settings: Object.fromEntries(Object.entries(settings).filter(([name]) => name !== "cache_ttl")),
  };
}

Deno.test("a run's setting holds for all arms that it serves, an arm's own file for that arm", () =>
  withTempDir(async (dir) => {
    const file = (name: string, fields: object) => {
      const path = join(dir, `${name}.json`);
      Deno.writeTextFileSync(path, JSON.stringify(fields));
      return { name, file: path };
    };
    const three = file("three", { instances: 3 });
    const proxied = file("proxied", { balancer: "haproxy" });
    const set = file("set", { settings: { graphql_instances: 5 } });
    assert.deepEqual(await served({ paths: "graphql", arm: [three, proxied, set] }), {
      arms: { graphql: "1 client", three: "3 client", proxied: "1 haproxy", set: "5 client" },
      settings: {},
    });
    assert.deepEqual(
      await served({ paths: "graphql", arm: [three, proxied], set: { graphql_instances: "2" } }),
      {
        arms: { graphql: "2 client", three: "3 client", proxied: "2 haproxy" },
        settings: { graphql_instances: 2 },
      },
    );
    assert.deepEqual(
      await served({ paths: "sql,graphql", set: { graphql_instances: "1", balancer: "client" } }),
      {
        arms: { sql: "1 client", graphql: "1 client" },
        settings: { graphql_instances: 1, balancer: "client" },
      },
    );
    const idle = file("idle", { instances: 4 });
    assert.match(
      await served({ paths: "graphql", arm: [idle], concurrency: 3 }) as string,
      /^Cannot deal 3 connections of the arm idle over 4 instances: each needs one/,
    );
    const dealt = file("dealt", { instances: 4, balancer: "haproxy" });
    assert.ok(typeof await served({ paths: "graphql", arm: [dealt], concurrency: 3 }) === "object");
  }));

Deno.test("instances that Benchbook would not start are refused, and those of the user's are only told", () =>
  withTempDir(async (dir) => {
    const file = join(dir, "arm.json");
    const arm = [{ name: "three", file }];
    const tried = (fields: object, at?: Config) => {
      Deno.writeTextFileSync(file, JSON.stringify({ path: "graphql", ...fields }));
      return served({ paths: "sql", arm }, at);
    };
    assert.match(
      await served({ paths: "sql", set: { graphql_instances: "3", balancer: "haproxy" } }) as string,
      /^Cannot set graphql_instances=3 balancer=haproxy: no arm of the run asks a GraphQL service of Benchbook's/,
    );
    assert.match(
      await served({ paths: "graphql", set: { graphql_instances: "3" } }, THEIRS) as string,
      /^Cannot set graphql_instances=3: GRAPHQL_URL names a service of yours/,
    );
    assert.match(
      await tried({ instances: 3 }, THEIRS) as string,
      /^Cannot use the arm three \(.*arm\.json\): instances: GRAPHQL_URL names a service of yours/,
    );
    assert.match(await tried({ balancer: "haproxy" }, THEIRS) as string, /: balancer: GRAPHQL_URL names/);
    const behind = { graphqlUrl: "http://localhost:5001/graphql", instances: 3 };
    assert.ok(typeof await tried(behind, THEIRS) === "object");
    assert.ok(typeof await tried(behind) === "object");
  }));
