import assert from "node:assert/strict";
import { join } from "node:path";
import { Command } from "commander";
import { readConfig } from "../config.ts";
import { migrationNames } from "../migrate/definition.ts";
import { LOCK_TIMEOUT_MS } from "../migrate/step_options.ts";
import { withTempDir } from "../store/testing.ts";
import { addMigrateOptions, type MigrateArguments } from "./migrate_options.ts";
import { migrateRequests } from "./migrate_request.ts";

/** The runs that a command asks for, as `NAME VARIANT TIMEOUT`. */
function asked(...typed: string[]): Promise<string[]> {
  return withTempDir(async (dir) => {
    const task = addMigrateOptions(new Command()).parse([...typed, "--db", join(dir, "own.duckdb")], {
      from: "user",
    });
    const requests = await migrateRequests(task.args[0], task.opts<MigrateArguments>(), {
      ...readConfig(),
      databaseUrl: undefined,
    });
    return requests.map(({ migration, variant, lockTimeoutMs }) =>
      `${migration.name} ${variant.variant} ${lockTimeoutMs}`
    );
  });
}

Deno.test("migrate all is every migration, naive and then safe, one after another", async () => {
  const names = [...migrationNames(readConfig().root), "move-server"];
  assert.equal(names.length, 14);
  assert.deepEqual(
    await asked("all"),
    names.flatMap((name) => [`${name} naive ${LOCK_TIMEOUT_MS}`, `${name} safe ${LOCK_TIMEOUT_MS}`]),
  );
  assert.deepEqual(
    await asked("all", "--variant", "safe"),
    names.map((name) => `${name} safe ${LOCK_TIMEOUT_MS}`),
  );
});

Deno.test("a sweep tries each timeout where there is one: a naive form waits for as long as it takes", async () => {
  assert.deepEqual(await asked("set-not-null", "--sweep", "lock_timeout=50ms,1s"), [
    "set-not-null naive 50",
    "set-not-null safe 50",
    "set-not-null safe 1000",
  ]);
});

Deno.test("a path over a tier is refused in a migration: it asks a clone of its own, and all arms the one that is migrated", async () => {
  await assert.rejects(
    asked("add-column", "--scenario", "sales-analytics", "--paths", "sql,matview"),
    /Cannot use the path matview in a migration: it asks a clone with the tier matview, and all arms ask the database/,
  );
});
