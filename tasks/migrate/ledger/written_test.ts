import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { isReservedKey } from "../../load/proof_slots.ts";
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
      // Whose row it is only the session knows, where the run has not made it: its key is what an answer gave.
      const draws = Object.values(params);
      const isOfOthers = !draws.some(({ kind }) => kind === "reserved") &&
        draws.some((draw) => isCaptured(draw) && !isReservedKey(scenario.operations, draw));
      assert.equal(one.kind === "unknown", isOfOthers, operation);
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

/** What is known of the steps of a session: one that puts a row there, and one that does something under its key. */
async function ofSession(later: string) {
  return await withTempDir(async (workloadDir) => {
    const head = "-- Writes.\n-- :number integer\n-- :who text\n";
    const opened = "INSERT INTO shop.tickets (ticket_id, owner) VALUES (:number, :who)";
    Deno.writeTextFileSync(join(workloadDir, "open.sql"), head + opened);
    Deno.writeTextFileSync(join(workloadDir, "later.sql"), head + later);
    const operations = [
      { name: "open", weight: 1, write: true, params: PARAMS },
      { name: "look", weight: 1, params: PARAMS },
      {
        name: "later",
        weight: 1,
        write: true,
        params: { ...PARAMS, number: { kind: "captured", from: "open", column: "number" } },
      },
    ] as const;
    return await writtenBy({ operations, workloadDir, datasetName: null, ownTables });
  });
}

Deno.test("what a session writes under its own key is known as far as its statements tell", async () => {
  const [opened, read, later] = await ofSession(
    "UPDATE shop.tickets SET owner = :who WHERE ticket_id = :number",
  );
  assert.deepEqual([opened!.kind, read], ["rows", null]);
  assert.deepEqual(later, {
    kind: "register",
    register: {
      table: "shop.tickets",
      key: { column: "ticket_id", param: "number", back: 2 },
      value: { column: "owner", param: "who" },
      changed: ["owner"],
    },
  });
  // Who cannot tell what became of a row cannot say that it is lost.
  const closed = await ofSession("DELETE FROM shop.tickets WHERE ticket_id = :number AND owner = :who");
  assert.deepEqual(closed.map((one) => one?.kind), ["unknown", undefined, "unknown"]);
});
