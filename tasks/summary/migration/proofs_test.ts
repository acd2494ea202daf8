import assert from "node:assert/strict";
import { ledgerText, proofDoubts, proofSentences } from "./proof_sentences.ts";
import { checksumSummary, type LedgerCount, ledgerSummary, type RangePair } from "./proofs.ts";

const count = (changes: Partial<LedgerCount>): LedgerCount => ({
  outcome: "ok",
  verified: true,
  problem: null,
  n: 10,
  example: "an example",
  ...changes,
});

Deno.test("a ledger is counted by outcome, and of unknown writes those that are there", () => {
  const ledger = ledgerSummary([
    count({}),
    count({ outcome: "failed", n: 3 }),
    count({ outcome: "unknown", n: 2 }),
    count({ outcome: "unknown", verified: false, n: 5 }),
  ], 0);
  assert.deepEqual(ledger, {
    ok: 10,
    failed: 3,
    unknown: 7,
    unknownPresent: 2,
    complete: true,
    problems: [],
  });
  assert.equal(
    ledgerText(ledger),
    "All 10 acknowledged writes are present exactly once, and 3 refused ones are not. 7 writes got no answer; 2 of " +
      "them are in the database, which is allowed",
  );
});

Deno.test("problems are told by how many they are, with a write of each", () => {
  const { problems, complete } = ledgerSummary([
    count({}),
    count({ verified: false, problem: "lost", n: 1, example: "write 7" }),
    count({ outcome: "failed", verified: false, problem: "duplicate", n: 2 }),
    count({ outcome: "unknown", verified: false, problem: "duplicate", n: 2 }),
  ], 0);
  assert.deepEqual(problems, [
    { problem: "duplicate", n: 4, example: "an example" },
    { problem: "lost", n: 1, example: "write 7" },
  ]);
  assert.equal(complete, true);
});

Deno.test("a ledger is not complete where a write was not looked at, or has no entry", () => {
  assert.equal(ledgerSummary([count({ verified: null })], 0).complete, false);
  assert.equal(ledgerSummary([count({})], 1).complete, false);
  assert.equal(ledgerSummary([], 0).complete, true, "nothing was written");
  const checksums = checksumSummary([range({ rowsBefore: 1, rowsAfter: 1 })]);
  assert.deepEqual(proofSentences({ ledger: ledgerSummary([], 0), checksums }), [
    "Nothing was written.",
    "What the load does not write is unchanged: 1 row compared, in 1 key range.",
  ]);
  assert.equal(proofDoubts({ ledger: ledgerSummary([count({})], 1), checksums }).length, 1);
});

const range = (changes: Partial<RangePair> = {}): RangePair => ({
  relation: "northwind.orders",
  fromKey: "1",
  toKey: "500",
  rowsBefore: 500,
  rowsAfter: 500,
  sumBefore: "17",
  sumAfter: "17",
  ...changes,
});

Deno.test("ranges are what they were, or it is said in what they differ", () => {
  assert.deepEqual(checksumSummary([range(), range({ fromKey: "501", rowsBefore: 20, rowsAfter: 20 })]), {
    ranges: 2,
    rows: 520,
    different: [],
    byOthers: [],
    unclear: [],
    own: { sentences: [], code: [], remade: [] },
    lacking: null,
  });
  const { different } = checksumSummary([
    range(),
    range({ sumAfter: "-4" }),
    range({ rowsAfter: 499, sumAfter: "3" }),
    range({ rowsAfter: null, sumAfter: null }),
    range({ rowsBefore: null, sumBefore: null }),
  ]);
  assert.deepEqual(different, [
    "northwind.orders 1 to 500: other values",
    "northwind.orders 1 to 500: 500 rows before, 499 after",
    "northwind.orders 1 to 500: no checksum after",
    "northwind.orders 1 to 500: no checksum before",
  ]);
});

Deno.test("checksums of one side alone prove nothing, and which side is lacking is said", () => {
  const before = range({ rowsAfter: null, sumAfter: null });
  assert.deepEqual(checksumSummary([before, before]).lacking, "no checksums were taken after the load");
  assert.deepEqual(
    checksumSummary([range({ rowsBefore: null, sumBefore: null })]).lacking,
    "no checksums were taken before the load",
  );
  assert.deepEqual(checksumSummary([]).lacking, "checksums were not compared");
  assert.deepEqual(checksumSummary([before]).different, []);
});

Deno.test("a difference that the change's own code may have made is no damage until it is known", () => {
  const own = { sentences: ["ship_region was not compared."], code: [], remade: ["northwind.products"] };
  const other = range({ relation: "northwind.products", sumAfter: "-4" });
  const made = checksumSummary([range({ sumAfter: "-4" }), other], own);
  assert.deepEqual([made.different, made.unclear], [
    ["northwind.orders 1 to 500: other values"],
    ["northwind.products 1 to 500: other values"],
  ]);
  const proofs = { ledger: ledgerSummary([], 0), checksums: made };
  assert.deepEqual(proofSentences(proofs), ["Nothing was written.", "ship_region was not compared."]);
  assert.deepEqual(proofDoubts(proofs), [
    "Rows that the load does not write have changed, in 1 of 2 key ranges: northwind.products 1 to 500: other values. " +
    "Either they were damaged, or the change did that itself: what it puts into the new northwind.products cannot be read " +
    "beforehand.",
  ]);
  const ran = checksumSummary([range({ sumAfter: "-4" }), other], { ...own, code: ["a block of DO"] });
  assert.deepEqual([ran.different.length, ran.unclear.length], [0, 2]);
  assert.deepEqual(checksumSummary([range()], { ...own, code: ["a block of DO"] }).unclear, []);
});

Deno.test("of what others may have written each range is told as theirs, as damage, or as not known", () => {
  const pairs = [range(), range({ rowsAfter: 510, sumAfter: "-4" })];
  const text = "northwind.orders 1 to 500: 500 rows before, 510 after";
  const found = ([true, false, null] as const).map((others) => {
    const { different, byOthers, unclear } = checksumSummary(pairs, undefined, others);
    return { different, byOthers, unclear };
  });
  assert.deepEqual(found, [
    { different: [], byOthers: [text], unclear: [] },
    { different: [text], byOthers: [], unclear: [] },
    { different: [], byOthers: [], unclear: [text] },
  ]);
  assert.deepEqual(
    proofSentences({ ledger: ledgerSummary([], 0), checksums: checksumSummary(pairs, undefined, true) })[1],
    `Rows that the load does not write have changed, in 1 of 2 key ranges: ${text}. Others have written them: row by row ` +
      "both servers hold the same.",
  );
});
