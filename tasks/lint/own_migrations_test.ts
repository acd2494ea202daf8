import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { loadMigration, migrationNames } from "../migrate/definition.ts";
import { keptBy } from "../model/lock_modes.ts";
import { lintFiles } from "./files.ts";
import { lintedMigration } from "./testing_linter.ts";

const root = resolve(import.meta.dirname!, "../..");
const read = (file: string) => lintFiles([join(root, "queries/migrations", file)])[0]!.read();

/** The rule that is about the risk which a naive form shows. */
const RISKS: Readonly<Record<string, string>> = {
  "add-aggregate": "work-under-lock",
  "add-column": "rewrite",
  "add-foreign-key": "add-foreign-key",
  "add-matview": "work-under-lock",
  backfill: "all-rows",
  "create-index": "create-index",
  "drop-column": "drop-column",
  "int-to-bigint": "rewrite",
  "lock-queue": "lock-queue",
  partition: "work-under-lock",
  "refresh-matview": "refresh",
  "rename-column": "rename-column",
  "set-not-null": "set-not-null",
};

for (const name of migrationNames(root)) {
  Deno.test(`${name}: its naive form is found fault with for what it shows, its safe one for nothing that blocks`, async () => {
    const migration = await loadMigration(root, name);
    const [naive, safe] = await Promise.all(
      ["naive", "safe"].map((variant) =>
        lintedMigration(migration, migration.variants.find((each) => each.variant === variant)!.steps, read)
      ),
    );
    const found = naive!.flatMap(({ step, told }) => told.map((each) => ({ step, ...each })));
    const risky = found.filter(({ findings }) => findings.some(({ rule }) => rule === RISKS[name]));
    assert.ok(risky.some(({ step }) => step.risk !== null), `no ${RISKS[name]} in ${name}`);
    for (const shown of naive!.flatMap(({ step }) => step.shows)) {
      const locks = found.flatMap(({ effects }) => effects.locks);
      const work = found.flatMap(({ effects }) => effects.work);
      if (shown.kind === "wait") {
        const { mode, relation } = shown;
        assert.ok(
          locks.some((lock) => lock.mode === mode && lock.relation === relation),
          `${mode} on ${relation}`,
        );
        assert.ok(keptBy(mode).writes);
      } else if (shown.kind === "row") {
        assert.ok(work.some(({ kind, relation }) => kind === "row changes" && relation === shown.relation));
      } else if (shown.kind === "rewrite") {
        const kinds = work.filter(({ relation }) => relation === shown.relation).map(({ kind }) => kind);
        assert.ok(kinds.some((kind) => kind === "rewrite" || kind === "refresh"), `${kinds}`);
      } else if (shown.kind === "error") {
        assert.ok(found.some(({ findings }) => findings.some(({ message }) => message.includes(shown.code))));
      }
    }
    const blocking = safe!.flatMap(({ told }) => told.flatMap(({ findings }) => findings))
      .filter(({ level }) => level === "blocking");
    assert.deepEqual(blocking, []);
  });
}
