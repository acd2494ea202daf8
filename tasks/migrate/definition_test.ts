import assert from "node:assert/strict";
import { resolve } from "node:path";
import { listMigrations, loadMigration, migrationNames } from "./definition.ts";

const root = resolve(import.meta.dirname!, "../..");

Deno.test("every migration that comes with Benchbook is there naive and safe, and says why", async () => {
  for (const name of migrationNames(root)) {
    const { title, variants } = await loadMigration(root, name);
    assert.match(title, /^[A-Z][^\n]*[^.]$/, name);
    assert.deepEqual(variants.map(({ variant }) => variant), ["naive", "safe"], name);
    const [naive, safe] = variants;
    for (const { file, risk, fix } of [...naive!.steps, ...safe!.steps]) {
      assert.ok(risk !== null, `${file}: no risk is named`);
      assert.ok(fix !== null, `${file}: it is not said what makes it safe`);
    }
    assert.ok(naive!.steps.some(({ shows }) => shows.length > 0), `${name}: nothing is to be seen`);
    for (const { file, about, move, shows } of safe!.steps) {
      assert.notEqual(about, "", file);
      assert.notEqual(move.kind, "plain", `${file}: waits for its locks without a limit`);
      assert.deepEqual(shows, [], file);
    }
  }
});

Deno.test("migrations are listed by name with a title of one line", async () => {
  const all = await listMigrations(root);
  assert.deepEqual(all.map(({ name }) => name), migrationNames(root));
  assert.deepEqual(all.find(({ name }) => name === "create-index"), {
    name: "create-index",
    title: "Indexes a country's newest orders, with the columns that a list of them shows",
  });
});

Deno.test("a name that no migration has is refused with the nearest one", async () => {
  await assert.rejects(loadMigration(root, "creat-index"), {
    name: "UsageError",
    message: 'Cannot run the migration "creat-index": there is none of that name',
    next: /^Did you mean "create-index"\? Known: add-/,
  });
  await assert.rejects(loadMigration(root, "../migrations/create-index"), { name: "UsageError" });
});

Deno.test("what stays open beside a migration says for how long", async () => {
  const { beside } = await loadMigration(root, "lock-queue");
  assert.deepEqual(
    beside.map(({ file, holdSeconds, statements }) => [file, holdSeconds, statements.length]),
    [
      ["lock-queue/beside/01-report.sql", 4, 1],
    ],
  );
});
