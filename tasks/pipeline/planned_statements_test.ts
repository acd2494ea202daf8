import assert from "node:assert/strict";
import type { StepPlan } from "../model/migration.ts";
import { factsOf } from "../predict/facts.ts";
import { readRelations } from "../predict/read_facts.ts";
import { UNLIMITED, withClient } from "../seed/connect.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { plannedStatements } from "./planned_statements.ts";

Deno.test("of a relation that is not there nothing is expected, unless a statement before makes it", () =>
  withDatabase((url) =>
    withClient(url, async (client) => {
      await client.query("CREATE SCHEMA shop; CREATE TABLE shop.orders (id integer)");
      const texts = [
        "ALTER TABLE shop.orders ADD COLUMN note text",
        'ALTER TABLE shop."order" ADD COLUMN note text',
        "ALTER TABLE IF EXISTS shop.lines ADD COLUMN note text",
        "CREATE TABLE shop.made (id integer)",
        "CREATE INDEX ON shop.made (id)",
        "LOCK TABLE pg_catalog.pg_class IN ACCESS SHARE MODE",
      ];
      const statements = texts.map((text) => ({ text }));
      const step = { step: 1, file: "a test", move: { kind: "plain" }, statements } as unknown as StepPlan;
      const planned = await plannedStatements(client, [step], factsOf(await readRelations(client)));
      assert.deepEqual(planned.map(({ effects }) => effects.unknown), [
        null,
        'what it does: there is no shop."order"',
        null,
        null,
        null,
        null,
      ]);
    }, UNLIMITED)
  ));
