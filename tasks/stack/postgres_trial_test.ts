import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { shapeOf } from "./home_entries.ts";
import { tryPostgres } from "./postgres_trial.ts";
import { withTempHome } from "./testing.ts";

Deno.test("trying a cluster leaves a folder of the name it once used, and nothing of its own", async () => {
  await withTempHome(async (home) => {
    await Deno.mkdir(join(home, "doctor"));
    await Deno.writeTextFile(join(home, "doctor", "mine.txt"), "mine");
    const before = readdirSync(home).sort();
    assert.ok(await tryPostgres(home) > 0);
    assert.deepEqual(readdirSync(home).sort(), before);
    assert.equal(await Deno.readTextFile(join(home, "doctor", "mine.txt")), "mine");
  });
});

Deno.test("what a killed trial leaves is known as ours", async () => {
  await withTempHome(async (home) => {
    await Deno.mkdir(join(home, "doctor-a1B2c3", "secrets"), { recursive: true });
    assert.equal(shapeOf(home, "doctor-a1B2c3", "stay"), "ours");
    await Deno.writeTextFile(join(home, "doctor-a1B2c3", "thesis.tex"), "");
    assert.equal(shapeOf(home, "doctor-a1B2c3", "stay"), "foreign");
  });
});
