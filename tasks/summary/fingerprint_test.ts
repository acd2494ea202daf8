import assert from "node:assert/strict";
import type { Environment, Run, RunConfig } from "../model/run.ts";
import { differences, fingerprintOf } from "./fingerprint.ts";
import { fixtureRecord } from "./testing_record.ts";

const RUN = fixtureRecord("20260314-092653-0001", 60);

function withConfig(config: Partial<RunConfig>): Run {
  return { ...RUN, config: { ...RUN.config, ...config } };
}

function withEnvironment(environment: Partial<Environment>): Run {
  return { ...RUN, environment: { ...RUN.environment, ...environment } };
}

/** The facts in which a run differs from the fixture, as texts. */
function found(run: Run): string[] {
  return differences(fingerprintOf(RUN), fingerprintOf(run)).map(({ part, name, base, candidate }) =>
    `${part}: ${name} ${base} → ${candidate}`
  );
}

Deno.test("machine, data and load make a run another: each is named with both values", () => {
  const { environment: { dataset } } = RUN;
  assert.deepEqual(found(withEnvironment({ cpu: "Other CPU", cores: 4, memoryBytes: 16 * 2 ** 30 })), [
    "machine: CPU Fixture CPU @ 3.00GHz → Other CPU",
    "machine: cores 2 → 4",
    "machine: memory 8 GiB → 16 GiB",
  ]);
  assert.deepEqual(found(withEnvironment({ dataset: { ...dataset, scale: "tiny", hash: "feed" } })), [
    "dataset: scale small → tiny",
    "dataset: content 9c1185a5c5e9fc54612808977ee8f548 → feed",
  ]);
  assert.deepEqual(found(withConfig({ ratePerSecond: 500, arms: ["sql"], settings: { cache_ttl: 60 } })), [
    "load: arrivals poisson, 400 requests/s → poisson, 500 requests/s",
    "load: arms sql, graphql, sql+cache → sql",
    "load: settings  → cache_ttl=60",
  ]);
  assert.deepEqual(
    found(withConfig({ loop: "closed", arrivals: null, ratePerSecond: null, concurrency: 8 })),
    [
      "load: loop open → closed",
      "load: arrivals poisson, 400 requests/s → null",
      "load: clients null → 8",
    ],
  );
});

Deno.test("what a comparison asks about, and what does not shape the load, leaves the fingerprint as it is", () => {
  const { environment } = RUN;
  const services = environment.services.map((service) => ({
    ...service,
    version: "19.0",
    address: "127.0.0.1:1",
    settings: { shared_buffers: "1GB" },
  }));
  const other: Run = {
    ...withEnvironment({
      services,
      hostname: "elsewhere",
      deno: "3.0.0",
      memoryBytes: environment.memoryBytes - 3 * 2 ** 20,
      kernel: "6.8.0",
    }),
    runId: "20260315-092653-0001",
    seed: 7,
    gitCommit: null,
    config: { ...RUN.config, durationSeconds: 600, workers: 4, blockSeconds: 0.2, slo: null },
  };
  assert.equal(fingerprintOf(other).hash, fingerprintOf(RUN).hash);
  assert.deepEqual(found(other), []);
});

Deno.test("one stream that is named is the load that older runs did not name", () => {
  const operations = RUN.config.operations.map(({ name }) => name);
  const stream = {
    name: "main",
    arrivals: "poisson",
    ratePerSecond: 400,
    session: false,
    operations,
  } as const;
  assert.deepEqual(found(withConfig({ streams: [{ ...stream, stages: null }] })), []);
  const stages = [{ duration: 5, rate: 900 }];
  assert.match(
    found(withConfig({ streams: [{ ...stream, stages }] })).join(),
    /400 requests\/s by stages .*900/,
  );
  const two = found(
    withConfig({ streams: ["shop", "office"].map((name) => ({ ...stream, name, stages: null })) }),
  );
  assert.match(two.join(), /shop \(product-by-id.*; office \(/);
});

Deno.test("a server of the user's is known by its address, without who asks; an arm's own is not counted", () => {
  const at = (address: string) =>
    withEnvironment({
      services: RUN.environment.services.map((service) =>
        service.name === "postgres" ? { ...service, origin: "user", address } : service
      ),
    });
  assert.deepEqual(found(at("postgres://app:***@db.example:5432/shop")), [
    "machine: PostgreSQL embedded → postgres://db.example:5432/shop",
  ]);
  const owned = {
    ...RUN.environment.services[0]!,
    origin: "user",
    address: "postgres://x/y",
    arms: ["new"],
  } as const;
  assert.deepEqual(found(withEnvironment({ services: [...RUN.environment.services, owned] })), []);
});
