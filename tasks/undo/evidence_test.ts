import assert from "node:assert/strict";
import { Client } from "pg";
import { monotonicUs } from "../net/clock.ts";
import { proofSlot } from "../load/proof_slots.ts";
import type { BenchbookError } from "../model/errors.ts";
import { paths } from "../paths/registry.ts";
import { SqlTarget } from "../targets/sql.ts";
import { askOnce, newCall } from "../targets/target.ts";
import { evidenceOf } from "./evidence.ts";
import { mayWrite, slotWrites } from "./may_write.ts";
import { slotsOf, withWritten, writeSpool } from "./testing.ts";
import { undoing } from "./undoing.ts";

const BASE = 1_000_000_000;

Deno.test("a row of somebody else's under a key that the run tried in vain is not taken for its own", async (t) => {
  await withWritten(async ({ url, query, place, orders, ...written }) => {
    const theirs = new Client({ connectionString: url });
    await theirs.connect();
    const target = new SqlTarget({ url, connections: 1, nowUs: monotonicUs });
    await target.open();
    /** Tries to place an order of a customer that is not there, as a run's request does. */
    const refused = async (slot: number): Promise<string> => {
      const call = newCall({
        operationId: 1,
        name: "order-insert",
        write: true,
        text: `SELECT northwind.place_order($1::integer, 'NOONE', 1, '2026-01-15', 1, 9.5, '{1,2}', '{3,4}')`,
        parameters: ["order_id"],
      }, [BASE + slot]);
      await askOnce(target, call);
      assert.equal(call.outcome, "failed");
      return call.error!;
    };
    const insert = (slot: number) =>
      theirs.query(
        `SELECT northwind.place_order($1::integer, customer_id, 1, '2026-02-02', 1, 3, '{1}', '{1}')
         FROM northwind.customers LIMIT 1`,
        [BASE + slot],
      );
    const cleared = async () => {
      await query(`DELETE FROM ONLY northwind.order_details WHERE order_id >= ${BASE}`);
      await query(`DELETE FROM ONLY northwind.orders WHERE order_id >= ${BASE}`);
    };
    const keys = (...slots: number[]) => slots.map((slot) => BASE + slot).sort((x, y) => x - y);
    try {
      await t.step("where its statement failed for any other reason than the key", async () => {
        const options = await written.writing();
        const { writes: [one, two, three, four] } = slotsOf(mayWrite(slotWrites(options.load)));
        const { left } = await undoing(options, async () => {
          const code = await refused(one!);
          assert.equal(code, "23503");
          for (const slot of [one!, two!, three!]) await insert(slot);
          await place(four!);
          // One of them was tried three times.
          writeSpool(options, {
            [one!]: { failed: code },
            [two!]: [{ failed: "40001" }, { failed: "57014" }, "taken"],
          });
          writeSpool(options, {
            [three!]: [{ failed: "40P01" }, "unsent"],
            [four!]: [{ failed: "40001" }, "ok"],
          });
        });
        assert.deepEqual(left, []);
        assert.deepEqual(await orders(), keys(one!, two!, three!));
        await cleared();
      });

      await t.step(
        "nor where it was given up, and what stands there is not what it would have written",
        async () => {
          const options = await written.writing();
          const { writes: [one, two, three, four] } = slotsOf(mayWrite(slotWrites(options.load)));
          const { left } = await undoing(options, async () => {
            for (const slot of [one!, two!]) await insert(slot);
            for (const slot of [three!, four!]) await place(slot);
            // The last of them is not told of: the run was killed, as it were.
            writeSpool(options, {
              [one!]: "timeout",
              [two!]: ["timeout", "taken"],
              [three!]: ["timeout", "taken"],
            });
            throw new Error("the run failed");
          }).catch((error: BenchbookError) => ({ left: [error.next!] }));
          assert.deepEqual(await orders(), keys(one!, two!));
          assert.match(
            left[0]!,
            new RegExp(
              `What stands in .*northwind\\.orders \\(order_id ${BASE + one!}\\), ` +
                `northwind\\.orders \\(order_id ${
                  BASE + two!
                }\\) of the database "test" was left as somebody else's`,
            ),
          );
          assert.match(left[0]!, /deno task clean --writes/);
          await cleared();
        },
      );

      await t.step("nor where the comparison of paths did not come to it", async () => {
        const { scenario, databases } = await written.writing();
        const { arms, url } = databases[0]!;
        const operation = scenario.operations.findIndex(({ write }) => write);
        const first = proofSlot(operation, 0, arms.length);
        const sent = { slot: first, operation };
        const unsent = { slot: first + 1, operation };
        const wrote = new Set<number>();
        const options = await written.writing({
          spool: null,
          slots: 0,
          proofSlots: [sent, unsent],
          proofWrote: new Map([[url, wrote]]),
        });
        await undoing(options, async () => {
          wrote.add(sent.slot);
          await place(sent.slot);
          await insert(unsent.slot);
        });
        assert.deepEqual(await orders(), keys(unsent.slot));
        await cleared();
      });
    } finally {
      await target.close();
      await theirs.end();
    }
  });
});

Deno.test("what a failed request left is known where its statement failed as a whole", () => {
  /** What is known over every path of a language, which is one and the same. */
  const failed = (error: string | undefined, language: "sql" | "graphql") => {
    const known = paths.filter((path) => path.language === language).map(({ name }) =>
      evidenceOf({ sent: true, outcome: "failed", error }, name)
    );
    assert.equal(new Set(known).size, 1, `${error} over ${language}: ${known}`);
    return known[0];
  };
  for (const code of ["23505", "23503", "40001", "40P01", "42501", "57014", "P0001", "53200"]) {
    assert.equal(failed(code, "sql"), "nothing", code);
  }
  // The server may have committed before it ended, or the connection was lost.
  for (
    const code of ["57P01", "57P02", "08006", "40003", "53100", "58030", "XX000", "ECONNRESET", undefined]
  ) {
    assert.equal(failed(code, "sql"), "unknown", code);
  }
  // A field of the answer may fail after the mutation was committed.
  for (const code of ["42501", "57014", "GRAPHQL_ERROR", "500", "502", "ECONNRESET"]) {
    assert.equal(failed(code, "graphql"), "unknown", code);
  }
  for (const code of ["23505", "23503", "constraint-violation", "400", "401"]) {
    assert.equal(failed(code, "graphql"), "nothing", code);
  }
  // Of a path that this Benchbook does not know no more is believed.
  for (const path of [undefined, "a path of tomorrow"]) {
    assert.equal(evidenceOf({ sent: true, outcome: "failed", error: "42501" }, path), "unknown");
  }
  assert.equal(evidenceOf({ sent: true, outcome: "timeout", error: undefined }, "sql"), "unknown");
  assert.equal(evidenceOf({ sent: false, outcome: "failed", error: "08001" }, "sql"), "nothing");
});
