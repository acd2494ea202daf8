import assert from "node:assert/strict";
import { UsageError } from "../model/errors.ts";
import { type DataArguments, dataOf } from "./data_options.ts";

const GIVEN: DataArguments = { scale: "tiny", seed: 42, distribution: {}, replace: false };

const tenants = (settings: Record<string, number>, given: Partial<DataArguments> = {}) =>
  dataOf({
    datasetName: "events",
    settings: { organizations: 1, users: 1, ...settings },
    seeded: { organizations: "organizations", users: "users" },
  }, { ...GIVEN, ...given });

Deno.test("a setting must not speak of more rows than are seeded", async () => {
  assert.equal((await tenants({ organizations: 10, users: 100 }))?.dataset, "events");
  await assert.rejects(tenants({ organizations: 11 }), (error: UsageError) => {
    assert.ok(error instanceof UsageError);
    assert.equal(error.message, "Cannot set organizations=11: events at the scale tiny has 10 organizations");
    assert.equal(
      error.next,
      "Give --set organizations=10 or less, --organizations 11, or a larger --scale.",
    );
    return true;
  });
  await assert.rejects(tenants({ users: 101 }), /Cannot set users=101: .* has 100 users/);
  await assert.rejects(tenants({ organizations: 10 }, { organizations: 5 }), /has 5 organizations/);
  assert.ok(await tenants({ organizations: 11 }, { scale: "small" }));
  assert.ok(await tenants({ organizations: 11 }, { organizations: 11 }));
});

Deno.test("tables of the user's own are nothing to seed", async () => {
  assert.equal(await dataOf({ datasetName: null, settings: {}, seeded: {} }, GIVEN), null);
});
