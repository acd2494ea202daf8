import assert from "node:assert/strict";
import type { Run } from "../model/run.ts";
import { loadModel, reproduce } from "./method.ts";
import { exampleSummary } from "./testing.ts";

const { run: RUN } = exampleSummary();

const run = (config: Partial<Run["config"]>, variation?: string): Run => ({
  ...RUN,
  config: { ...RUN.config, ...config },
  environment: { ...RUN.environment, dataset: { ...RUN.environment.dataset, variation } },
});

Deno.test("a run is asked for again with the path of the scenario file that the user gave", () => {
  assert.match(reproduce(run({})), /^deno task bench access-paths /);
  assert.match(reproduce(run({ scenarioFile: null })), /^deno task bench access-paths /);
  assert.match(reproduce(run({ scenarioFile: "load/shop.ts" })), /^deno task bench load\/shop\.ts /);
  assert.match(reproduce(run({ scenarioFile: "my load/shop.ts" })), /^deno task bench 'my load\/shop\.ts' /);
});

Deno.test("a run is asked for again with the data that it had, and without the warm-up that it had not", () => {
  const command = reproduce(
    run({ warmupSeconds: 0 }, "custom=0f customers=500 orders.weekday=1,1,1,1,1,0,0"),
  );
  assert.match(command, /--custom FILE --customers 500 --distribution orders\.weekday=1,1,1,1,1,0,0 /);
  assert.match(command, /--warmup 0 /);
});

Deno.test("a change on a server of the user's is asked for again with the leave to clone it", () => {
  const changed = run({ armFiles: [{ name: "indexed", file: "add_index.sql" }] });
  assert.match(reproduce(changed), / --arm indexed=add_index\.sql /);
  assert.doesNotMatch(reproduce(changed), /--clone/);
  const { environment } = changed;
  const services = environment.services.map((service) => ({ ...service, origin: "user" as const }));
  assert.match(reproduce({ ...changed, environment: { ...environment, services } }), / --clone /);
});

Deno.test("the load is told in the words of what arrived", () => {
  const stream = {
    name: "customers",
    arrivals: "poisson",
    ratePerSecond: 25,
    stages: null,
    session: true,
    operations: ["product-list", "place-order"],
  } as const;
  const { config } = run({ loop: "open", arrivals: "poisson", ratePerSecond: 25, streams: [stream] });
  assert.equal(
    loadModel(config),
    "open loop, 25 sessions/s of 2 requests over all arms, Poisson arrivals",
  );
  const two = { ...config, streams: [stream, { ...stream, arrivals: "constant", session: false } as const] };
  assert.equal(
    loadModel(two),
    "open loop, 25 requests/s and 25 sessions/s of 2 requests over all arms, Poisson and constant arrivals",
  );
});
