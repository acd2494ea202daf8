import assert from "node:assert/strict";
import type { WorkKind } from "../model/statement_effects.ts";
import { factsOf, workKey } from "./facts.ts";
import { DEFAULT_RATES } from "./rates.ts";
import { predict } from "./statement.ts";
import { effects, table, work } from "./testing.ts";

const EXACT = { value: 1, spread: 1 };
const RATES = { ...DEFAULT_RATES, statementMs: EXACT, rewriteUsPerKiB: EXACT, indexUsPerRow: EXACT };

Deno.test("a rewrite takes as long as its bytes and each index's rows, and its commit", () => {
  const statement = effects("AccessExclusiveLock", [work("rewrite")]);
  const found = predict(statement, factsOf([table()], { rates: RATES }));
  const ms = 1 + 36 * 1024 / 1000 + 270;
  assert.deepEqual(found.took, { ms, lowMs: ms, highMs: ms });
  assert.deepEqual([found.lock, found.relation, found.rewrites], [
    "AccessExclusiveLock",
    "shop.orders",
    ["shop.orders"],
  ]);
  assert.equal(found.why, "writes anew shop.orders (270,000 rows, 36 MiB, 1 index)");
});

Deno.test("what was measured on a likeness counts for the same work, and for no other", () => {
  const build = work("index build", { columns: ["city"] });
  const measured = new Map([[workKey(build), {
    fixedMs: 0,
    usPerRow: { value: 2, spread: 1.5 },
    sorted: 1,
    rows: 270_000,
  }]]);
  const facts = factsOf([table()], { rates: RATES, measured });
  const took = (columns: string[]) =>
    predict(effects("ShareLock", [work("index build", { columns })]), facts).took!;
  assert.deepEqual(took(["city"]), { ms: 541, lowMs: 361, highMs: 811 });
  assert.equal(took(["name"]).ms, 271);
});

Deno.test("sorting more rows than were measured takes n log n", () => {
  const build = work("index build", { columns: ["city"] });
  const measured = new Map([[workKey(build), {
    fixedMs: 10,
    usPerRow: { value: 1, spread: 1 },
    sorted: 1,
    rows: 1024,
  }]]);
  const facts = factsOf([table({ rows: 2 ** 20 })], { rates: RATES, measured });
  assert.equal(predict(effects("ShareLock", [build]), facts).took!.ms, 1 + 10 + 2 * 2 ** 20 / 1000);
  // Of a table written anew only its indexes are sorted: half of it here.
  const rewrite = work("rewrite");
  const half = new Map([[workKey(rewrite), { ...measured.get(workKey(build))!, sorted: 0.5 }]]);
  const written = predict(effects("AccessExclusiveLock", [rewrite]), { ...facts, measured: half });
  assert.equal(written.took!.ms, 1 + 10 + 1.5 * 2 ** 20 / 1000);
});

Deno.test("more rows, more bytes and more indexes never take less, and the range holds the likeliest", () => {
  const kinds: WorkKind[] = ["rewrite", "scan", "look-up", "index build", "row changes", "refresh", "read"];
  for (const kind of kinds) {
    const statement = effects("AccessExclusiveLock", [work(kind)]);
    let before = 0;
    for (const rows of [0, 1, 1000, 50_000, 3e6, 4e9]) {
      const grown = table({
        rows,
        bytes: rows * 140,
        indexes: Array.from({ length: rows > 1000 ? 4 : 1 }, () => table().indexes[0]!),
        query: {
          text: "SELECT 1",
          cost: rows / 10,
          rows,
          width: 40,
          steps: "",
          indexes: [],
          partitions: null,
        },
      });
      const { ms, lowMs, highMs } = predict(statement, factsOf([grown])).took!;
      assert.ok(ms >= before, `${kind} of ${rows} rows: ${ms} ms after ${before} ms`);
      assert.ok(lowMs <= ms && ms <= highMs && Number.isFinite(highMs));
      before = ms;
    }
    assert.ok(before > 1000, kind);
  }
});

Deno.test("what cannot be told is not guessed: a relation that is not known, a condition, dynamic SQL", () => {
  const facts = factsOf([table()]);
  const unknown = (...given: Parameters<typeof effects>) => predict(effects(...given), facts);
  assert.equal(unknown("AccessExclusiveLock", [work("rewrite", { relation: "shop.other" })]).took, null);
  assert.equal(unknown("RowExclusiveLock", [work("row changes", { allRows: null })]).took, null);
  const block = unknown("AccessExclusiveLock", [], { unknown: "what a block of DO does" });
  assert.equal(block.took, null);
  assert.match(block.why, /what a block of DO does$/);
  // Its own lock is known all the same.
  assert.equal(block.lock, "AccessExclusiveLock");
});

Deno.test("work that may turn out to be needless may take no time", () => {
  const statement = effects("AccessExclusiveLock", [
    work("scan", { unless: "a valid CHECK says so already" }),
  ]);
  const { took, why } = predict(statement, factsOf([table()], { rates: RATES }));
  assert.deepEqual([took!.lowMs, took!.ms > 10], [1, true]);
  assert.match(why, /, unless a valid CHECK says so already$/);
});

Deno.test("what changes the catalogue alone takes as long as its commit, of any table", () => {
  const found = predict(
    effects("AccessExclusiveLock", []),
    factsOf([table({ rows: 4e9 })], { rates: RATES }),
  );
  assert.equal(found.took!.ms, 1);
  assert.equal(found.why, "changes the catalogue alone");
});

Deno.test("CONCURRENTLY waits for transactions: for none that is known, or for as long as nobody can tell", () => {
  const statement = effects("ShareUpdateExclusiveLock", [work("wait for transactions")]);
  assert.equal(predict(statement, factsOf([table()], { rates: RATES })).took!.ms, 1);
  const found = predict(statement, factsOf([table()], { oldestTransactionS: 300 }));
  assert.equal(found.took, null);
  assert.match(found.why, /the oldest has been open for 300 s/);
});
