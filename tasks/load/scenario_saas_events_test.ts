import assert from "node:assert/strict";
import { resolve } from "node:path";
import { UsageError } from "../model/errors.ts";
import { loadScenario } from "./scenario.ts";

const root = resolve(import.meta.dirname!, "../..");

const scenario = (set: Record<string, string> = {}) => loadScenario(root, "saas-events", set);

const ratesOf = async (set: Record<string, string>) =>
  Object.fromEntries((await scenario(set)).streams.map(({ name, rate }) => [name, rate]));

Deno.test("saas-events takes two rates or a total, and refuses both at once", async () => {
  assert.deepEqual(await ratesOf({}), { events: 40, queries: 160 });
  assert.deepEqual(await ratesOf({ events_per_second: "100", queries_per_second: "200" }), {
    events: 100,
    queries: 200,
  });
  assert.deepEqual(await ratesOf({ queries_per_second: "200" }), { events: 40, queries: 200 });
  assert.deepEqual(await ratesOf({ requests_per_second: "300" }), { events: 60, queries: 240 });
  assert.deepEqual(await ratesOf({ requests_per_second: "300", read_share: "50" }), {
    events: 150,
    queries: 150,
  });
  assert.deepEqual(await ratesOf({ requests_per_second: "300", read_share: "100" }), { queries: 300 });
  assert.deepEqual(await ratesOf({ requests_per_second: "300", read_share: "0" }), { events: 300 });
  assert.deepEqual(await ratesOf({ preset: "low", queries_per_second: "40" }), { events: 10, queries: 40 });

  const both = { requests_per_second: "300", queries_per_second: "200" };
  await assert.rejects(ratesOf(both), (error: UsageError) => {
    assert.ok(error instanceof UsageError);
    assert.equal(
      error.message,
      "Cannot set queries_per_second=200 beside requests_per_second=300: a total and the rates of its parts " +
        "exclude each other",
    );
    assert.match(error.next!, /as presets do, or requests_per_second and read_share/);
    return true;
  });
  await assert.rejects(
    ratesOf({ preset: "medium", requests_per_second: "300" }),
    /events_per_second=50 beside/,
  );
  // --rate then makes another total of it.
  assert.deepEqual(await ratesOf({ read_share: "50" }), { events: 100, queries: 100 });
  await assert.rejects(
    ratesOf({ read_share: "50", preset: "low" }),
    /read_share=50 beside events_per_second=10: it is a share of a total/,
  );
});

Deno.test("saas-events asks 70 % overviews, 20 % filtered and 10 % that no cache may answer", async () => {
  const { operations } = await scenario();
  const reads = operations.filter(({ write }) => !write);
  const weight = (list: typeof reads) => list.reduce((sum, each) => sum + each.weight, 0);
  assert.equal(weight(reads), 100);
  assert.deepEqual(reads.slice(0, 2).map(({ name, weight }) => [name, weight]), [
    ["dashboard-overview", 70],
    ["filtered-events", 20],
  ]);
  const realTime = reads.filter(({ cache }) => cache === false);
  assert.equal(weight(realTime), 10);
  assert.deepEqual(realTime.map(({ name }) => name), [
    "active-organizations",
    "conversion-rate",
    "user-engagement",
  ]);
});

Deno.test("saas-events chooses keys for its hit target, and says what can be reached", async () => {
  const keysOf = async (set: Record<string, string>) => {
    const { operations } = await scenario(set);
    const { from_time, organization_id } =
      operations.find(({ name }) => name === "dashboard-overview")!.params;
    assert.ok(from_time!.kind === "choice" && organization_id!.kind === "choice");
    return { organizations: organization_id.values, windows: from_time.values };
  };
  const usual = await keysOf({});
  assert.equal(usual.organizations.length, 10);
  assert.deepEqual(
    [...usual.organizations].sort((a, b) => Number(a) - Number(b))[9],
    10,
    "all are seeded at tiny",
  );
  assert.equal(usual.windows[0], "2025-12-25", "the newest week first");
  assert.ok((await keysOf({ hit_target: "95" })).windows.length < usual.windows.length);
  assert.equal((await keysOf({ hit_target: "0" })).windows.length, 359);
  await assert.rejects(keysOf({ organizations: "2.5" }), /organizations as a whole number: it is 2.5/);
  await assert.rejects(
    keysOf({ hit_target: "99", preset: "low" }),
    /^UsageError: Cannot reach a hit rate of 99 % with 18 cached requests\/s.*: at most \d+ % can be expected/,
  );
});
