import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { loadScenario, scenarioNames } from "../../load/scenario.ts";
import { isCaptured, type ScenarioOperation } from "../../model/scenario.ts";
import { withTempDir } from "../../store/testing.ts";
import { writtenBy } from "./written.ts";

const root = resolve(import.meta.dirname!, "../../..");

Deno.test("what the writes of all scenarios leave is known", async () => {
  const found: string[] = [];
  for (const name of scenarioNames(root)) {
    const scenario = await loadScenario(root, name);
    (await writtenBy(scenario)).forEach((one, at) => {
      const { name: operation, write = false, params } = scenario.operations[at]!;
      assert.equal(one !== null, write, operation);
      if (one === null) return;
      // Whose row it is only the session knows: its key is what an earlier answer gave, and nothing of its own.
      const draws = Object.values(params);
      const isOfSession = draws.some(isCaptured) && !draws.some(({ kind }) => kind === "reserved");
      assert.equal(one.kind === "unknown", isOfSession, operation);
      if (one.kind === "rows") { for (const { table } of one.tables) found.push(`${operation} ${table}`); }
    });
  }
  assert(
    found.includes("order-insert northwind.orders") && found.includes("order-insert northwind.order_details"),
  );
  assert(found.includes("record-event events.events"));
});

/** A user's write, and what it is known to leave. */
async function ofOwn(sql: string, params: ScenarioOperation["params"]) {
  return await withTempDir(async (workloadDir) => {
    Deno.writeTextFileSync(join(workloadDir, "own.sql"), sql);
    const operations = [{ name: "own", weight: 1, write: true, params }];
    const [written] = await writtenBy({ operations, workloadDir, datasetName: null, ownTables });
    return written;
  });
}

const ownTables = { schemas: ["shop"], keys: { numbers: { from: 500 } } };

const PARAMS = {
  number: { kind: "reserved", keys: "numbers" },
  who: { kind: "choice", values: ["a"] },
} as const;

Deno.test("of a user's own statements it is read from their text, and what that does not tell is unknown", async () => {
  const head = "-- Writes.\n-- :number integer\n-- :who text\n";
  const update = "UPDATE shop.tickets SET owner = :who, changed = now() WHERE ticket_id = :number";
  assert.deepEqual(await ofOwn(head + update, PARAMS), {
    kind: "register",
    register: {
      table: "shop.tickets",
      key: { column: "ticket_id", param: "number" },
      value: { column: "owner", param: "who" },
      changed: ["owner", "changed"],
    },
  });
  const insert = "INSERT INTO shop.tickets (ticket_id, owner, at) VALUES (:number, :who, now())";
  assert.deepEqual(await ofOwn(head + insert, PARAMS), {
    kind: "rows",
    tables: [{
      table: "shop.tickets",
      key: "ticket_id",
      from: 500,
      given: { ticket_id: "number", owner: "who" },
    }],
    param: "number",
    always: true,
  });
  for (
    const sql of [
      "SELECT shop.open_ticket(:number, :who)",
      `WITH noted AS (${insert} RETURNING 1) ${update}`,
      "UPDATE shop.tickets SET owner = owner || :who WHERE ticket_id = :number",
      "UPDATE shop.tickets SET owner = :who WHERE ticket_id > :number",
      "UPDATE tickets SET owner = :who WHERE ticket_id = :number",
      `${insert} ON CONFLICT DO NOTHING`,
      "DELETE FROM shop.tickets WHERE ticket_id = :number AND owner = :who",
    ]
  ) assert.deepEqual(await ofOwn(head + sql, PARAMS), { kind: "unknown" }, sql);
  // What an earlier answer gave is not at hand: of an update it would be needed, of an insert the rest is compared.
  const captured = { ...PARAMS, who: { kind: "captured", from: "look", column: "owner" } } as const;
  assert.deepEqual(await ofOwn(head + update, captured), { kind: "unknown" });
  assert.equal((await ofOwn(head + insert, captured))!.kind, "rows");
});
