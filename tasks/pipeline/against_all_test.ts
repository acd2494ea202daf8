import assert from "node:assert/strict";
import { readConfig } from "../config.ts";
import { BenchbookError, ExitCode } from "../model/errors.ts";
import type { Environment, RunConfig } from "../model/run.ts";
import { hostFacts } from "../observe/host.ts";
import { openStore } from "../store/open.ts";
import { placeStore, storeFile, withTempDir } from "../store/testing.ts";
import { makeRun } from "../summary/compare/testing.ts";
import { baseOf } from "./against.ts";
import { streamsOf } from "./load_plan.ts";
import { type BenchRequest, benchRequest } from "./request.ts";
import { runRecord } from "./run_record.ts";
import type { SystemUnderTest } from "./system_under_test.ts";

/** With arms in turn, with sessions, and with a rate that goes up and down. */
const SCENARIOS = ["access-paths", "checkout", "spike"];

const GIVEN = {
  scale: "tiny",
  seed: 42,
  set: {},
  distribution: {},
  replace: false,
  abortOnFail: false,
  report: false,
  pdf: false,
  json: true,
};

function asked(scenario: string, given: object, db: string): Promise<BenchRequest> {
  return benchRequest(scenario, { ...GIVEN, ...given, db } as never, readConfig());
}

/** Stores a run of a request, and tries another request against it. */
async function tried(
  scenario: string,
  [stored, changes]: readonly [object, { config?: Partial<RunConfig>; environment?: Partial<Environment> }?],
  given: object,
): Promise<BenchbookError | null> {
  return await withTempDir(async (dir) => {
    const db = storeFile(dir);
    await placeStore(db);
    const request = await asked(scenario, stored, db);
    const { plan, data } = request;
    const environment = {
      ...hostFacts(),
      services: [],
      dataset: {
        name: data!.dataset,
        scale: data!.scale,
        seed: data!.seed,
        variation: "",
        rows: 1,
        bytes: 1,
        hash: "f",
      },
      ...changes?.environment,
    };
    const system = { ...request, arms: plan.arms, unavailableArms: [], environment };
    const { config } = runRecord(system as unknown as SystemUnderTest, streamsOf(request));
    const store = await openStore(db, { mode: "write" });
    const runId = await makeRun(store, {
      arms: config.arms,
      config: { ...config, ...changes?.config },
      environment,
      run: { scenario: request.scenario.name },
    });
    store.close();
    try {
      assert.equal(await baseOf(await asked(scenario, given, db), "latest"), runId);
      return null;
    } catch (error) {
      assert.ok(error instanceof BenchbookError, String(error));
      return error;
    }
  });
}

for (const scenario of SCENARIOS) {
  Deno.test(`a run of ${scenario} can be held against one like it, and for a different length`, async () => {
    assert.equal(await tried(scenario, [{}], { duration: 60 }), null);
  });
}

const UNLIKE: Readonly<Record<string, readonly [stored: object, given: object, said: RegExp]>> = {
  "another rate": [
    {},
    { rate: 77 },
    /arrivals poisson, 77 requests\/s \(stored: poisson, 200 requests\/s\)$/,
  ],
  "other arms": [{ paths: "sql" }, {
    paths: "sql,graphql",
  }, /arms sql, graphql \(stored: sql\)$/],
  "another setting": [{}, { set: { cache_ttl: "30" } }, /settings .*cache_ttl=30.* \(stored: .*cache_ttl=60/],
  clients: [
    {},
    { concurrency: 4 },
    /loop closed \(stored: open\); arrivals none \(stored: poisson, .*\); clients 4 \(stored: none\)/,
  ],
  "other data": [{}, { scale: "small" }, /scale small \(stored: tiny\)$/],
};

for (const [what, [stored, given, said]] of Object.entries(UNLIKE)) {
  Deno.test(`before it is measured a run with ${what} is not comparable`, async () => {
    const error = await tried("access-paths", [stored], given);
    assert.equal(error?.exitCode, ExitCode.invalid);
    assert.match(error.message, /^Cannot compare with latest: this run would not be comparable with \S+: /);
    assert.match(error.message, said);
    assert.match(error.next!, /^Nothing was measured\./);
  });
}

Deno.test("another machine is told before, and an arm that was not to be had then is no difference", async () => {
  const error = await tried("access-paths", [{}, { environment: { cpu: "another" } }], {});
  assert.match(error!.message, /CPU .* \(stored: another\)$/);
  const config = {
    arms: ["sql"],
    unavailableArms: ["graphql", "sql+cache"].map((arm) => ({ arm, reason: "no" })),
  };
  assert.equal(await tried("access-paths", [{}, { config }], {}), null);
});
