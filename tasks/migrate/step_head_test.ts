import assert from "node:assert/strict";
import { UsageError } from "../model/errors.ts";
import { firstSentence, stepHead } from "./step_head.ts";

Deno.test("a head says what a step does, its risk, why that is none, how it is run and what it shows", () => {
  const head = stepHead(
    `-- Indexes the orders
-- by city. Nobody asked.
-- Risk: nobody may write
-- until it is done.
-- Fix:   it is
-- quick.
-- move: lock_timeout , one transaction
-- shows: wait ShareLock northwind.orders | wait row s.u | rewrite s.t | error 42703 | stall

-- And this too.
CREATE INDEX a ON t (b); -- Risk: no head any more
-- move: one transaction
`,
    "a.sql",
  );
  assert.deepEqual(head, {
    about: "Indexes the orders by city. Nobody asked. And this too.",
    risk: "nobody may write until it is done.",
    fix: "it is quick.",
    move: { kind: "lock_timeout", oneTransaction: true },
    shows: [
      { kind: "wait", mode: "ShareLock", relation: "northwind.orders" },
      { kind: "row", relation: "s.u" },
      { kind: "rewrite", relation: "s.t" },
      { kind: "error", code: "42703" },
      { kind: "stall" },
    ],
    holdSeconds: null,
  });
});

Deno.test("a file without a head is a plain step of which nothing is said", () => {
  assert.deepEqual(stepHead("SELECT 1;\r\n-- move: one transaction\r\n", "a.sql"), {
    about: "",
    risk: null,
    fix: null,
    move: { kind: "plain", oneTransaction: false },
    shows: [],
    holdSeconds: null,
  });
});

Deno.test("each move is written one way, in lines that end as people end them", () => {
  const move = (text: string) => stepHead(`-- move: ${text}\r\nSELECT 1`, "a.sql").move;
  assert.deepEqual(move("one transaction"), { kind: "plain", oneTransaction: true });
  assert.deepEqual(move("lock_timeout"), { kind: "lock_timeout", oneTransaction: false });
  assert.deepEqual(move("concurrently s.i"), { kind: "concurrently", index: "s.i" });
  assert.deepEqual(move("batches  s.t  id"), { kind: "batches", table: "s.t", key: "id" });
  for (
    const wrong of [
      "",
      "lock-timeout",
      "one transaction, lock_timeout",
      "concurrently",
      "concurrently a, one transaction",
      "batches s.t",
      "lock_timeout 50ms",
    ]
  ) {
    assert.throws(() => stepHead(`-- Does it.\n-- move: ${wrong}\nSELECT 1`, "a.sql"), (error) => {
      assert.ok(error instanceof UsageError, wrong);
      assert.equal(error.message, `Cannot use a.sql:2: there is no move "${wrong}"`);
      assert.match(error.next!, /^Write `-- move: lock_timeout`/);
      return true;
    });
  }
});

Deno.test("what a step cannot show is refused with its line", () => {
  const shows = (text: string) => stepHead(`-- shows: ${text}`, "a.sql").shows;
  for (
    const [text, message] of [
      ["wait AccessExclusive s.t", /^Cannot use a\.sql:1: there is no lock "AccessExclusive"$/],
      ["error 427", /^Cannot use a\.sql:1: "error 427" is nothing that a step can show$/],
      ["stall | pause", /^Cannot use a\.sql:1: "pause" is nothing/],
      ["rewrite", /^Cannot use a\.sql:1: "rewrite" is nothing/],
    ] as const
  ) assert.throws(() => shows(text), { name: "UsageError", message }, text);
  assert.throws(() => shows("wait AccessExclusive s.t"), { next: /Did you mean "AccessExclusiveLock"\?/ });
});

Deno.test("the time to hold is a duration", () => {
  assert.equal(stepHead("-- hold: 1.5s", "a.sql").holdSeconds, 1.5);
  assert.throws(() => stepHead("-- hold: long", "a.sql"), {
    name: "UsageError",
    message: /time to hold in a\.sql:1/,
  });
});

Deno.test("a title is the first sentence", () => {
  assert.equal(firstSentence("Does 1.5 things. And more."), "Does 1.5 things");
  assert.equal(firstSentence("Does it"), "Does it");
});
